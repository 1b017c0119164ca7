"""How Entra's answers look: the fields that every answer has, and the body of an error (reference entra 2.0, 3.1)."""

from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from outlook365_emulator.clock import cookie_date, real_now, real_timestamp
from outlook365_emulator.entra.tenancy import GUID
from outlook365_emulator.errors import EntraError
from outlook365_emulator.ids import Ids, fresh_nonce
from outlook365_emulator.wire import Request, Response

JSON = ("Content-Type", "application/json; charset=utf-8")
SERVER = "2.1.22171.8 - EUS ProdSlices"

_SECURITY = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"'),
)
PRIVATE = (("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache"), ("Expires", "-1"), JSON, *_SECURITY)
"""Fields of token and user-realm answers."""

PUBLIC = (
    ("Cache-Control", "max-age=86400, private"),
    JSON,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, OPTIONS"),
    *_SECURITY,
)
"""Fields of metadata, key sets and instance discovery."""


class NotEmulated(Exception):
    """What was asked for exists at Microsoft and not in the emulator.

    Args:
        what: a noun with its article, for a person: `the grant device_code`.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Envelope:
    """Writes answers; has a stream of ids of its own, so that requests never change the ids of a world."""

    __slots__ = ("_cookies", "_hour", "_ids")

    def __init__(self) -> None:
        self._ids = Ids(fresh_nonce())
        self._hour = -1
        self._cookies: tuple[tuple[str, str], ...] = ()

    def trace_id(self) -> str:
        """Return a new id of a request; Entra's end in `00`."""
        return f"{self._ids.guid()[:34]}00"

    def complete(self, response: Response, request: Request, trace: str, *, clitelem: str = "") -> Response:
        """Add the fields that every answer has.

        Args:
            response: the answer with its own fields.
            request: what was asked; decides whether `client-request-id` is echoed.
            trace: the id of the request.
            clitelem: value of `x-ms-clitelem`; sent to clients that send telemetry themselves.
        """
        headers = response.headers
        headers += (("x-ms-request-id", trace), ("x-ms-ests-server", SERVER), ("x-ms-srs", "1.P"))
        if "x-client-current-telemetry" in request.headers:
            headers.append(("x-ms-clitelem", clitelem or "1,0,0,,"))
        if request.headers.get("return-client-request-id").lower() == "true":
            sent = request.headers.get("client-request-id")
            if GUID.fullmatch(sent.lower()):
                headers.append(("client-request-id", sent))
        headers += self._set_cookies()
        return response

    def _set_cookies(self) -> tuple[tuple[str, str], ...]:
        """Return the cookies of every answer; their end is judged by the client's own clock."""
        hour = int(real_timestamp() // 3600)
        if hour != self._hour:
            end = cookie_date(real_now() + timedelta(days=30))
            fpc = self._ids.text(30)
            self._hour = hour
            self._cookies = (
                ("Set-Cookie", f"fpc={fpc}; expires={end}; path=/; secure; HttpOnly; SameSite=None"),
                ("Set-Cookie", "x-ms-gateway-slice=estsfd; path=/; secure; HttpOnly"),
                ("Set-Cookie", "stsservicecookie=estsfd; path=/; secure; HttpOnly"),
            )
        return self._cookies

    def correlation_id(self, *candidates: str) -> str:
        """Return the first candidate that is a GUID, else a new one."""
        return next((one for one in candidates if GUID.fullmatch(one.lower())), None) or self._ids.guid()

    def error(self, error: EntraError, trace: str, correlation: str, now: datetime, login_root: str) -> Response:
        """Write an error as JSON.

        Args:
            error: what to say.
            trace: the id of the request.
            correlation: the client's id of the request, or one made for it.
            now: the instant of the request.
            login_root: root URL of the cloud's login host, in the form of the request.
        """
        stamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
        body: dict[str, object] = {
            "error": error.error,
            "error_description": described(error, trace, correlation, now),
            "error_codes": error.numbers,
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
        }
        if error.has_uri:
            body["error_uri"] = f"{login_root}/error?code={error.number}"
        if error.suberror:
            body["suberror"] = error.suberror
        if error.claims:
            body["claims"] = error.claims
        return Response(error.status, msgspec.json.encode(body), [*PRIVATE, *error.headers])

    def not_emulated(self, what: str, request: Request, trace: str, correlation: str, now: datetime) -> Response:
        """Write our own answer to what the emulator does not do: 501, so that nobody takes it for Microsoft's."""
        asked = f"{request.method} {quote(request.path, safe='/%:@$')}"
        stamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
        body = {
            "error": "NotEmulated",
            "error_description": (
                f"pytest-outlook365 does not emulate {what} ({asked}). docs/reference/entra.md lists what it does; "
                "ask for more in the project's issue tracker."
            ),
            "error_codes": [],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
        }
        return Response(501, msgspec.json.encode(body), [*PRIVATE])


def described(error: EntraError, trace: str, correlation: str, now: datetime) -> str:
    """Return an `error_description` with its trailer (reference entra 3.1).

    Args:
        error: what to say.
        trace: the id of the request.
        correlation: the client's id of the request.
        now: the instant of the request.
    """
    stamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
    return f"{error.description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
