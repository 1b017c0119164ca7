"""`outlook365-emulator world export`, `import` and `kept`: worlds as files, and the worlds of a data directory."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outlook365_emulator.cli.asking import DEFAULT_URL, Asked, json_option, quoted, tell
from outlook365_emulator.cli.serving import ENVIRONMENT, Refused, refusals
from outlook365_emulator.config import environment

if TYPE_CHECKING:
    from outlook365_emulator.store.world import World

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=f"{ENVIRONMENT}DATA",
    help="The data directory (serve --data), in place of a running emulator.",
)
running_option = click.option(
    "--url",
    metavar="URL",
    help=f"Root of the running emulator's HTTP port; without it and --data {DEFAULT_URL}, or OUTLOOK365_URL.",
)
ZIP = {"Content-Type": "application/zip"}
PATIENCE = 300.0
"""Seconds that an export or import may take, beyond what any call may."""


@click.command(
    epilog="\b\nExamples:\n  outlook365-emulator world export contoso contoso.zip\n"
    "  outlook365-emulator world export contoso contoso.zip --data ./data"
)
@click.argument("name", metavar="NAME")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@running_option
@data_option
@json_option
def export(name: str, file: Path, url: str | None, data: Path | None, as_json: bool) -> None:
    """Write a world with its mail to one file; an emulator that uses the data directory may be running."""
    if url is not None or data is None:
        asked = Asked(_url(url))
        content = asked.call_bytes("GET", f"/worlds/{quoted(name)}/export", patience=PATIENCE)
        _write(file, content)
        counts = _counts(asked.call("GET", f"/worlds/{quoted(name)}"))
    else:
        counts = _export_kept(name, file, data)
    _tell(str(file), {"world": name, **counts}, as_json=as_json)


def _write(file: Path, content: bytes) -> None:
    try:
        file.touch(mode=0o600)  # it holds passwords and secrets
        file.write_bytes(content)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror or error}") from None


def _export_kept(name: str, file: Path, data: Path) -> dict[str, int]:
    from outlook365_emulator.store.durable.archive import save_archive

    with refusals():
        world, parts = _kept_world(data, name)
        try:
            save_archive(world, file, parts)
        except OSError as error:
            raise Refused(f"{file} cannot be written: {error.strerror or error}") from None
        finally:
            world.blobs.close()
    return _counts_of(world)


@click.command(
    "import",
    epilog="\b\nExamples:\n  outlook365-emulator world import contoso.zip\n"
    "  outlook365-emulator world import contoso.zip --data ./data",
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@running_option
@data_option
@json_option
def import_(file: Path, url: str | None, data: Path | None, as_json: bool) -> None:
    """Take in a world that was exported; no emulator may be running on the data directory."""
    if url is not None or data is None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise Refused(f"{file} cannot be read: {error.strerror or error}") from None
        asked = Asked(_url(url))
        shown = json.loads(asked.call_bytes("POST", "/import", content, ZIP, patience=PATIENCE))
        _tell(asked.connection.url, {"world": shown["name"], **_counts(shown)}, as_json=as_json)
    else:
        _tell(str(data), _import_kept(file, data), as_json=as_json)


def _import_kept(file: Path, data: Path) -> dict[str, Any]:
    from outlook365_emulator.store.durable.recorder import DataDirectory

    with refusals():
        directory = DataDirectory(data, _parts())
        try:
            world = directory.take_in(file)
        finally:
            directory.close()
    return {"world": world.name, **_counts_of(world)}


def _url(given: str | None) -> str:
    return given or environment().get("OUTLOOK365_URL") or DEFAULT_URL


def _counts(shown: dict[str, Any]) -> dict[str, int]:
    return {"tenants": len(shown["tenants"]), "users": sum(len(tenant["users"]) for tenant in shown["tenants"])}


def _counts_of(world: "World") -> dict[str, int]:
    tenants = world.tenants.values()
    messages = sum(len(mailbox.messages) for tenant in tenants for mailbox in tenant.mailboxes)
    return {"tenants": len(tenants), "users": sum(len(tenant.users) for tenant in tenants), "messages": messages}


def _tell(holder: str, found: dict[str, Any], *, as_json: bool) -> None:
    counts = ", ".join(f"{name} {count}" for name, count in found.items() if name != "world")
    line = f"{holder} holds the world {found['world']}: {counts}"
    tell({"holder": holder, **found}, lambda _: [line], as_json=as_json)


@click.command("kept", epilog="\b\nExample:\n  outlook365-emulator world kept contoso --data ./data")
@click.argument("name", required=False, metavar="[NAME]")
@data_option
@json_option
def kept(name: str | None, data: Path | None, as_json: bool) -> None:
    """Show a world of a data directory, or list all of them; the emulator may be running."""
    if data is None:
        raise Refused("name the data directory by --data")
    with refusals():
        if name is None:
            tell(_names(data), lambda names: names, as_json=as_json)
            return
        world = _kept_world(data, name)[0]
        try:
            tell(_shown(world), _lines, as_json=as_json)
        finally:
            world.blobs.close()


def _names(data: Path) -> list[str]:
    from outlook365_emulator.store.durable.database import Database

    database = Database(data, reading=True)
    try:
        with database.reading():
            return [database.name_of(key) for key in database.worlds()]
    finally:
        database.close()


def _parts() -> Any:
    from outlook365_emulator.emulator.kept_scenarios import scenarios_part
    from outlook365_emulator.entra.keys import KeyRing

    return (scenarios_part(KeyRing, lambda world: None),)


def _kept_world(data: Path, name: str) -> "tuple[World, Any]":
    """Read a world of a data directory, as it is at this moment; an emulator may write on."""
    from outlook365_emulator.store.durable.database import Database
    from outlook365_emulator.store.durable.parts import PARTS
    from outlook365_emulator.store.durable.reading import read_world
    from outlook365_emulator.store.durable.recorder import decoded
    from outlook365_emulator.tables.files import unknown

    parts = (*PARTS, *_parts())
    database = Database(data, reading=True)
    try:
        with database.reading():
            names = []
            for key in database.worlds():
                found = database.name_of(key)
                if name == found:
                    return read_world(database.rows(key), decoded, parts, data / "blobs" / key), parts
                names.append(found)
        raise Refused(str(unknown("world", name, names).args[0]))
    finally:
        database.close()


def _shown(world: "World") -> dict[str, Any]:
    tenants = []
    for tenant in world.tenants.values():
        users = []
        for user in tenant.users:
            mailbox = tenant.mailbox_of(user)
            row = {"user": user.user_principal_name, "name": user.display_name}
            counts = {"messages": len(mailbox.messages), "events": len(mailbox.events)} if mailbox is not None else {}
            users.append({**row, **counts})
        apps = [{"app": one.display_name, "client_id": one.client_id} for one in tenant.applications]
        tenants.append({"id": tenant.id, "domain": tenant.domains[0], "users": users, "apps": apps})
    return {"world": world.name, "now": world.clock.now().isoformat(), "tenants": tenants}


def _lines(shown: dict[str, Any]) -> list[str]:
    found = [
        click.style(f"World {shown['world']}", bold=True) + f", its clock at {shown['now'][:16].replace('T', ' ')} UTC"
    ]
    for tenant in shown["tenants"]:
        found.append(f"  tenant {tenant['domain']} ({tenant['id']})")
        for user in tenant["users"]:
            holds = f"  messages {user['messages']}, events {user['events']}" if "messages" in user else ""
            found.append(f"    {user['user']}  {user['name']}{holds}")
        found += [f"    application {app['app']}  {app['client_id']}" for app in tenant["apps"]]
    return found
