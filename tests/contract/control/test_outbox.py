"""The outbox over the control API."""

from datetime import UTC, datetime
from typing import Any

from outlook365_emulator.store.world import Outgoing

Api = Any


def test_mail_to_elsewhere_is_shown_as_graph_json(api: Api, world: str) -> None:
    assert api("GET", f"{world}/outbox") == {"messages": []}
    hosted = api.emulator.hosting.by_name(world.rpartition("/")[2])
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    hosted.outbox.append(
        Outgoing(at=at, sender="ada@contoso.example", recipients=("x@example.org",), document=b'{"subject":"Hi"}')
    )
    assert api("GET", f"{world}/outbox")["messages"] == [
        {
            "at": "2026-03-02T09:00:00Z",
            "sender": "ada@contoso.example",
            "recipients": ["x@example.org"],
            "message": {"subject": "Hi"},
        }
    ]
