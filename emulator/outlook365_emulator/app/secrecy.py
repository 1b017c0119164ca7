"""What of a URL may stand in a journal: everything but secrets."""

import re
from urllib.parse import unquote_plus

LONGEST = 2000
HIDDEN = "***"

SECRET_NAMES = frozenset(
    "access_token assertion authtoken client_assertion client_secret code code_verifier device_code id_token otc "
    "id_token_hint passwd password refresh_token token".split()
)
"""Names of query parameters whose values are never written down."""

_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
"""A JSON Web Token (RFC 7519), wherever it stands."""


def without_secrets(url: str) -> str:
    """Return a URL with the values of secret parameters and all tokens hidden, cut to 2,000 characters.

    Args:
        url: the URL that was asked for.
    """
    path, question, query = url.partition("?")
    if question:
        query = "&".join(_shown(part) for part in query.split("&"))
    shown = without_tokens(path + question + query)
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "..."


def without_tokens(text: str) -> str:
    """Return a text with all tokens hidden."""
    return _TOKEN.sub(HIDDEN, text) if "eyJ" in text else text


def _shown(part: str) -> str:
    name, equals, _ = part.partition("=")
    if equals and unquote_plus(name).strip().lower() in SECRET_NAMES:
        return f"{name}={HIDDEN}"
    return part
