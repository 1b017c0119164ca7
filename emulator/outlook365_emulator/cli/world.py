"""`outlook365-emulator world`: look at world files and at the worlds of a running emulator."""

import click

from outlook365_emulator.cli import kept, live
from outlook365_emulator.cli.asking import Asked, json_option, tell
from outlook365_emulator.cli.serving import refusals


@click.group(epilog="\b\nExample:\n  outlook365-emulator world validate ./my-world.yaml")
def world() -> None:
    """Look at world files: the tenants, people, mail and applications that an emulator starts with."""


@world.command(
    "list",
    epilog="\b\nExamples:\n  outlook365-emulator world list\n"
    "  outlook365-emulator world list --url http://127.0.0.1:8365",
)
@click.option("--url", metavar="URL", help="List the worlds of this running emulator; without it the shipped ones.")
@json_option
def list_worlds(url: str | None, as_json: bool) -> None:
    """List the worlds that are shipped, or those of a running emulator."""
    from outlook365_emulator.worlds import world_names

    if url is not None:
        live.tell_worlds(Asked(url), as_json=as_json)
        return
    tell(world_names(), lambda names: names, as_json=as_json)


@world.command(epilog="\b\nExample:\n  outlook365-emulator world validate ./my-world.yaml")
@click.argument("name_or_file", metavar="NAME|FILE")
@json_option
def validate(name_or_file: str, as_json: bool) -> None:
    """Read a world file and build its world; say what is wrong, and where."""
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
    said = f"{name_or_file} is right: " + ", ".join(f"{key} {value}" for key, value in counts.items())
    tell(counts, lambda _: [said], as_json=as_json)


world.add_command(kept.export)
world.add_command(kept.import_)
world.add_command(kept.kept)
world.add_command(live.show_world)
world.add_command(live.load_world)
