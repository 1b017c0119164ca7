"""The endpoints of notifications: where the emulator may deliver, and the handshake that proves that one listens.

Reference `graph-core.md` section 10.2.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote_plus, urlsplit

from outlook365_emulator.clouds import is_emulated, is_microsoft
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.faults.glob import text_glob
from outlook365_emulator.net.send import Reply, SendFailed, is_loopback, post

if TYPE_CHECKING:
    from outlook365_emulator.store.world import World

VALIDATION_SECONDS: Final = 10.0
"""How long an endpoint may take to answer the handshake, in real time."""

_ATTEMPTS: Final = 3
_PAUSE: Final = 0.1
"""An endpoint that refuses the connection is asked again, so often and after so many seconds: it may be starting."""

_TOKEN: Final = "Validation: Testing client application reachability for subscription Request-Id: {}"


class BadUrl(NamedTuple):
    """Why nothing can be delivered to a URL.

    Attributes:
        is_scheme: whether it is not https.
        because: a sentence.
    """

    is_scheme: bool
    because: str


def judge_url(url: str, allowed: tuple[str, ...]) -> BadUrl | None:
    """Say why nothing can be delivered to a URL, or return None.

    Loopback is reached by http and https; other hosts by https, and only where the settings allow them.

    Args:
        url: the URL.
        allowed: hosts that may be reached besides loopback (`Settings.allow_webhooks`); `*` stands for any text.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as problem:
        return BadUrl(False, f"{url!r} is no URL: {problem}")
    if parts.scheme.lower() not in ("http", "https"):
        return BadUrl(True, f"{url!r} is no https URL")
    if not host or not url.isascii() or any(ord(letter) <= 32 for letter in url):
        return BadUrl(False, f"{url!r} is no URL")
    if is_loopback(host):
        return None
    if is_emulated(host) or is_microsoft(host):
        return BadUrl(False, f"{host} is Microsoft's: nothing is ever sent there")
    if parts.scheme.lower() == "http":
        return BadUrl(True, f"{url!r} is http, which only loopback may be")
    if any(text_glob(one)(host) for one in allowed):
        return None
    return BadUrl(
        False,
        f"notifications are delivered to loopback only, and {host} is elsewhere: start the emulator with "
        f"--allow-webhook {host} (Settings.allow_webhooks)",
    )


def with_token(url: str, token: str) -> str:
    """Add the validation token to the query of a URL."""
    head, mark, fragment = url.partition("#")
    return f"{head}{'&' if '?' in head else '?'}validationToken={quote_plus(token)}{mark}{fragment}"


def validation_token(world: "World") -> str:
    """Make the text of a validation token."""
    return _TOKEN.format(world.ids.guid())


async def ask(url: str, token: str, ca_pem: str) -> Reply | SendFailed:
    """Ask an endpoint to repeat a token, and return its answer, or why there is none.

    Args:
        url: the endpoint.
        token: the token.
        ca_pem: certificate of the emulator's authority.
    """
    target = with_token(url, token).partition("#")[0]
    for attempt in range(_ATTEMPTS):
        try:
            return await post(
                target, b"", content_type="text/plain; charset=utf-8", seconds=VALIDATION_SECONDS, ca_pem=ca_pem
            )
        except SendFailed as failed:
            if failed.failure != "unreachable" or attempt == _ATTEMPTS - 1:
                return failed
            await asyncio.sleep(_PAUSE)
    raise AssertionError("the last attempt returns")


def judge_answer(answer: Reply | SendFailed, token: str) -> GraphError | None:
    """Return Graph's error for the answer to a handshake, or None where it proves the endpoint."""
    if isinstance(answer, SendFailed):
        name = "subscription_endpoint_timeout" if answer.failure == "timeout" else "subscription_endpoint_failed"
        return graph_error(name, because=f"the endpoint: {answer}")
    if answer.status != HTTPStatus.OK:
        because = f"the endpoint answered {answer.status} to the validation request; it takes 200"
        return graph_error("subscription_endpoint_refused", reason=_status_name(answer.status), because=because)
    if answer.content_type != "text/plain":
        because = f"the endpoint answered with Content-Type {answer.content_type or 'missing'}; it takes text/plain"
        return graph_error("subscription_endpoint_failed", because=because)
    if answer.body.decode("utf-8", "replace") != token:
        because = "the body of the endpoint's answer is not the URL-decoded validationToken"
        return graph_error("subscription_endpoint_token_mismatch", because=because)
    return None


def _status_name(status: int) -> str:
    """Write a status as Graph names it: `Forbidden`, `InternalServerError`."""
    try:
        return "".join(word.capitalize() for word in HTTPStatus(status).name.split("_"))
    except ValueError:
        return str(status)
