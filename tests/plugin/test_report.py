"""What a failed test prints, and what fails a test by itself."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

ASK = """
import requests

def ask(outlook365, path, *permissions, consent="admin"):
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=list(permissions), consent=consent)
    ada = outlook365.tenant.add_user("ada")
    login = f"https://login.microsoftonline.com/{app.tenant_id}/oauth2/v2.0/token"
    form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
    form["scope"] = "https://graph.microsoft.com/.default"
    token = requests.post(login, data=form).json().get("access_token")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"https://graph.microsoft.com/v1.0/users/{ada.upn}{path}", headers=headers)
"""


def section(result: pytest.RunResult) -> str:
    text = result.stdout.str()
    assert " outlook365 ---" in text, text
    return text.partition(" outlook365 ---")[2].partition("= short test summary info =")[0]


def test_a_failure_shows_what_was_asked(run: Run) -> None:
    result = run(
        ASK + "\ndef test_it(outlook365):\n    assert ask(outlook365, '', 'User.Read.All').status_code == 204\n"
    )
    result.assert_outcomes(failed=1)
    told = section(result)
    assert "world world-" in told
    assert ", seed " in told
    assert "200  POST https://login.microsoftonline.com/" in told
    assert "token.client_credentials" in told


def test_a_missing_permission_is_named_with_what_would_do(run: Run) -> None:
    result = run(ASK + "\ndef test_it(outlook365):\n    assert ask(outlook365, '/messages', 'User.Read.All').ok\n")
    result.assert_outcomes(failed=1)
    told = section(result)
    assert "403  GET" in told
    assert "ErrorAccessDenied" in told
    assert "the token has: User.Read.All" in told
    assert "any one of these would do: " in told
    assert "Mail.ReadBasic" in told


def test_a_request_without_a_token_is_explained(run: Run) -> None:
    result = run(
        "import requests\ndef test_it(outlook365):\n    assert requests.get('https://graph.microsoft.com/v1.0/me').ok\n"
    )
    told = section(result)
    assert "401  GET https://graph.microsoft.com/v1.0/me" in told
    assert "no Authorization header" in told


def test_no_request_at_all_is_told(run: Run) -> None:
    assert "no request reached this world" in section(run("def test_it(outlook365):\n    assert 0\n"))


@pytest.mark.parametrize(
    "outcome", ["pass", "import pytest; raise pytest.skip.Exception('x')", "import pytest; pytest.xfail('x')"]
)
def test_nothing_is_shown_where_nothing_failed(run: Run, outcome: str) -> None:
    assert " outlook365 ---" not in run(f"def test_it(outlook365):\n    {outcome}\n", "-rA").stdout.str()


@pytest.mark.parametrize(("option", "shown"), [("0", 0), ("2", 2), ("50", 5)])
def test_the_number_of_requests_is_an_option(run: Run, option: str, shown: int) -> None:
    text = """
    import requests

    def test_it(outlook365):
        for _ in range(5):
            requests.get("https://graph.microsoft.com/v1.0/me")
        assert 0
    """
    told = run(text, f"--outlook365-journal={option}").stdout.str()
    assert told.count("401  GET https://graph.microsoft.com/v1.0/me") == shown
    assert ("(3 earlier requests are not shown)" in told) is (shown == 2)


def test_a_failure_of_another_fixture_shows_the_journal_too(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.fixture
        def prepared(outlook365):
            outlook365.graph(outlook365.tenant.add_user("ada")).get("/me")
            raise RuntimeError("it went wrong")

        def test_it(prepared):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    assert "/graph.microsoft.com/v1.0/me  people.users.get" in section(result)


@pytest.mark.parametrize("fixture", ["outlook365", "outlook365_connection"])
def test_a_fixture_of_a_wider_scope_is_told_what_to_do(run: Run, fixture: str) -> None:
    result = run(
        f"""
        import pytest

        @pytest.fixture(scope="module")
        def shared({fixture}):
            return {fixture}

        def test_it(shared): ...
        """
    )
    result.assert_outcomes(errors=1)
    assert "outlook365_emulator.add_world()" in section(result)


def test_a_world_that_is_gone_does_not_hide_the_failure(run: Run) -> None:
    result = run(
        """
        def test_it(outlook365):
            outlook365.drop()
            assert "the real failure" == ""
        """
    )
    result.assert_outcomes(failed=1)
    assert "the journal could not be read" in section(result)


NOT_EMULATED = """
import pytest
import requests

URL = "https://graph.microsoft.com/v1.0/me/onenote/notebooks"
{mark}
def test_it(outlook365):
    headers = dict(outlook365.graph(outlook365.tenant.add_user("ada")).headers)
    for _ in range(2):
        assert requests.get(URL, headers={{"Authorization": headers["authorization"]}}).status_code == 501
"""


def test_what_is_not_emulated_fails_the_test(run: Run) -> None:
    result = run(NOT_EMULATED.format(mark=""))
    result.assert_outcomes(passed=1, errors=1)
    text = result.stdout.str()
    assert "the code under test asked for what pytest-outlook365 does not emulate" in text
    assert "/me/onenote/notebooks  (2 times)" in text
    assert 'not_emulated="allow"' in text
    assert "def outlook365" not in text


def test_a_bug_of_the_emulator_fails_the_test(run: Run) -> None:
    result = run(
        """
        import requests
        from outlook365_emulator.graph.gate import Gate

        def test_it(outlook365, monkeypatch):
            headers = dict(outlook365.graph(outlook365.tenant.add_user("ada")).headers)
            url = "https://graph.microsoft.com/v1.0/me/messages"
            monkeypatch.setattr(Gate, "permission", lambda *_: 1 / 0)
            for _ in range(2):
                answer = requests.get(url, headers={"Authorization": headers["authorization"]})
                assert answer.status_code == 500
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    text = result.stdout.str()
    assert "the emulator failed at requests of the code under test" in text
    assert "mail.messages.list: ZeroDivisionError: division by zero  (2 times)" in text
    assert "monkeypatch.setattr(Gate" in text.partition("Captured log call")[2], "the traceback is in the log"


def test_unless_the_test_says_otherwise(run: Run) -> None:
    run(NOT_EMULATED.format(mark='@pytest.mark.outlook365(not_emulated="allow")')).assert_outcomes(passed=1)
