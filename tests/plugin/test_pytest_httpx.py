"""pytest-httpx beside the fixture: it mocks every httpx transport, and our own calls never meet it."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


def test_httpx_is_mocked_and_ours_pass(run: Run) -> None:
    result = run(
        """
        import httpx
        import pytest
        import requests

        @pytest.mark.httpx_mock(should_mock=lambda request: request.url.host != "graph.microsoft.com")
        def test_it(outlook365, httpx_mock):
            httpx_mock.add_response(url="https://api.example.org/", json={"mocked": True})
            assert httpx.get("https://api.example.org/").json() == {"mocked": True}
            assert httpx.get("https://graph.microsoft.com/v1.0/me").status_code == 401
            assert requests.get("https://graph.microsoft.com/v1.0/me").status_code == 401
            ada = outlook365.tenant.add_user("ada")
            with outlook365.graph(ada) as client:
                assert client.get("/me").json()["userPrincipalName"] == ada.upn
        """,
        plugins=("pytest_httpx",),
    )
    result.assert_outcomes(passed=1)
