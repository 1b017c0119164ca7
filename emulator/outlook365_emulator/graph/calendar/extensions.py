"""Open extensions of an event: list, get, create, update, delete.

Reference `graph-calendar.md` section 21.
"""

from typing import Any

from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.calendar.event_resource import event_id
from outlook365_emulator.graph.calendar.seen_calendars import setting_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.calendar.touching import owned, touched
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.extensions import extension_resource
from outlook365_emulator.graph.open_extensions import (
    PREFIX,
    Extensions,
    extension_named,
    read_extension,
    with_extension,
    without_extension,
)
from outlook365_emulator.graph.operation import Entity, operation

_PATH = "/users/{user}/events/{event}/extensions"


def _context(call: Call, event: SeenEvent) -> str:
    return f"{call.user_path}/events('{event_id(call, event)}')/extensions"


def _held(event: SeenEvent) -> Extensions:
    return () if event.seen.hides(event.item) else event.item.extensions


def _answer(call: Call, event: SeenEvent, extension: tuple[str, bytes], status: int = 200) -> EntityAnswer:
    path = _context(call, event)
    location = f"{path}('{PREFIX}{extension[0]}')" if status == 201 else ""
    return EntityAnswer(resource=extension_resource(), record=extension, path=path, status=status, location=location)


def _put(call: Call, event: SeenEvent, extensions: Extensions) -> SeenEvent:
    setting = setting_of(call, event.seen)
    return touched(setting, owned(setting, event), extensions=extensions)


@operation(f"GET {_PATH}", least="Calendars.Read")
def list_(call: Call, event: SeenEvent) -> Page:
    """List the open extensions of an event."""
    held = _held(event)
    return Page(resource=extension_resource(), records=held, path=_context(call, event), total=len(held))


@operation(f"GET {_PATH}/{{extension}}", least="Calendars.Read")
def get(call: Call, event: SeenEvent, extension: str) -> EntityAnswer:
    """Get an open extension by its name or its full id."""
    return _answer(call, event, extension_named(_held(event), extension))


@operation(f"POST {_PATH}", least="Calendars.ReadWrite", body=Entity("openTypeExtension"))
def create(call: Call, event: SeenEvent, body: dict[str, Any]) -> EntityAnswer:
    """Add an open extension; one of the same name is replaced."""
    made = read_extension(body)
    return _answer(call, _put(call, event, with_extension(event.item.extensions, *made)), made, 201)


@operation(f"PATCH {_PATH}/{{extension}}", least="Calendars.ReadWrite", body=Entity("openTypeExtension"))
def update(call: Call, event: SeenEvent, extension: str, body: dict[str, Any]) -> EntityAnswer:
    """Replace what an open extension holds."""
    name, _ = extension_named(event.item.extensions, extension)
    made = read_extension(body, name)
    return _answer(call, _put(call, event, with_extension(event.item.extensions, *made)), made)


@operation(f"DELETE {_PATH}/{{extension}}", least="Calendars.ReadWrite")
def delete(call: Call, event: SeenEvent, extension: str) -> NoContent:
    """Remove an open extension."""
    name, _ = extension_named(event.item.extensions, extension)
    _put(call, event, without_extension(event.item.extensions, name))
    return NoContent()
