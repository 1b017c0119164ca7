"""The master list of categories: list, get, create, recolour, delete.

Reference `graph-mail.md` section 15.
"""

from functools import cache
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType, by_name
from outlook365_emulator.store.records.mailbox_settings import Category

_LIST = "/users/{user}/outlook/masterCategories"


def _members(_: Call, category: Category) -> dict[str, Any]:
    return {"id": category.id, "displayName": category.display_name, "color": category.color}


@cache
def category_resource() -> Resource:
    """Return the category as a resource."""
    properties = (
        Property("id", "string", lambda category: category.id, nullable=False),
        Property("displayName", "string", lambda category: category.display_name, nullable=False),
        Property("color", "enum", lambda category: category.color, nullable=False),
    )
    kind = RecordType("microsoft.graph.outlookCategory", by_name(*properties))
    return Resource(name="outlookCategory", type=kind, compute=_members, page_size=1000, efficient_order=False)


def _answer(call: Call, category: Category, status: int = 200) -> EntityAnswer:
    path = f"{call.user_path}/outlook/masterCategories"
    location = f"{path}('{category.id}')" if status == 201 else ""
    return EntityAnswer(resource=category_resource(), record=category, path=path, status=status, location=location)


@operation(f"GET {_LIST}", least="MailboxSettings.Read")
def list_(call: Call) -> Page:
    """List the categories that a person has defined."""
    found = sorted(call.mailbox.categories, key=lambda category: category.position)
    path = f"{call.user_path}/outlook/masterCategories"
    return Page(resource=category_resource(), records=found, path=path, total=len(found))


@operation(f"GET {_LIST}/{{category}}", least="MailboxSettings.Read")
def get(call: Call, category: Category) -> EntityAnswer:
    """Get a category."""
    return _answer(call, category)


@operation(f"POST {_LIST}", least="MailboxSettings.ReadWrite", body=Entity("outlookCategory"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Define a category; its name is unique in any case and stays for life."""
    name = (body.get("displayName") or "").strip()
    if not name:
        raise graph_error("property_required", property="displayName", because="a category needs a displayName")
    taken = call.mailbox.categories.find("name", name.lower())
    if taken is not None:
        raise graph_error("category_exists", because=f"there is a category {taken.display_name!r} already")
    category = Category(
        id=call.world.ids.guid(),
        display_name=name,
        color=body.get("color") or "none",
        position=call.mailbox.take_number(),
    )
    return _answer(call, call.unit.put(call.mailbox.categories, category), 201)


@operation(f"PATCH {_LIST}/{{category}}", least="MailboxSettings.ReadWrite", body=Entity("outlookCategory"))
def update(call: Call, category: Category, body: dict[str, Any]) -> EntityAnswer:
    """Give a category another colour; its name cannot change."""
    name = body.get("displayName")
    if name is not None and name != category.display_name:
        raise graph_error("property_read_only", because="the name of a category cannot change: delete and create it")
    color = body.get("color") or category.color
    changed = call.unit.put(call.mailbox.categories, msgspec.structs.replace(category, color=color))
    return _answer(call, changed)


@operation(f"DELETE {_LIST}/{{category}}", least="MailboxSettings.ReadWrite")
def delete(call: Call, category: Category) -> NoContent:
    """Delete a category; items that carry its name keep it."""
    call.unit.remove(call.mailbox.categories, category)
    return NoContent()
