"""Unmodified clients read, page, send and find, by every way that leads to the emulator."""

import pytest

PROGRAMS = ["plain_httpx", "msal_requests", "azure_msgraph"]
PYTHON_INTERCEPTION_OFF = {"OUTLOOK365_INTERCEPT": "0"}


@pytest.fixture
def went_well(connection):
    def check(result):
        assert {"Inbox", "Drafts", "Sent Items", "Deleted Items"} <= set(result["folders"])
        assert (result["paged"], result["pages"]) == (35, 4)
        assert result["arrived"] == [connection["account"]]

    return check


@pytest.mark.parametrize("name", PROGRAMS)
def test_intercepted_in_the_test_process(name, program, connection, went_well):
    went_well(program(name, connection))


@pytest.mark.parametrize("name", PROGRAMS)
def test_in_a_child_process(name, child, connection, went_well):
    went_well(child(name, connection))


@pytest.mark.parametrize("name", PROGRAMS)
def test_in_a_child_process_through_the_proxy_alone(name, child, connection, went_well):
    went_well(child(name, connection, **PYTHON_INTERCEPTION_OFF))


@pytest.mark.outlook365(intercept=False)
def test_httpx_through_the_prefix_on_http(outlook365, program, connection, went_well):
    root = outlook365.http_url
    connection |= {"login": f"{root}/login.microsoftonline.com", "graph": f"{root}/graph.microsoft.com"}
    went_well(program("plain_httpx", connection))


@pytest.mark.outlook365(intercept=False)
def test_msal_through_the_prefix_on_https(outlook365, outlook365_emulator, program, connection, went_well, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(outlook365.ca_file))  # it would win over `verify`
    root = f"https://127.0.0.1:{outlook365_emulator.https_port}"
    connection |= {
        "login": f"{root}/login.microsoftonline.com",
        "graph": f"{root}/graph.microsoft.com",
        "verify": str(outlook365.ca_file),
        "instance_discovery": False,
    }
    went_well(program("msal_requests", connection))
