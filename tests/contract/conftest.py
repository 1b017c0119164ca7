"""A running emulator with the world contoso, for every test of the wire."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from outlook365_emulator.emulator import Emulator

GRAPH_SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture(scope="session")
def emulator() -> Iterator["Emulator"]:
    """An emulator in a thread; a test that changes its world contoso should put things back, or make its own world."""
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator

    with Emulator(Settings(world="contoso")) as running:
        yield running
        errors = running.errors
    assert not errors, f"the emulator failed during these tests: {errors}"


@pytest.fixture(scope="session")
def details(emulator: "Emulator") -> dict[str, Any]:
    """What the ready file holds."""
    return emulator.details()


@pytest.fixture(scope="session")
def control(details: dict[str, Any]) -> Iterator[httpx.Client]:
    """A client of the control API: `control.post("/worlds", json={...})`."""
    with httpx.Client(base_url=details["control_url"], trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def sign_in(details: dict[str, Any]) -> Iterator[Callable[..., httpx.Client]]:
    """`sign_in(**fields)` posts a token request and returns a client of Graph v1.0 that carries the token."""
    clients: list[httpx.Client] = []

    def ask(**fields: str) -> httpx.Client:
        answer = httpx.post(
            f"{details['login_url']}/{details['tenant_id']}/oauth2/v2.0/token",
            data={"scope": GRAPH_SCOPE, **fields},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        clients.append(
            httpx.Client(
                base_url=f"{details['graph_url']}/v1.0",
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
            )
        )
        return clients[-1]

    yield ask
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def graph(sign_in: Callable[..., httpx.Client], details: dict[str, Any]) -> httpx.Client:
    """A client of Graph v1.0 as the application with every application permission, on the HTTP prefix."""
    return sign_in(
        grant_type="client_credentials", client_id=details["client_id"], client_secret=details["client_secret"]
    )


@pytest.fixture(scope="session")
def graph_as(sign_in: Callable[..., httpx.Client], details: dict[str, Any]) -> Callable[[str], httpx.Client]:
    """`graph_as("ada")` is a client of Graph v1.0 as that person with every delegated permission."""
    passwords = {user["upn"]: user["password"] for user in details["other_users"]}
    passwords |= {details["user"]: details["user_password"], details["admin"]: details["admin_password"]}

    def sign_in_as(user: str) -> httpx.Client:
        name = user if "@" in user else f"{user}@{details['domain']}"
        return sign_in(
            grant_type="password",
            client_id=details["public_client_id"],
            username=name,
            password=passwords[name],
        )

    return sign_in_as
