"""Who is meant by a person: an address, or a user with all the names that mail can be addressed to."""

from typing import Any

import pytest
from outlook365_emulator.client import Message
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.looking import matching
from outlook365_emulator.client.user import User


@pytest.fixture
def ada(connection: Connection) -> User:
    return User(connection, "/worlds/w/tenants/t", {"id": "1", "upn": "ada@a.example", "mail": "Lovelace@a.example"})


def message(**members: str) -> Message:
    return Message(
        {
            "from": {"emailAddress": {"address": members.get("sender", "")}},
            "toRecipients": [{"emailAddress": {"address": members.get("to", "")}}],
        }
    )


@pytest.mark.parametrize("key", ["sender", "to"])
@pytest.mark.parametrize("address", ["ada@a.example", "lovelace@A.example"])
def test_a_user_is_known_by_principal_name_and_primary_address(ada: User, key: str, address: str) -> None:
    condition: dict[str, Any] = {key: ada}
    found = message(**{key: address})
    assert matching([found, message(**{key: "ben@a.example"})], **condition) == [found]
    assert matching([found], **{key: address.upper()}) == [found]
