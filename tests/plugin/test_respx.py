"""respx beside the fixture: it mocks what it was told to, and our own calls never meet it."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


def test_respx_mocks_others_and_lets_ours_pass(run: Run) -> None:
    result = run(
        """
        import httpx

        def test_it(outlook365, respx_mock):
            respx_mock.get("https://api.example.org/").respond(json={"mocked": True})
            respx_mock.route(host="graph.microsoft.com").pass_through()
            assert httpx.get("https://api.example.org/").json() == {"mocked": True}
            assert httpx.get("https://graph.microsoft.com/v1.0/me").status_code == 401
            ada = outlook365.tenant.add_user("ada")
            with outlook365.graph(ada) as client:
                assert client.get("/me").json()["userPrincipalName"] == ada.upn
            assert {call.request.url.host for call in respx_mock.calls} == {"api.example.org", "graph.microsoft.com"}
        """,
        plugins=("respx",),
    )
    result.assert_outcomes(passed=1)
