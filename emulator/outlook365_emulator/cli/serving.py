"""The commands that serve an emulator, reach a running one, and look at world files."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from outlook365_emulator import __version__
from outlook365_emulator.config import NO_WORLD, Settings

if TYPE_CHECKING:
    from outlook365_emulator.emulator import Emulator

Command = TypeVar("Command", bound=Callable[..., Any])

PORTS = {"port": 8365, "tls_port": 8443, "proxy_port": 8888}
DEFAULT_WORLD = "contoso"
ENVIRONMENT = "OUTLOOK365_EMULATOR_"
SERVE_EXAMPLES = (
    "\b\nExamples:\n  outlook365-emulator serve\n"
    "  outlook365-emulator serve --world ./my-world.yaml --port 0 --tls-port 0 --proxy-port 0 --ready-file ready.json"
)


class Refused(click.ClickException):
    """What was asked for cannot be done: one line on stderr and exit status 2."""

    exit_code = 2


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="\b\nExample:\n  outlook365-emulator serve",
)
@click.version_option(__version__, "--version", message="%(prog)s %(version)s")
def main() -> None:
    """Emulate Microsoft Entra ID and the mail and calendar part of Microsoft Graph on this machine."""


def _port(name: str, what: str) -> Callable[[Command], Command]:
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        type=click.IntRange(0, 65535),
        default=PORTS[name],
        show_default=True,
        envvar=f"{ENVIRONMENT}{name.upper()}",
        help=f"{what}; 0 lets the system choose.",
    )


@main.command(epilog=SERVE_EXAMPLES)
@click.option(
    "--host", default="127.0.0.1", show_default=True, envvar=f"{ENVIRONMENT}HOST", help="Address to listen on."
)
@_port("port", "HTTP port: page, control API, and every emulated host as a path prefix")
@_port("tls_port", "HTTPS port: answers as the emulated hosts")
@_port("proxy_port", "Port of the CONNECT proxy")
@click.option(
    "--proxy-others",
    type=click.Choice(["pass", "refuse"]),
    default="pass",
    show_default=True,
    envvar=f"{ENVIRONMENT}PROXY_OTHERS",
    help="What the proxy does with hosts that are not Microsoft's.",
)
@click.option(
    "--world",
    metavar="NAME|FILE",
    default=DEFAULT_WORLD,
    show_default=True,
    envvar=f"{ENVIRONMENT}WORLD",
    help=f"World to load: a shipped one by name, a file by its path, or '{NO_WORLD}'.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    envvar=f"{ENVIRONMENT}SCENARIOS",
    help="Scenario that the world goes through: a shipped one by name, a file by its path; repeatable.",
)
@click.option(
    "--seed", type=int, envvar=f"{ENVIRONMENT}SEED", help="Seed of the world's chance, in place of the file's."
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar=f"{ENVIRONMENT}READY_FILE",
    help="File that gets the connection details (JSON) once requests are accepted; removed at the end.",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    envvar=f"{ENVIRONMENT}ALLOW_HOSTS",
    help="Further name under which the emulator may be asked; repeatable.",
)
@click.option(
    "--allow-webhook",
    "allow_webhooks",
    multiple=True,
    metavar="HOST",
    envvar=f"{ENVIRONMENT}ALLOW_WEBHOOKS",
    help="Further host that notifications may be delivered to; repeatable.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the connection details as one line of JSON instead of text."
)
@click.option("--end-with-input", is_flag=True, hidden=True, help="End when standard input ends.")
def serve(as_json: bool, end_with_input: bool, world: str, **options: Any) -> None:
    """Run the emulator until Ctrl-C."""
    from outlook365_emulator.emulator import Emulator

    settings = Settings(world=None if world == NO_WORLD else world, **options)
    emulator = Emulator(settings)
    with _ended_by_signals():
        try:
            with refusals(settings.host):
                emulator.start()
            details = emulator.details()
            with _announced(settings.ready_file, details):
                _print_details(details, as_json=as_json)
                if end_with_input:
                    _end_with_input(emulator)
                emulator.wait()
        finally:
            _ignore_signals()
            emulator.stop()


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end what runs as Ctrl-C does, and both with exit status 0."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def _ignore_signals() -> None:
    """Let a second Ctrl-C not disturb the end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def refusals(host: str = "") -> Iterator[None]:
    """Turn what cannot be done into one clear line.

    Args:
        host: the address to listen on, where that is tried.
    """
    from outlook365_emulator.net.ports import PortInUse
    from outlook365_emulator.worlds import DocumentError

    try:
        yield
    except DocumentError as error:
        raise Refused(" ".join(str(error).split())) from None
    except (PortInUse, PermissionError) as error:
        raise Refused(error.strerror or str(error)) from None
    except OSError as error:
        raise Refused(f"the emulator cannot listen on {host}: {error.strerror or error}") from None
    except ValueError as error:
        raise Refused(str(error)) from None


@contextlib.contextmanager
def _announced(file: Path | None, details: dict[str, Any]) -> Iterator[None]:
    """Keep the ready file there as long as the emulator runs."""
    from outlook365_emulator.emulator.ready import write_ready_file

    if file is None:
        yield
        return
    try:
        write_ready_file(file, details)
    except OSError as error:
        raise Refused(f"the ready file {file} cannot be written: {error.strerror or error}") from None
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _end_with_input(emulator: "Emulator") -> None:
    """Stop the emulator when standard input ends: the process that started it is gone."""

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        emulator.stop()

    threading.Thread(target=watch, name="outlook365-input", daemon=True).start()


def _print_details(details: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(details).decode())
    else:
        click.echo("\n".join(_lines(details)))
    sys.stdout.flush()


def _lines(details: dict[str, Any]) -> Iterator[str]:
    """Say where the emulator is, what its world offers, and what to try first."""
    yield click.style(f"pytest-outlook365 emulator {__version__}", bold=True)
    yield f"  page and control API   {details['http_url']}/"
    yield f"  emulated hosts, HTTP   {details['http_url']}/graph.microsoft.com/ and so on"
    yield f"  emulated hosts, HTTPS  port {details['https_port']}, certificates by {details['ca_file']}"
    yield f"  CONNECT proxy          {details['proxy_url']}"
    if details.get("tenant_id"):
        yield ""
        yield from _tenant_lines(details)
    if details.get("client_id") and details.get("client_secret") and details.get("user"):
        yield ""
        yield click.style("Try this first, in another shell:", bold=True)
        yield from _first_try(details)
    yield ""
    url = details["http_url"]
    yield "Programs started from a shell reach it unmodified after:"
    yield f'  eval "$(outlook365-emulator env --url {url})"'
    yield ""
    yield "Ctrl-C stops it."


def _tenant_lines(details: dict[str, Any]) -> Iterator[str]:
    yield click.style(f"Tenant {details['domain']} of the world {details['world']}", bold=True)
    shown = (
        ("tenant id", details["tenant_id"], ""),
        ("application", details.get("client_id"), details.get("client_secret")),
        ("public application", details.get("public_client_id"), ""),
        ("web application", details.get("web_client_id"), details.get("web_client_secret")),
        ("user", details.get("user"), details.get("user_password")),
        ("administrator", details.get("admin"), details.get("admin_password")),
        ("shared mailbox", details.get("shared_mailbox"), ""),
    )
    for label, name, secret in shown:
        if name:
            yield f"  {label:<21}  {name}" + (f"  secret: {secret}" if secret else "")


def _first_try(details: dict[str, Any]) -> Iterator[str]:
    """Write commands for a shell that ask for a token and read a mailbox with it."""
    yield f"  TOKEN=$(curl -s {details['login_url']}/{details['tenant_id']}/oauth2/v2.0/token \\"
    yield "    -d grant_type=client_credentials -d scope=https://graph.microsoft.com/.default \\"
    yield f"    -d client_id={details['client_id']} --data-urlencode 'client_secret={details['client_secret']}' \\"
    yield '    | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\')'
    yield '  curl -s -H "Authorization: Bearer $TOKEN" \\'
    yield f"    '{details['graph_url']}/v1.0/users/{details['user']}/messages?$select=subject,from&$top=3'"


@main.command(epilog='\b\nExample:\n  eval "$(outlook365-emulator env)"')
@click.option(
    "--url",
    default=f"http://127.0.0.1:{PORTS['port']}",
    show_default=True,
    help="Root of the running emulator's HTTP port.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the variables as JSON.")
def env(url: str, as_json: bool) -> None:
    """Print the variables by which programs started from a shell reach a running emulator, unmodified."""
    import shlex

    import msgspec

    variables = _ready_details(url)["env"]
    if as_json:
        click.echo(msgspec.json.encode(variables).decode())
        return
    click.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))


def _ready_details(url: str) -> dict[str, Any]:
    """Ask a running emulator for the content of its ready file."""
    import http.client
    from urllib.parse import urlsplit

    import msgspec

    try:
        place = urlsplit(url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/_emulator/v1/ready")
            answer = connection.getresponse().read()
        details = msgspec.json.decode(answer, type=dict[str, Any])
        if "env" not in details:
            raise ValueError("what answers is no emulator")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Refused(f"no emulator answers at {url}: {error}") from None
    return details


@main.group(epilog="\b\nExample:\n  outlook365-emulator world validate ./my-world.yaml")
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
