"""`outlook365-emulator world`: look at world files and at the worlds of a running emulator."""

import click

from outlook365_emulator.cli import kept, live
from outlook365_emulator.cli.serving import refusals


@click.group(epilog="\b\nExample:\n  outlook365-emulator world validate ./my-world.yaml")
def world() -> None:
    """Look at world files: the tenants, people, mail and applications that an emulator starts with."""


@world.command("list", epilog="\b\nExample:\n  outlook365-emulator world list")
@click.option("--json", "as_json", is_flag=True, help="Print the names as JSON.")
def list_worlds(as_json: bool) -> None:
    """List the worlds that are shipped."""
    import msgspec

    from outlook365_emulator.worlds import world_names

    names = world_names()
    click.echo(msgspec.json.encode(names).decode() if as_json else "\n".join(names))


@world.command(epilog="\b\nExample:\n  outlook365-emulator world validate ./my-world.yaml")
@click.argument("name_or_file", metavar="NAME|FILE")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def validate(name_or_file: str, as_json: bool) -> None:
    """Read a world file and build its world; say what is wrong, and where."""
    import msgspec

    from outlook365_emulator.emulator.in_thread import load_world
    from outlook365_emulator.store.hosting import Hosting

    with refusals():
        hosting = Hosting()
        built = load_world(hosting, name_or_file, None)
    tenants = list(built.tenants.values())
    counts = {
        "world": built.name,
        "tenants": len(tenants),
        "users": sum(len(tenant.users) for tenant in tenants),
        "applications": sum(len(tenant.applications) for tenant in tenants),
    }
    hosting.drop(built)
    if as_json:
        click.echo(msgspec.json.encode(counts).decode())
        return
    click.echo(f"{name_or_file} is right: " + ", ".join(f"{key} {value}" for key, value in counts.items()))


world.add_command(kept.export)
world.add_command(kept.import_)
world.add_command(kept.kept)


world.add_command(live.show_world)
world.add_command(live.load_world)
