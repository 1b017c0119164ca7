"""Pages that need nobody signed in: the look-up of an error, and the blank page that desktop programs are sent to."""

from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.pages import page
from outlook365_emulator.tables.aadsts import entra_error_rows
from outlook365_emulator.wire import Response


def error_lookup(call: Call) -> Response:
    """Step: show what an AADSTS number means (`/error?code=50126`)."""
    code = call.query.get("code", "").strip()[:20]
    digits = code.upper().removeprefix("AADSTS")
    row = entra_error_rows().get(int(digits)) if digits.isascii() and digits.isdecimal() else None
    return page(call, "lookup.html", title="Error", config={"pgid": "ErrorLookup"}, code=code, row=row)


def native_client(call: Call) -> Response:
    """Step: show the blank page that desktop programs use as redirect URI and read the address of."""
    return page(call, "blank.html", title="Sign in")
