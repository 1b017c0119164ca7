"""The command line, `outlook365-emulator`: each command is loaded when it is asked for."""

from outlook365_emulator.cli.serving import main

COMMANDS = {
    "app": "directory:app",
    "ca": "ca:ca",
    "completion": "completing:completion",
    "doctor": "doctor:doctor",
    "env": "reaching:env",
    "event": "mail:event",
    "exec": "executing:execute",
    "journal": "journal:journal",
    "mail": "mail:mail",
    "operations": "permissions:operations",
    "permissions": "permissions:permissions",
    "ready": "reaching:ready",
    "scenario": "scenario:scenario",
    "tenant": "directory:tenant",
    "token": "token:token",
    "user": "directory:user",
    "world": "world:world",
}
main.declare("outlook365_emulator.cli", COMMANDS)

__all__ = ["main"]
