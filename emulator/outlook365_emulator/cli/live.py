"""Commands of `world` and `scenario` that ask a running emulator."""

from typing import Any

import click

from outlook365_emulator.cli.asking import Asked, facts, json_option, quoted, remote, tell, tell_rows, url_option
from outlook365_emulator.cli.serving import refusals


@click.command("show", epilog="\b\nExample:\n  outlook365-emulator world show contoso")
@url_option
@json_option
@click.argument("name", required=False, metavar="[NAME]")
def show_world(url: str, as_json: bool, name: str | None) -> None:
    """Show a world of a running emulator, or list all of them."""
    asked = Asked(url)
    if name is None:
        tell_worlds(asked, as_json=as_json)
        return
    tell(asked.call("GET", f"/worlds/{quoted(name)}"), _world_facts, as_json=as_json)


def tell_worlds(asked: Asked, *, as_json: bool) -> None:
    """Print the worlds of a running emulator."""
    tell_rows(asked.call("GET", "/worlds")["worlds"], ("name", "default", "domains"), as_json=as_json)


def _world_facts(found: dict[str, Any]) -> Any:
    counts = {name: sum(len(tenant[name]) for tenant in found["tenants"]) for name in ("users", "groups", "apps")}
    tenants = [tenant["domain"] for tenant in found["tenants"]]
    return facts(
        {"name": found["name"], "seed": found["seed"], "now": found["clock"]["now"], "tenants": tenants, **counts}
    )


@click.command("load", epilog="\b\nExample:\n  outlook365-emulator world load ./my-world.yaml")
@url_option
@json_option
@click.argument("name_or_file", metavar="NAME|FILE")
def load_world(url: str, as_json: bool, name_or_file: str) -> None:
    """Make a world in a running emulator of a world file, or of a shipped one."""
    from outlook365_emulator.emulator.documents import world_document

    with refusals():
        document = world_document(name_or_file)
    tell(Asked(url).call("POST", "/worlds", document), _world_facts, as_json=as_json)


@click.command("apply", epilog="\b\nExample:\n  outlook365-emulator scenario apply throttled")
@remote
@click.argument("name_or_file", metavar="NAME|FILE")
def apply_scenario(asked: Asked, as_json: bool, name_or_file: str) -> None:
    """Let a world of a running emulator go through a scenario."""
    from outlook365_emulator.emulator.documents import scenario_document

    with refusals():
        document = scenario_document(name_or_file)
    tell(asked.call("POST", f"{asked.world}/scenarios", {"document": document}), facts, as_json=as_json)


@click.command("clear", epilog="\b\nExample:\n  outlook365-emulator scenario clear")
@remote
@click.argument("name", required=False, metavar="[NAME]")
def clear_scenarios(asked: Asked, as_json: bool, name: str | None) -> None:
    """End a scenario of a world in a running emulator, or all of them."""
    running = [one["name"] for one in asked.call("GET", f"{asked.world}/scenarios")["scenarios"]]
    ended = [name] if name is not None else running
    for one in ended:
        asked.call("DELETE", f"{asked.world}/scenarios/{quoted(one)}")
    tell({"ended": ended}, lambda found: [f"ended: {', '.join(found['ended']) or 'none ran'}"], as_json=as_json)
