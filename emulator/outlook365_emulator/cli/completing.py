"""`outlook365-emulator completion`: completions of commands and options for a shell."""

import click

PROGRAM = "outlook365-emulator"
PLACES = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": f"~/.config/fish/completions/{PROGRAM}.fish",
}


@click.command(epilog='\b\nExample:\n  eval "$(outlook365-emulator completion bash)"')
@click.argument("shell", type=click.Choice(list(PLACES)))
@click.option("--json", "as_json", is_flag=True, help="Print the script, and the file that it belongs into, as JSON.")
def completion(shell: str, as_json: bool) -> None:
    """Print the script that lets SHELL complete our commands and options."""
    import json

    from click.shell_completion import get_completion_class

    from outlook365_emulator.cli import main

    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"there are no completions for {shell}")
    script = kind(main, {}, PROGRAM, "_OUTLOOK365_EMULATOR_COMPLETE").source()
    click.echo(json.dumps({"script": script, "file": PLACES[shell]}) if as_json else script)
