"""`outlook365-emulator scenario`: look at scenarios, shipped ones and one's own."""

import click

from outlook365_emulator.cli import live
from outlook365_emulator.cli.asking import json_option, tell
from outlook365_emulator.cli.serving import refusals


@click.group(epilog="\b\nExample:\n  outlook365-emulator scenario list")
def scenario() -> None:
    """Look at scenarios: phases of trouble that a world goes through."""


@scenario.command("list", epilog="\b\nExample:\n  outlook365-emulator scenario list")
@json_option
def list_scenarios(as_json: bool) -> None:
    """List the scenarios that are shipped, and which mistake of a client each brings to light."""
    from outlook365_emulator.scenarios.files import load_scenario_file, scenario_names

    found = [load_scenario_file(name) for name in scenario_names()]
    rows = [{"name": one.name, "title": one.title, "finds": one.finds} for one in found]
    width = max((len(one.name) for one in found), default=0)
    lines = [f"{click.style(one.name.ljust(width), bold=True)}  {one.title or ''}" for one in found]
    tell(rows, lambda _: lines, as_json=as_json)


@scenario.command(epilog="\b\nExample:\n  outlook365-emulator scenario show outage")
@click.argument("name_or_file", metavar="NAME|FILE")
@json_option
def show(name_or_file: str, as_json: bool) -> None:
    """Show what a scenario does, phase by phase."""
    import msgspec

    from outlook365_emulator.scenarios.files import load_scenario_file, plain_scenario

    with refusals():
        found = load_scenario_file(name_or_file)
    if as_json:
        click.echo(msgspec.json.encode(plain_scenario(found)).decode())
        return
    click.echo(click.style(f"{found.name}: {found.title or ''}", bold=True))
    if found.finds:
        click.echo(f"finds: {found.finds}")
    for phase in found.phases:
        lasts = f"{phase.requests} requests" if phase.requests is not None else str(phase.for_ or "to the end")
        click.echo(f"  {phase.name} ({lasts})")
        for step in phase.steps:
            click.echo(f"    happens: {' '.join(f'{key}={value}' for key, value in step.items())}")
        for fault in phase.faults:
            click.echo(f"    fault: {msgspec.json.encode(fault).decode()}")


@scenario.command(epilog="\b\nExample:\n  outlook365-emulator scenario validate ./my-scenario.yaml")
@click.argument("name_or_file", metavar="NAME|FILE")
@json_option
def validate(name_or_file: str, as_json: bool) -> None:
    """Read a scenario file; say what is wrong, and where."""
    from outlook365_emulator.scenarios.files import load_scenario_file

    with refusals():
        found = load_scenario_file(name_or_file)
    phases = [one.name for one in found.phases]
    said = f"{name_or_file} is right: phases {len(phases)}, {', '.join(phases)}"
    tell({"scenario": found.name, "phases": phases}, lambda _: [said], as_json=as_json)


scenario.add_command(live.apply_scenario)
scenario.add_command(live.clear_scenarios)
