"""Links from one page of a collection to the next."""

from urllib.parse import quote, unquote_plus

_PLACES = frozenset({"$skip", "$skiptoken", "$deltatoken", "skip", "skiptoken", "deltatoken"})


def next_link(url: str, *, skip: int | None = None, skiptoken: str | None = None, deltatoken: str | None = None) -> str:
    """Write the link to another page of the same request.

    Options keep their order and encoding, as captured links of Graph do: a request that wrote `%24top` is answered
    with `%24skip`, one that wrote `$top` with `$skip`.

    Args:
        url: the URL or path of the request with its raw query.
        skip: how many items lie before the page.
        skiptoken: the opaque token of the page; encoded here.
        deltatoken: the opaque token of the next round; encoded here.

    Returns:
        The URL with the place at its end and the place of the request removed.
    """
    path, _, query = url.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    kept = [pair for pair in pairs if _name(pair) not in _PLACES]
    dollar = "%24" if any(pair.startswith("%24") for pair in kept or pairs) else "$"
    places = {"skip": skip, "skiptoken": skiptoken, "deltatoken": deltatoken}
    added = [f"{dollar}{name}={quote(str(value), safe='')}" for name, value in places.items() if value is not None]
    return path + "?" + "&".join(kept + added)


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0]).strip().lower()
