"""Errors that a browser meets: a redirect to the application where it may be trusted, else a page (reference 2.1)."""

from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.envelope import described
from outlook365_emulator.entra.flows import finish
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.redirects import Fields, send
from outlook365_emulator.errors import EntraError
from outlook365_emulator.wire import Response

ON_A_PAGE = frozenset(
    {50020, 50089, 50105, 50194, 50057, 65005, 650052, 650054, 650056, 700016, 7000112, 90013, 90038, 90072, 90093}
    | {90130, 9002332, 9002346}
)
"""Errors that stay on a page although the redirect URI is good; with `prompt=none` they go there all the same."""

BAD_REQUEST = frozenset({90002, 900023, 900561})
"""Errors whose page has status 400; the others have 200 and say so in their `$Config`."""


def refuse(call: Call, error: EntraError, login: str) -> Response:
    """Answer an error to a browser.

    Args:
        call: the request.
        error: what to say.
        login: root URL of the login host, in the form of the request.
    """
    to_client = call.redirect is not None and (call.prompt == "none" or error.number not in ON_A_PAGE)
    if call.redirect is not None and to_client:
        text = described(error, call.trace, call.correlation, call.now)
        finish(call)
        return send(call, call.redirect, _fields(call, error, text, login))
    return _page(call, error, login)


def _fields(call: Call, error: EntraError, text: str, login: str) -> Fields:
    assert call.redirect is not None
    cancelled = error.number in (90094, 90095)
    administrators = call.endpoint.place == "adminconsent" or (
        call.flow is not None and call.flow.journey == "admin_consent"
    )
    state = [] if call.redirect.state is None else [("state", call.redirect.state)]
    if administrators and call.version == 1 and error.number == 65004:
        return [("error", "access_denied"), ("error_subcode", "cancel"), *state]
    fields: Fields = [("admin_consent", "True")] if administrators else []
    fields.append(("error", error.error))
    if cancelled:
        fields.append(("error_subcode", "cancel"))
    fields.append(("error_description", text))
    if error.has_uri and not administrators:
        fields.append(("error_uri", f"{login}/error?code={error.number}"))
    return [*fields, *state]


def _page(call: Call, error: EntraError, login: str) -> Response:
    status = 400 if error.number in BAD_REQUEST else 200
    return page(
        call,
        "error.html",
        title="Sign in to your account",
        status=status,
        config={
            "pgid": "ConvergedError",
            "iHttpErrorCode": error.status,
            "strServiceExceptionMessage": error.description,
            "sErrorCode": str(error.number),
        },
        message=error.description,
        code=error.number,
        request_id=call.trace,
        correlation_id=call.correlation,
        timestamp=f"{call.now:%Y-%m-%d %H:%M:%SZ}",
        lookup=f"{login}/error?code={error.number}" if error.has_uri else "",
    )
