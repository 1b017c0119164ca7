"""`outlook365-emulator mail` and `event`: what lies in the mailboxes and calendars of a running emulator."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import click

from outlook365_emulator.cli.asking import Asked, facts, given, of_tenant, table, tell
from outlook365_emulator.cli.filling import fill_mailbox
from outlook365_emulator.cli.serving import Refused
from outlook365_emulator.cli.token import token_for_app

CLIENT = "outlook365-emulator command line"
"""Display name of the application by which the command line reads and writes calendars."""

user_option = click.option("--user", required=True, metavar="ID|NAME|ADDRESS", help="Whose mailbox is meant.")
TIME = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])


@click.group(epilog="\b\nExample:\n  outlook365-emulator mail create --user ada --subject 'Invoice 17'")
def mail() -> None:
    """Put mail into mailboxes, and look at it."""


mail.add_command(fill_mailbox)


@mail.command(
    "create",
    epilog="\b\nExample:\n  outlook365-emulator mail create --user ada --subject Invoice --from billing@example.org",
)
@of_tenant
@user_option
@click.option("--subject", help="Subject.")
@click.option("--from", "sender", help="Address of the sender.")
@click.option("--body", help="Text of the message.")
@click.option("--html", is_flag=True, help="The text is HTML.")
@click.option("--folder", help="Folder that it arrives in; the inbox when left out.")
@click.option("--mime", type=click.File("rb"), help="File with the whole message (.eml) in place of the options above.")
def create_mail(
    asked: Asked,
    as_json: bool,
    user: str,
    subject: str | None,
    sender: str | None,
    body: str | None,
    html: bool,
    folder: str | None,
    mime: Any,
) -> None:
    """Let a message arrive in a mailbox."""
    import base64

    if mime is not None:
        document = given(messages=[base64.b64encode(mime.read()).decode()], folder=folder)
        found = asked.call("POST", f"{asked.user(user)}/mime", document)["value"][0]
    else:
        document = given(subject=subject, sender=sender, body=body, folder=folder)
        document |= {"body_type": "html"} if html else {}
        found = asked.call("POST", f"{asked.user(user)}/messages", document)
    tell(found, _message_facts, as_json=as_json)


@mail.command("list", epilog="\b\nExample:\n  outlook365-emulator mail list --user ada --folder inbox")
@of_tenant
@user_option
@click.option("--folder", default="inbox", show_default=True, help="Folder, by well-known name, name or id.")
def list_mail(asked: Asked, as_json: bool, user: str, folder: str) -> None:
    """List the messages of a folder."""
    found = asked.call("GET", f"{asked.user(user)}/messages?{urlencode({'folder': folder})}")["value"]
    tell(found, lambda rows: table([_message_row(row) for row in rows], MESSAGE_COLUMNS), as_json=as_json)


@mail.command("show", epilog="\b\nExample:\n  outlook365-emulator mail show --user ada 1")
@of_tenant
@user_option
@click.option("--folder", default="inbox", show_default=True, help="Folder, by well-known name, name or id.")
@click.option("--mime", is_flag=True, help="Print the whole message as it would be transmitted.")
@click.argument("message", metavar="ID|NUMBER")
def show_mail(
    asked: Asked,
    as_json: bool,
    user: str,
    folder: str,
    mime: bool,
    message: str,
) -> None:
    """Show a message, by its id or by its number in the list."""
    import base64

    rows = asked.call("GET", f"{asked.user(user)}/messages?{urlencode({'folder': folder})}")["value"]
    found = _chosen(rows, message, f"the folder {folder}")
    if mime:
        view = asked.call("GET", f"{asked.user(user)}/messages/{quote(found['id'], safe='')}/mime")
        text = base64.b64decode(view["content"]).decode("utf-8", "replace")
        tell({"mime": text}, lambda one: [one["mime"]], as_json=as_json)
        return
    tell(found, _message_facts, as_json=as_json)


MESSAGE_COLUMNS = ("received", "from", "subject", "read")


def _message_row(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "received": message.get("receivedDateTime"),
        "from": _address(message.get("from")),
        "subject": message.get("subject"),
        "read": message.get("isRead"),
    }


def _message_facts(message: dict[str, Any]) -> Iterable[str]:
    shown = {
        "id": message["id"],
        **_message_row(message),
        "to": [_address(one) for one in message.get("toRecipients", ())],
        "attachments": message.get("hasAttachments"),
    }
    body = (message.get("body") or {}).get("content", "")
    return [*facts(shown), "", body] if body else facts(shown)


def _address(recipient: Any) -> str:
    return str((recipient or {}).get("emailAddress", {}).get("address") or "")


def _chosen(rows: list[dict[str, Any]], which: str, where: str) -> dict[str, Any]:
    if which.isdecimal() and 0 < int(which) <= len(rows):
        return rows[int(which) - 1]
    found = next((row for row in rows if row["id"] == which), None)
    if found is None:
        raise Refused(f"{where} has {len(rows)}, and none is called {which!r}: give an id, or a number from 1")
    return found


@click.group(epilog="\b\nExample:\n  outlook365-emulator event list --user ada")
def event() -> None:
    """Put meetings into calendars, and look at them."""


@event.command(
    "create",
    epilog="\b\nExample:\n  outlook365-emulator event create --user ada --subject Review --start 2026-03-02T10:00",
)
@of_tenant
@user_option
@click.option("--subject", required=True, help="Subject.")
@click.option("--start", required=True, type=TIME, help="Start in UTC.")
@click.option("--minutes", type=click.IntRange(1, 525600), default=30, show_default=True, help="How long it takes.")
@click.option("--attendee", "attendees", multiple=True, metavar="ADDRESS", help="Who is invited; repeatable.")
def create_event(
    asked: Asked,
    as_json: bool,
    user: str,
    subject: str,
    start: datetime,
    minutes: int,
    attendees: tuple[str, ...],
) -> None:
    """Put a meeting into a calendar; whoever is invited gets it too."""
    document = {
        "subject": subject,
        "start": {"dateTime": start.isoformat(), "timeZone": "UTC"},
        "end": {"dateTime": (start + timedelta(minutes=minutes)).isoformat(), "timeZone": "UTC"},
        "attendees": [{"emailAddress": {"address": one}, "type": "required"} for one in attendees],
    }
    tell(_graph(asked, "POST", f"/users/{_id_of(asked, user)}/events", document), _event_facts, as_json=as_json)


@event.command("list", epilog="\b\nExample:\n  outlook365-emulator event list --user ada")
@of_tenant
@user_option
def list_events(asked: Asked, as_json: bool, user: str) -> None:
    """List the meetings of a calendar; a series is listed once."""
    found = _events(asked, user)
    tell(found, lambda rows: table([_event_row(row) for row in rows], EVENT_COLUMNS), as_json=as_json)


@event.command("show", epilog="\b\nExample:\n  outlook365-emulator event show --user ada 1")
@of_tenant
@user_option
@click.argument("event_name", metavar="ID|NUMBER")
def show_event(asked: Asked, as_json: bool, user: str, event_name: str) -> None:
    """Show a meeting, by its id or by its number in the list."""
    found = _chosen(_events(asked, user), event_name, f"the calendar of {user}")
    tell(found, _event_facts, as_json=as_json)


EVENT_COLUMNS = ("start", "end", "subject", "organizer", "attendees")


def _event_row(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "start": one["start"]["dateTime"][:16],
        "end": one["end"]["dateTime"][:16],
        "subject": one.get("subject"),
        "organizer": _address(one.get("organizer")),
        "attendees": [_address(guest) for guest in one.get("attendees", ())],
    }


def _event_facts(one: dict[str, Any]) -> Iterable[str]:
    return facts({"id": one["id"], **_event_row(one), "recurrence": one.get("recurrence")})


def _events(asked: Asked, user: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _graph(
        asked, "GET", f"/users/{_id_of(asked, user)}/events?$top=1000&$orderby=start/dateTime"
    )["value"]
    return found


def _id_of(asked: Asked, user: str) -> str:
    return str(asked.call("GET", asked.user(user))["id"])


def _graph(asked: Asked, method: str, path: str, document: Any = None) -> Any:
    """Ask Graph as an application that may read and write calendars; it is registered when it is first needed."""
    import json

    apps = asked.call("GET", f"{asked.tenant}/apps")["apps"]
    app = next((one for one in apps if one["name"] == CLIENT), None)
    if app is None:
        registered = {"name": CLIENT, "auth": "client_credentials", "permissions": ["Calendars.ReadWrite"]}
        app = asked.call("POST", f"{asked.tenant}/apps", registered)
    cloud = asked.call("GET", asked.tenant)["cloud"]
    issued = token_for_app(asked, app, cloud)
    headers = {"Authorization": f"Bearer {issued['access_token']}", "Content-Type": "application/json"}
    body = None if document is None else json.dumps(document).encode()
    answer = asked.exchange(method, f"/{issued['graph_host']}/v1.0{path}", headers, body)
    decoded = json.loads(answer.body)
    if answer.status >= 400:
        raise Refused(f"Graph refused: {decoded['error']['code']}: {decoded['error']['message']}")
    return decoded
