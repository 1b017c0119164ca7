"""`@pytest.mark.outlook365(auth="*", environment="*")`: one test, every connection."""

import re
from collections.abc import Callable

import pytest
from outlook365_emulator.client import ConnectionDetails, World

Run = Callable[..., pytest.RunResult]


@pytest.mark.outlook365(auth="*", environment="*")
def test_every_connection(outlook365: World, outlook365_connection: ConnectionDetails) -> None:
    connection = outlook365_connection
    assert connection.auth == outlook365.auth
    assert connection.environment == outlook365.tenant.cloud == connection.tenant.cloud
    assert connection.authority.startswith("https://login.")
    assert connection.is_application == (connection.redirect_uri is None)
    assert (connection.client_secret is None) == (connection.auth in ("client_certificate", "authorization_code"))
    assert (connection.certificate_pfx_base64 is None) == (connection.auth != "client_certificate")


@pytest.mark.outlook365(auth="own_app")
def test_one_auth_type_needs_no_runs(outlook365: World) -> None:
    assert outlook365.connection().auth == "own_app"
    assert outlook365.connection("client_certificate").auth == "client_certificate"
    assert outlook365.connection(environment="china").graph_root == "https://microsoftgraph.chinacloudapi.cn"


def test_a_refresh_token_comes_with_people_only(outlook365: World) -> None:
    assert outlook365.connection("own_app").refresh_token.startswith("1.A")
    with pytest.raises(ValueError, match="nobody signs in"):
        _ = outlook365.connection("client_credentials").refresh_token


def test_accounts_and_shared_mailboxes(outlook365: World) -> None:
    eve = outlook365.tenant.add_user("eve")
    assert outlook365.connection(account=eve).account == eve.upn
    assert outlook365.connection(account="bob").account == f"bob@{outlook365.tenant.domain}"
    connection = outlook365.connection("own_app", account=eve, shared_mailbox="sales")
    assert connection.mailbox == connection.shared_mailbox == f"sales@{outlook365.tenant.domain}"
    assert "Mail.Read.Shared" in connection.scopes
    again = outlook365.connection("own_app", account=eve, shared_mailbox="sales")
    assert again.shared_mailbox == connection.shared_mailbox


TIMES = {
    'auth="*", environment="*"': 16,
    'auth="*"': 4,
    'environment="*"': 4,
    'auth=["own_app", "client_credentials"], environment=("china",)': 2,
    'auth="own_app"': 1,
}
TEST = "@pytest.mark.outlook365({})\ndef test_{}(outlook365):\n    pass\n"


def test_how_often_a_test_runs(run: Run) -> None:
    result = run("import pytest\n" + "".join(TEST.format(options, i) for i, options in enumerate(TIMES)), "-v")
    result.assert_outcomes(passed=sum(TIMES.values()))
    for i, (options, passed) in enumerate(TIMES.items()):
        assert len(re.findall(rf"::test_{i}\b.* PASSED", result.stdout.str())) == passed, options


def test_the_ids_say_which_connection(run: Run) -> None:
    source = 'import pytest\n@pytest.mark.outlook365(auth="*", environment="*")\ndef test_it(outlook365):\n    pass\n'
    result = run(source, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["*test_it?own_app-usgov_dod?"])


def test_an_auth_type_that_does_not_exist(run: Run) -> None:
    result = run("import pytest\n" + TEST.format('auth="own_ap"', "one") + TEST.format('auth=["own_ap"]', "list"))
    result.assert_outcomes(errors=2)
    assert result.stdout.str().partition("short test summary")[0].count("did you mean 'own_app'") == 2


def test_tests_without_the_fixture_run_once(run: Run) -> None:
    result = run('import pytest\n@pytest.mark.outlook365(auth="*")\ndef test_it():\n    pass\n')
    result.assert_outcomes(passed=1)
