"""The command line: `outlook365-emulator serve`, `env`, `world`, `scenario`, `exec`."""

from outlook365_emulator.cli import executing, scenario
from outlook365_emulator.cli.serving import main

main.add_command(executing.execute)
main.add_command(scenario.scenario)

__all__ = ["main"]
