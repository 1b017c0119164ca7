"""The reference page of world files, written from the structs and their docstrings."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import inspect

from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.worlds.building import build_world
from outlook365_emulator.worlds.connection import connection_details
from outlook365_emulator.worlds.contents import (
    AttachmentDocument,
    EventDocument,
    FillDocument,
    MessageDocument,
    RepliesDocument,
    RuleDocument,
)
from outlook365_emulator.worlds.documents import (
    AppDocument,
    CertificateDocument,
    ClockDocument,
    GroupDocument,
    MailboxDocument,
    MailLimitsDocument,
    PolicyDocument,
    SecretDocument,
    TenantDocument,
    UserDocument,
    WorldDocument,
)
from outlook365_emulator.worlds.files import load_world_file
from outlook365_emulator.worlds.permissions import AUTH_TYPES, preset_permissions

SECTIONS: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("World", WorldDocument),
    ("Clock", ClockDocument),
    ("Tenant", TenantDocument),
    ("User", UserDocument),
    ("Shared mailbox", MailboxDocument),
    ("Message", MessageDocument),
    ("Attachment", AttachmentDocument),
    ("Event", EventDocument),
    ("Fill", FillDocument),
    ("Automatic replies", RepliesDocument),
    ("Rule", RuleDocument),
    ("Mail limits", MailLimitsDocument),
    ("Conditional access policy", PolicyDocument),
    ("Group", GroupDocument),
    ("Application", AppDocument),
    ("Secret", SecretDocument),
    ("Certificate", CertificateDocument),
)

_HEAD = """\
<!-- Written by `python -m outlook365_emulator.worlds reference`. -->
# World files

A world file describes everything that an emulator holds at start: YAML 1.1 in UTF-8, or JSON. The control API takes the
same documents, and the keywords of the handles are the same keys. A key that is unknown, missing or stands twice, and a
value of the wrong type, is an error that names the place (`tenants[0].users[2].nmae`) and the nearest right word.

Editors complete and check a world file with the JSON schema `outlook365_fixtures/schemas/world.schema.json`. How to
write one is told in [Write a world file](../how-to/write-a-world-file.md).

**Names.** A user is named by the part before the `@` (the first domain is added), a whole principal name, an address or
an id. World names, tenant ids and domains are unique in an emulator; client ids may repeat.

**Moments** are an instant with offset (`2026-03-02T09:00:00Z`) or an offset from the world's time, with the units w, d,
h, m and s in this order: `-2d4h30m`, `+1w`.

**Texts** have 1 to 256 characters where nothing else is said; a number that is meant as text stands in quotes.

**Ids.** Without `fixed_ids` every start draws its own ids, so that many tests share one emulator; then a literal `id`
is refused. With `fixed_ids` ids are derived from the world's name and are the same on every start. A `client_id` may be
given in either case, since programs carry their vendor's.
"""

TEXT = "a text of 1 to 256 characters"
"""How most texts are described; the page says so once."""

_FAULTS = "a list of [faults](faults.md)"


def reference_page() -> str:
    """Write the page as Markdown."""
    parts = [_HEAD]
    for title, kind in SECTIONS:
        parts.append(f"## {title}\n\n{_summary(kind)}\n\n{_table(kind)}")
    parts.extend((_auth_table(), _contoso()))
    return "\n".join(parts)


def _summary(kind: type[msgspec.Struct]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def attributes_of(kind: type) -> dict[str, str]:
    """Return what a docstring in Google style says about each attribute, inherited ones too."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        _, _, section = cleandoc(one.__doc__ or "").partition("Attributes:\n")
        for line in section.splitlines():
            entry = re.fullmatch(r" {4}(\w+): (.*)", line)
            if entry:
                found[entry[1]] = entry[2]
            elif found and line.strip():
                found[next(reversed(found))] += f" {line.strip()}"
    return found


def _table(kind: type[msgspec.Struct]) -> str:
    said = attributes_of(kind)
    rows = ["| key | value | meaning |", "|---|---|---|"]
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        value = _FAULTS if (kind, field.name) == (WorldDocument, "faults") else _words(field.type)
        extra = _default(field)
        rows.append(f"| `{field.encode_name}` | {value}{extra} | {said[field.name]} |")
    return "\n".join(rows) + "\n"


def _default(field: inspect.Field) -> str:
    if field.required:
        return ", required"
    if isinstance(field.default, str | bool | int) and field.default != "":
        return f"; `{str(field.default).lower() if isinstance(field.default, bool) else field.default}` when left out"
    return ""


def _words(kind: Any) -> str:
    return " or ".join(dict.fromkeys(_each(kind)))


def _each(kind: Any) -> Iterator[str]:
    """Say what a type is, in words; links lead to the section of a struct."""
    match kind:
        case inspect.UnionType(types=types):
            for one in types:
                yield from _each(one)
        case inspect.Metadata(extra_json_schema={"description": text}):
            yield "a text" if text == TEXT else text.replace("<", "&lt;")
        case inspect.NoneType():
            return
        case inspect.LiteralType(values=values):
            yield ", ".join(f"`{value}`" for value in values)
        case inspect.ListType(item_type=item):
            yield f"a list: {_words(item)}"
        case inspect.DictType(value_type=value):
            yield "a mapping of texts" if isinstance(value, inspect.StrType) else "a mapping"
        case inspect.StructType(cls=cls):
            title = next(title for title, one in SECTIONS if one is cls)
            yield f"[{title.lower()}](#{title.lower().replace(' ', '-')})"
        case inspect.BoolType():
            yield "true or false"
        case inspect.StrType():
            yield "a text"
        case _:
            raise AssertionError(f"no words for {kind}")


def _contoso() -> str:
    """Write the connection details of the default world, but for the certificate, which is made at start."""
    details = connection_details(build_world(Hosting(), load_world_file("contoso")))
    rows = [
        "## The world contoso\n",
        "`outlook365-emulator serve` loads it unless another is named. Its ids, secrets and passwords are the same",
        "on every start; `certificate_pfx_base64` is made at start. The applications hold every permission of their",
        "kind, and an administrator has consented.\n",
        "| key of the ready file | value |",
        "|---|---|",
    ]
    for key, value in details.items():
        shown = value if isinstance(value, str) else ", ".join(f"{one['upn']} ({one['password']})" for one in value)
        rows += [] if key == "certificate_pfx_base64" else [f"| `{key}` | `{shown}` |"]
    return "\n".join(rows) + "\n"


def _auth_table() -> str:
    rows = [
        "## Auth types\n",
        "An auth type sets audience, credentials and the kind of permissions unless a key says otherwise. Without",
        "`permissions` and `preset` an application with an auth type gets the preset `minimum`; `all` is every",
        "permission of the kind that the emulator knows. With `consent: user` every person who is there has consented",
        "for themselves to what takes no administrator. A preset of an application type leaves out what exists as",
        "delegated permission only; naming such a permission is an error that names the nearest.\n",
        "| auth | permissions | audience | credentials | `minimum` | `full` |",
        "|---|---|---|---|---|---|",
    ]
    for name, auth in AUTH_TYPES.items():
        credentials = "a secret" if auth.secret else "a certificate" if auth.certificate else "none (public client)"
        presets = [
            " ".join(f"`{one}`" for one in preset_permissions(preset, name)[0]) for preset in ("minimum", "full")
        ]
        rows.append(f"| `{name}` | {auth.kind} | `{auth.audience}` | {credentials} | {presets[0]} | {presets[1]} |")
    return "\n".join(rows) + "\n"
