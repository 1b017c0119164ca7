"""Async tests and fixtures, on asyncio and trio."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_async_tests_and_fixtures(run: Run, mode: str) -> None:
    result = run(
        """
        import asyncio
        import aiohttp
        import httpx
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def prepared(outlook365):
            return outlook365.tenant.add_user("ada")

        @pytest.mark.asyncio
        async def test_httpx(outlook365, prepared):
            async with httpx.AsyncClient() as client:
                asked = [client.get("https://graph.microsoft.com/v1.0/me") for _ in range(10)]
                assert {answer.status_code for answer in await asyncio.gather(*asked)} == {401}
            assert len(outlook365.journal) == 10
            assert prepared.upn

        @pytest.mark.asyncio
        async def test_aiohttp(outlook365):
            async with aiohttp.ClientSession() as session:
                async with session.get("https://graph.microsoft.com/v1.0/me") as answer:
                    assert answer.status == 401
        """,
        f"--asyncio-mode={mode}",
        "-o",
        "asyncio_default_fixture_loop_scope=function",
        plugins=("asyncio",),
    )
    result.assert_outcomes(passed=2)


def test_trio(run: Run) -> None:
    result = run(
        """
        import httpx
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "trio"

        @pytest.mark.anyio
        async def test_it(outlook365):
            async with httpx.AsyncClient() as client:
                assert (await client.get("https://graph.microsoft.com/v1.0/me")).status_code == 401
        """,
        plugins=("anyio",),
    )
    result.assert_outcomes(passed=1)
