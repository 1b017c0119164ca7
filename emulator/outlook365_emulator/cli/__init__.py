"""The command line, `outlook365-emulator`: each command is loaded when it is asked for."""

from outlook365_emulator.cli.serving import main

COMMANDS = {
    "env": "reaching:env",
    "exec": "executing:execute",
    "ready": "reaching:ready",
    "scenario": "scenario:scenario",
    "world": "world:world",
}
main.declare("outlook365_emulator.cli", COMMANDS)

__all__ = ["main"]
