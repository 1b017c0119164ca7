"""`outlook365-emulator serve`: run an emulator."""

import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
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


class Lazily(click.Group):
    """A group whose commands are imported when they are asked for, so that `serve` and `ready` start fast."""

    _elsewhere: Mapping[str, tuple[str, str]] = MappingProxyType({})

    def declare(self, package: str, commands: Mapping[str, str]) -> None:
        """Name the commands.

        Args:
            package: where their modules are.
            commands: by its name, module and attribute of each command, `world:world`.
        """
        self._elsewhere = {
            name: (f"{package}.{place.partition(':')[0]}", place.partition(":")[2]) for name, place in commands.items()
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*self.commands, *self._elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self._elsewhere:
            return super().get_command(ctx, cmd_name)
        module, attribute = self._elsewhere[cmd_name]
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for, or name the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near or "did you mean" in error.message.lower():
                raise
            raise click.UsageError(f"{error.message.rstrip('.')}; did you mean {near[0]!r}?", error.ctx) from None


@click.group(
    cls=Lazily,
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


def _port_range(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read `9000-9099`."""
    if value is None:
        return None
    first, _, last = value.partition("-")
    if first.isdecimal() and last.isdecimal() and len(value) < 12 and 0 < int(first) <= int(last) < 65536:
        return int(first), int(last)
    raise click.BadParameter(f"expected FIRST-LAST, such as 9000-9099, got {value!r}")


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
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=f"{ENVIRONMENT}DATA",
    help="Directory in which everything is kept across restarts: tenants, mail, keys, faults, clock.",
)
@click.option(
    "--ca-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar=f"{ENVIRONMENT}CA_FILE",
    help="File that gets the certificate of the emulator's authority, for clients that share a folder with it.",
)
@click.option(
    "--world-ports",
    metavar="FIRST-LAST",
    callback=_port_range,
    envvar=f"{ENVIRONMENT}WORLD_PORTS",
    help="HTTPS ports that worlds of tests get as their own, to be published by a container; any port when left out.",
)
@click.option(
    "--control-token",
    metavar="SECRET",
    envvar=f"{ENVIRONMENT}CONTROL_TOKEN",
    help="What every request to the control API and the page must carry (Authorization: Bearer SECRET).",
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
