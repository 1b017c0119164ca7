"""`outlook365-emulator ready` and `env`: is a running emulator there, and how do programs reach it."""

from typing import Any

import click

from outlook365_emulator.cli.asking import Asked, facts, json_option, tell, url_option
from outlook365_emulator.cli.serving import Refused

PAUSE = 0.05
"""Seconds between two attempts to reach an emulator that is starting."""

SHOWN = ("version", "http_url", "https_port", "proxy_url", "control_url", "ca_file", "world", "tenant_id", "domain")


@click.command(epilog="\b\nExample:\n  outlook365-emulator ready --wait 10")
@url_option
@json_option
@click.option(
    "--wait", type=click.FloatRange(0, 3600), default=0, metavar="SECONDS", help="Wait for it at most so long."
)
def ready(url: str, as_json: bool, wait: float) -> None:
    """Say whether an emulator answers: exit status 0 when it does, 2 when not. With --json, its ready file."""
    import threading

    from outlook365_emulator.clock import monotonic

    asked, until = Asked(url), monotonic() + wait
    while True:
        try:
            details = asked.ready
        except Refused:
            if monotonic() >= until:
                raise
            threading.Event().wait(PAUSE)
        else:
            break
    tell(details, lambda found: facts({name: found.get(name) for name in SHOWN}), as_json=as_json)


@click.command(epilog='\b\nExample:\n  eval "$(outlook365-emulator env)"')
@url_option
@json_option
@click.option(
    "--folder",
    type=click.Path(file_okay=False),
    help="Folder for the certificates of an emulator that runs on another machine or in a container.",
)
def env(url: str, as_json: bool, folder: str | None) -> None:
    """Print the variables by which programs started from a shell reach a running emulator, unmodified."""
    import shlex

    variables = _variables(Asked(url), folder)
    tell(
        variables,
        lambda found: [f"export {name}={shlex.quote(value)}" for name, value in found.items()],
        as_json=as_json,
    )


def _variables(asked: Asked, folder: str | None) -> dict[str, Any]:
    """Return the variables; the certificates of an emulator elsewhere are written to a folder here."""
    from pathlib import Path

    details = asked.ready
    ca_file = Path(details["ca_file"])
    certificate = asked.exchange("GET", "/_emulator/v1/ca.pem", {}).body
    try:
        here = ca_file.is_file() and ca_file.read_bytes() == certificate
        if folder is None and here:
            return dict(details["env"])
        from outlook365_emulator.emulator.reaching import seen_from_here

        place = Path(folder) if folder is not None else _own_folder()
        place.mkdir(parents=True, exist_ok=True)
        return dict(seen_from_here(details, asked.connection.url, certificate, place)["env"])
    except OSError as error:
        raise Refused(f"the certificates cannot be written: {error.strerror or error}") from None


def _own_folder() -> Any:
    import tempfile
    from pathlib import Path

    return Path(tempfile.mkdtemp(prefix="outlook365-ca-"))
