"""`outlook365-emulator world export`, `import` and `kept`: the worlds of a data directory, and files of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outlook365_emulator.cli.serving import ENVIRONMENT, Refused, refusals

if TYPE_CHECKING:
    from outlook365_emulator.store.world import World

DATA = click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    envvar=f"{ENVIRONMENT}DATA",
    help="The data directory (serve --data).",
)


@click.command(epilog="\b\nExample:\n  outlook365-emulator world export contoso contoso.zip --data ./data")
@click.argument("name", metavar="NAME")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@DATA
def export(name: str, file: Path, data: Path) -> None:
    """Write a world with its mail to one file; the emulator may be running."""
    from outlook365_emulator.store.durable.archive import write_archive

    with refusals():
        world, parts = _kept_world(data, name)
        try:
            write_archive(world, file, parts)
        except OSError as error:
            raise Refused(f"{file} cannot be written: {error.strerror or error}") from None
        finally:
            world.blobs.close()
    click.echo(f"{file} holds the world {world.name}: {_said(world)}")


@click.command("import", epilog="\b\nExample:\n  outlook365-emulator world import contoso.zip --data ./data")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@DATA
def import_(file: Path, data: Path) -> None:
    """Put a world that was exported into a data directory; no emulator may be running on it."""
    from outlook365_emulator.store.durable.recorder import DataDirectory

    with refusals():
        directory = DataDirectory(data, _parts())
        try:
            world = directory.take_in(file)
        finally:
            directory.close()
    click.echo(f"{data} holds the world {world.name}: {_said(world)}")


@click.command("kept", epilog="\b\nExample:\n  outlook365-emulator world kept contoso --data ./data")
@click.argument("name", required=False, metavar="[NAME]")
@DATA
@click.option("--json", "as_json", is_flag=True, help="Print what is shown as JSON.")
def kept(name: str | None, data: Path, as_json: bool) -> None:
    """Show a world of a data directory, or list all of them; the emulator may be running."""
    import msgspec

    with refusals():
        if name is None:
            shown: Any = _names(data)
        else:
            world = _kept_world(data, name)[0]
            shown = _shown(world)
            world.blobs.close()
    click.echo(msgspec.json.encode(shown).decode() if as_json else "\n".join(shown if name is None else _lines(shown)))


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


def _said(world: "World") -> str:
    tenants = list(world.tenants.values())
    users = sum(len(tenant.users) for tenant in tenants)
    messages = sum(len(mailbox.messages) for tenant in tenants for mailbox in tenant.mailboxes)
    return f"tenants {len(tenants)}, users {users}, messages {messages}"


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
    return {"world": world.name, "now": world.clock.now(), "tenants": tenants}


def _lines(shown: dict[str, Any]) -> list[str]:
    found = [click.style(f"World {shown['world']}", bold=True) + f", its clock at {shown['now']:%Y-%m-%d %H:%M} UTC"]
    for tenant in shown["tenants"]:
        found.append(f"  tenant {tenant['domain']} ({tenant['id']})")
        for user in tenant["users"]:
            holds = f"  messages {user['messages']}, events {user['events']}" if "messages" in user else ""
            found.append(f"    {user['user']}  {user['name']}{holds}")
        found += [f"    application {app['app']}  {app['client_id']}" for app in tenant["apps"]]
    return found
