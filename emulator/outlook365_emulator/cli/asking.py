"""What the commands share that ask a running emulator: its address, its worlds, and how answers are printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from outlook365_emulator.cli.serving import ENVIRONMENT, PORTS, Refused

if TYPE_CHECKING:
    from outlook365_emulator.client.connection import Answer

DEFAULT_URL = f"http://127.0.0.1:{PORTS['port']}"

url_option = click.option(
    "--url",
    default=DEFAULT_URL,
    show_default=True,
    envvar="OUTLOOK365_URL",
    metavar="URL",
    help="Root of the running emulator's HTTP port; http://:TOKEN@host:port where it was started with a token.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
world_option = click.option("--world", metavar="NAME", help="World that is meant; the default one when left out.")
tenant_option = click.option(
    "--tenant", metavar="ID|DOMAIN", help="Tenant that is meant; the world's first when left out."
)


def remote(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options `--url`, `--world` and `--json`; it gets `asked` and `as_json`."""

    @wraps(command)
    def run(url: str, world: str | None, tenant: str | None = None, **values: Any) -> Any:
        return command(Asked(url, world, tenant), **values)

    return url_option(world_option(json_option(run)))


def of_tenant(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of `remote`, and `--tenant`."""
    return remote(tenant_option(command))


class Asked:
    """A running emulator, asked over its control API.

    Args:
        url: root of its HTTP port.
        world: name of the world that is meant, or None for the default one.
        tenant: id or domain of the tenant, or None for the first.

    Raises:
        Refused: the address is none.
    """

    def __init__(self, url: str, world: str | None = None, tenant: str | None = None) -> None:
        from outlook365_emulator.client.connection import Connection

        try:
            self.connection: Connection = Connection(with_token(url))
        except ValueError as error:
            raise Refused(f"no emulator answers at {url}: {error}") from None
        self._url = url
        self._world = world
        self._tenant = tenant
        self._seen = False

    def again(self) -> "Asked":
        """Return the same over a connection of its own, for another thread."""
        return Asked(self._url, self._world, self._tenant)

    def call(self, method: str, path: str, document: Any = None, *, patience: float = 0.0) -> Any:
        """Ask the control API.

        Args:
            method: verb.
            path: path below `/_emulator/v1`, quoted.
            document: what is sent as JSON, or None for no body.
            patience: seconds that the answer may take beyond what any may.

        Raises:
            Refused: nothing answers, or what was asked for is refused; the message names the nearest right name.
        """
        from outlook365_emulator.client.errors import ControlError

        try:
            self._look()
            return self.connection.call(method, path, document, patience=patience)
        except ControlError as error:
            raise Refused(str(error)) from None

    def _look(self) -> None:
        """See once that an emulator answers, and no other program."""
        if not self._seen:
            found = self.connection.call("GET", "/")
            if not isinstance(found, dict) or not {"version", "worlds"} <= found.keys():
                raise Refused(f"what answers at {self.connection.url} is no emulator")
            self._seen = True

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None) -> "Answer":
        """Send a request to the HTTP port and return the answer, whatever its status.

        Raises:
            Refused: nothing answers.
        """
        from outlook365_emulator.client.errors import Unreachable

        try:
            return self.connection.exchange(method, target, headers, body)
        except Unreachable as error:
            raise Refused(str(error)) from None

    def call_bytes(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        patience: float = 0.0,
    ) -> bytes:
        """Ask the control API where question or answer is no JSON, and return the body of the answer.

        Args:
            method: verb.
            path: path below `/_emulator/v1`, quoted.
            body: what is sent.
            headers: further header fields.
            patience: seconds that the answer may take beyond what any may.

        Raises:
            Refused: nothing answers, or what was asked for is refused.
        """
        from outlook365_emulator.client.errors import ControlError

        try:
            self._look()
            return self.connection.call_bytes(method, path, body, headers or {}, patience=patience)
        except ControlError as error:
            raise Refused(str(error)) from None

    @property
    def ready(self) -> dict[str, Any]:
        """The content of the ready file."""
        found: dict[str, Any] = self.call("GET", "/ready")
        return found

    @property
    def world(self) -> str:
        """Path of the world that is meant.

        Raises:
            Refused: none was named and there is no default one.
        """
        if self._world is None:
            worlds = [one["name"] for one in self.call("GET", "/worlds")["worlds"]]
            default = self.ready.get("world")
            self._world = default or (worlds[0] if len(worlds) == 1 else None)
            if self._world is None:
                raise Refused(f"name one of the worlds by --world: {', '.join(worlds) or 'there is none'}")
        return f"/worlds/{quoted(self._world)}"

    @property
    def tenant(self) -> str:
        """Path of the tenant that is meant.

        Raises:
            Refused: the world has none.
        """
        if self._tenant is None:
            tenants = self.call("GET", f"{self.world}/tenants")["tenants"]
            if not tenants:
                raise Refused("the world has no tenant: make one with 'outlook365-emulator tenant create'")
            self._tenant = str(tenants[0]["id"])
        return f"{self.world}/tenants/{quoted(self._tenant)}"

    def user(self, name: str) -> str:
        """Path of a user of the tenant."""
        return f"{self.tenant}/users/{quoted(name)}"

    def app(self, name: str) -> str:
        """Path of an application of the tenant."""
        return f"{self.tenant}/apps/{quoted(name)}"


def with_token(url: str) -> str:
    """Add the token of the environment (`OUTLOOK365_EMULATOR_CONTROL_TOKEN`) to an address that holds none."""
    from outlook365_emulator.config import environment

    token = environment().get(f"{ENVIRONMENT}CONTROL_TOKEN")
    if not token or "@" in url or "://" not in url:
        return url
    return url.replace("://", f"://:{quoted(token)}@", 1)


def quoted(text: str) -> str:
    """Quote a name for a path."""
    return quote(text, safe="")


def given(**values: Any) -> dict[str, Any]:
    """Return the values that somebody gave: options that were left out are None or empty."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}


def tell(value: Any, lines: Callable[[Any], Iterable[str]], *, as_json: bool) -> None:
    """Print an answer.

    Args:
        value: the answer.
        lines: writes it for people.
        as_json: print JSON instead.
    """
    if as_json:
        import json

        click.echo(json.dumps(value, ensure_ascii=False))
        return
    for line in lines(value):
        click.echo(line)


def tell_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows, in columns for people."""
    tell(rows, lambda found: table(found, columns), as_json=as_json)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Iterable[str]:
    """Write rows in columns, the heads first; what is missing is left empty."""
    if not rows:
        return ["none"]
    texts = [[_text(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(one[i]) for one in [list(columns), *texts]) for i in range(len(columns))]
    heads = "  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True))
    written = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return [click.style(heads.rstrip(), bold=True), *written]


def facts(value: Mapping[str, Any]) -> Iterable[str]:
    """Write the members of one thing, a line each; empty ones are left out."""
    shown = {name: _text(member) for name, member in value.items() if member not in (None, "", [], {})}
    width = max(map(len, shown), default=0)
    return [f"{click.style(name.ljust(width), bold=True)}  {text}" for name, text in shown.items()]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        import json

        return json.dumps(value, ensure_ascii=False)
    return str(value)
