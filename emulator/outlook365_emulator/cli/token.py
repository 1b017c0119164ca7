"""`outlook365-emulator token`: get tokens of a running emulator, and read what a token says."""

import json
import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import click

from outlook365_emulator.cli.asking import Asked, facts, json_option, of_tenant, tell
from outlook365_emulator.cli.serving import Refused

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "aud": "whom the token is for: a resource must refuse any other",
        "iss": "who issued it: the tenant's authority",
        "iat": "when it was issued",
        "nbf": "not good before",
        "exp": "when it ends",
        "tid": "id of the tenant",
        "oid": "object id of the person, or of the application's service principal",
        "sub": "subject, different for each application",
        "appid": "client id of the application (v1.0 tokens)",
        "azp": "client id of the application (v2.0 tokens)",
        "appidacr": "how the application proved itself: 0 not at all (public), 1 secret, 2 certificate",
        "azpacr": "how the application proved itself: 0 not at all (public), 1 secret, 2 certificate",
        "scp": "delegated permissions: what the application may do for the person",
        "roles": "application permissions: what the application may do on its own",
        "idtyp": "app: the application acts on its own",
        "upn": "user principal name",
        "unique_name": "user principal name",
        "preferred_username": "name that the person signs in with",
        "wids": "directory roles of the person, as template ids",
        "ver": "version of the token's format",
        "sid": "session of the person",
        "xms_cc": "what the client can do: cp1 means that it handles claims challenges",
        "nonce": "what the client sent, to tell a replay",
    }
)
TIMES = ("iat", "nbf", "exp")


@click.group(epilog="\b\nExample:\n  outlook365-emulator token mint --app Daemon")
def token() -> None:
    """Get tokens of a running emulator, and read what a token says."""


@token.command(
    epilog="\b\nExamples:\n  outlook365-emulator token mint --app Daemon\n"
    "  outlook365-emulator token mint --app Mail --user ada --scope Mail.Read"
)
@of_tenant
@click.option("--app", "app_name", metavar="CLIENT_ID|NAME", help="The application; the world's first when left out.")
@click.option("--user", metavar="ID|NAME|ADDRESS", help="The person who signs in; none: the application on its own.")
@click.option("--scope", "scopes", multiple=True, help="What is asked for; everything consented when left out.")
def mint(
    asked: Asked,
    as_json: bool,
    app_name: str | None,
    user: str | None,
    scopes: tuple[str, ...],
) -> None:
    """Sign in at the emulator's own token endpoint and print the access token.

    With --user the person signs in with the password (the grant `password`), else the application with its secret.
    """
    found = asked.call("GET", asked.tenant)
    app = asked.call("GET", asked.app(app_name)) if app_name else _first_app(found["apps"], user)
    person = asked.call("GET", asked.user(user)) if user else None
    issued = token_for_app(asked, app, found["cloud"], person, scopes)
    tell(issued, lambda one: [one["access_token"]], as_json=as_json)


def _first_app(apps: list[dict[str, Any]], user: str | None) -> dict[str, Any]:
    found = next((one for one in apps if user is not None or one["client_secret"]), None)
    if found is None:
        raise Refused("the tenant has no application that fits: make one with 'outlook365-emulator app create'")
    return found


def token_for_app(
    asked: Asked,
    app: Mapping[str, Any],
    cloud: str,
    person: Mapping[str, Any] | None = None,
    scopes: Iterable[str] = (),
) -> dict[str, Any]:
    """Ask the token endpoint for a token of Graph.

    Args:
        asked: the emulator.
        app: the application, as the control API shows it.
        cloud: id of the tenant's cloud.
        person: who signs in, or None where the application acts on its own.
        scopes: what is asked for, names without the resource; everything when empty.

    Returns:
        What the endpoint answered, and `graph_host`.

    Raises:
        Refused: it refused, or the application has no secret.
    """
    from outlook365_emulator.clouds import cloud as cloud_named

    hosts = cloud_named(cloud)
    resource = f"https://{hosts.graph_host}"
    form = {"client_id": app["client_id"], "scope": f"{resource}/.default"}
    if person is not None:
        form |= {"grant_type": "password", "username": person["upn"], "password": person["password"] or ""}
        if scopes:
            form["scope"] = " ".join(one if "://" in one else f"{resource}/{one}" for one in scopes)
    else:
        form |= {"grant_type": "client_credentials"}
    if app["client_secret"]:
        form["client_secret"] = app["client_secret"]
    path = f"/{hosts.login_host}/{app['tenant_id']}/oauth2/v2.0/token"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = asked.exchange("POST", path, headers, urlencode(form).encode())
    decoded: dict[str, Any] = json.loads(answer.body)
    if answer.status != 200:
        raise Refused(str(decoded.get("error_description") or decoded).splitlines()[0])
    return {**decoded, "graph_host": hosts.graph_host}


@token.command(epilog="\b\nExample:\n  outlook365-emulator token mint | outlook365-emulator token decode")
@json_option
@click.argument("text", required=False, metavar="[TOKEN]")
def decode(as_json: bool, text: str | None) -> None:
    """Read a token, of the argument or of standard input, and explain its claims; the signature is not verified."""
    if text is None:
        text = sys.stdin.read(1_000_000)
    header, claims = decoded_parts(text)
    tell({"header": header, "claims": claims}, lambda one: _explained(one["header"], one["claims"]), as_json=as_json)


def decoded_parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a JWT (RFC 7519).

    Raises:
        Refused: it is none.
    """
    import base64
    import binascii

    parts = text.strip().removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        raise Refused(f"a token has three parts between dots, this text has {len(parts)}")
    try:
        found = [json.loads(base64.b64decode(part + "=" * (-len(part) % 4), b"-_")) for part in parts[:2]]
    except (binascii.Error, ValueError, RecursionError):
        raise Refused("header and claims of a token are JSON in base64url, and this text is not") from None
    if not all(isinstance(part, dict) for part in found):
        raise Refused("header and claims of a token are JSON objects, and these are not")
    return found[0], found[1]


def _explained(header: dict[str, Any], claims: dict[str, Any]) -> Iterable[str]:
    yield from facts(header)
    yield ""
    width = max(map(len, claims), default=0)
    for name, value in claims.items():
        shown = _time(value) if name in TIMES else value if isinstance(value, str) else json.dumps(value)
        meaning = MEANINGS.get(name)
        yield f"{click.style(name.ljust(width), bold=True)}  {shown}" + (f"  ({meaning})" if meaning else "")


def _time(value: Any) -> str:
    from datetime import UTC, datetime

    try:
        return f"{value} = {datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (TypeError, ValueError, OverflowError, OSError):
        return json.dumps(value)
