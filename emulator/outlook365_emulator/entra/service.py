"""Entra as a service: takes a request to a login host and answers it."""

from datetime import datetime

from outlook365_emulator.clock import http_date, real_now
from outlook365_emulator.clouds import Cloud
from outlook365_emulator.entra.call import Call, first_values
from outlook365_emulator.entra.endpoints import answer, endpoint_of, missing
from outlook365_emulator.entra.envelope import PUBLIC, Envelope, NotEmulated
from outlook365_emulator.entra.faults import act
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.refusals import refuse
from outlook365_emulator.errors import EntraError
from outlook365_emulator.faults.outcomes import FaultAnswered
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, Response


class Entra:
    """Microsoft Entra ID for every world of an emulator.

    Args:
        hosting: the worlds, for tenants named in paths.
        keys: the keys that sign tokens.
    """

    __slots__ = ("_envelope", "_hosting", "_keys")

    def __init__(self, hosting: Hosting, keys: KeyRing) -> None:
        self._hosting = hosting
        self._keys = keys
        self._envelope = Envelope()

    def answer(self, request: Request, clouds: tuple[Cloud, ...], world: World | None, entry: Entry) -> Response:
        """Answer one request; bad input gets Entra's error and never raises.

        Args:
            request: a request to a login host.
            clouds: the clouds that share the host.
            world: the world it was placed in, or None.
            entry: its line in the journal, which is filled in.
        """
        entry.service = "entra"
        trace = self._envelope.trace_id()
        now = world.clock.now() if world is not None else real_now()
        found = endpoint_of(request.path)
        if found is None:
            return self._not_emulated(missing(request.path), request, trace, now, entry)
        endpoint, segments = found
        entry.operation = endpoint.name
        if request.method == "OPTIONS" and endpoint.place == "metadata":
            return self._envelope.complete(Response(200, b"", [*PUBLIC]), request, trace)
        if request.method == "OPTIONS" and endpoint.place in ("token", "v1"):
            return self._envelope.complete(Response(200, b"", _preflight(request)), request, trace)
        call = Call(request, clouds, world, entry, endpoint, segments, now, self._hosting, self._keys)
        call.trace = trace
        call.correlation = self._correlation(request, {})
        return self._with_fields(call, self._answer(call))

    @staticmethod
    def _with_fields(call: Call, response: Response) -> Response:
        """Add the cookies that the steps have set, and what lets a single-page application read the answer."""
        response.headers += [("Set-Cookie", value) for value in call.set_cookies]
        if call.skew:
            response.headers.append(("Date", http_date(call.now)))
        if call.cors:
            response.headers += [
                ("Access-Control-Allow-Origin", call.cors),
                ("Access-Control-Expose-Headers", "Content-Length,Content-Encoding,x-ms-request-id,x-ms-srs"),
                ("Vary", "Origin"),
            ]
        return response

    def _answer(self, call: Call) -> Response:
        try:
            response = answer(call)
            act(call, "after")
        except EntraError as error:
            return self._error(call, error)
        except NotEmulated as missing:
            return self._not_emulated(missing.what, call.request, call.trace, call.now, call.entry, call.form)
        except FaultAnswered as answered:
            call.entry.code = call.entry.code or str(answered.response.status)
            return answered.response
        return self._envelope.complete(response, call.request, call.trace)

    def _error(self, call: Call, error: EntraError) -> Response:
        call.entry.code = f"AADSTS{error.number}"
        call.entry.reason = error.because
        login = call.request.root_of(call.cloud.login_host if call.cloud in call.clouds else call.clouds[0].login_host)
        if call.endpoint.for_people:
            return self._envelope.complete(refuse(call, error, login), call.request, call.trace)
        correlation = self._correlation(call.request, call.form)
        response = self._envelope.error(error, call.trace, correlation, call.now, login)
        issued = call.given.issued if call.given is not None else None
        age = f"{(call.now - issued).total_seconds() * 1000:.4f}" if issued is not None else ""
        return self._envelope.complete(response, call.request, call.trace, clitelem=f"1,{error.number},0,{age},")

    def _not_emulated(
        self,
        what: str,
        request: Request,
        trace: str,
        now: datetime,
        entry: Entry,
        form: dict[str, str] | None = None,
    ) -> Response:
        entry.code = "NotEmulated"
        entry.reason = f"the emulator does not do {what}"
        correlation = self._correlation(request, form or {})
        response = self._envelope.not_emulated(what, request, trace, correlation, now)
        return self._envelope.complete(response, request, trace)

    def _correlation(self, request: Request, form: dict[str, str]) -> str:
        """Return the client's id of the request: from the header, the query or the body (reference entra 2.0)."""
        query = first_values(request.query).get("client-request-id", "")
        sent = form.get("client-request-id", "")
        return self._envelope.correlation_id(request.headers.get("client-request-id"), query, sent)


def _preflight(request: Request) -> list[tuple[str, str]]:
    """Return the answer to a browser that asks whether a script may ask the token endpoint (reference entra 2.14)."""
    wanted = request.headers.get("access-control-request-headers")
    allowed = ",".join(one.strip() for one in wanted.split(",") if one.strip().replace("-", "").isalnum())
    return [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "POST, OPTIONS"),
        ("Access-Control-Allow-Headers", allowed or "content-type"),
        ("Access-Control-Max-Age", "86400"),
    ]
