"""The reference page of the control API, written from the table of routes."""

from outlook365_emulator.control.archives import Archive
from outlook365_emulator.control.openapi import summary_of
from outlook365_emulator.control.routes import PREFIX, ROUTES, Route
from outlook365_emulator.control.service import LIMIT

_CODES: tuple[tuple[int, str], ...] = (
    (400, "bad_document bad_json bad_query bad_grantee bad_archive"),
    (401, "token_needed"),
    (403, "foreign_host foreign_origin"),
    (
        404,
        "unknown_route unknown_world unknown_tenant unknown_user unknown_app unknown_folder unknown_event "
        "unknown_attendee unknown_calendar unknown_fault unknown_secret unknown_certificate unknown_snapshot "
        "no_mailbox",
    ),
    (405, "method_not_allowed"),
    (409, "taken"),
    (413, "too_large"),
    (415, "unsupported_media_type"),
)

_REFUSALS = "\n".join(f"| {status} | {' '.join(f'`{code}`' for code in codes.split())} |" for status, codes in _CODES)

_HEAD = f"""\
<!-- Written by `python -m outlook365_emulator.control`. -->
# Control API

JSON over HTTP on the emulator's HTTP port, below `{PREFIX}`. It makes worlds, changes what is in them, and reads what
happened; the handles of the plugin use nothing else. It is never reachable through an emulated host.

`GET {PREFIX}/openapi.json` describes every route, body and answer (OpenAPI 3.1). Bodies are sent as `application/json`,
up to {LIMIT // (1024 * 1024)} MB; an empty body counts as `{{}}`. A world as a file goes both ways as
`application/zip`. Documents of worlds, tenants, users, applications and messages are those of
[world files](world-file.md), faults those of [faults](faults.md).

## Refusals

A request that is refused changes nothing. The answer is

```json
{{"error": {{"code": "bad_document", "message": "unknown key 'nmae'; did you mean 'name'?", "where": "users[2].nmae"}}}}
```

`where` is the place in the document that was sent; it is left out where there is none.

| status | codes |
|---|---|
{_REFUSALS}

`Host` must be a loopback name, an address, the machine's own name or a name given with `--allow-host`; a request with
an `Origin` of another site is refused. Where the emulator was started with `--control-token`, every request carries it:
`Authorization: Bearer TOKEN`, or as the password of Basic authentication, which a browser asks for.

Two paths need no token: `GET {PREFIX}/health`, for probes, answers `{{"status": "ok"}}`, and `GET {PREFIX}/ca.pem` the
certificate of the authority that signs for the emulated hosts.

## Versions

The version stands in the path. Within `v1` routes, members and codes are added; none is taken away or changes its
meaning. Pass over members that you do not know.

## Names in paths

`{{world}}` is a world's name; `{{tenant}}` a tenant id or domain; `{{user}}` and `{{grantee}}` an id, a name (`ada`), a
principal name or an address; `{{app}}` a client id or display name; `{{secret}}` an id or value; `{{certificate}}` an
id or thumbprint.
"""


def reference_page() -> str:
    """Write the page as Markdown."""
    groups: dict[str, list[str]] = {}
    for route in ROUTES:
        groups.setdefault(_group(route), []).append(_row(route))
    table = "| route | body | answer | what it does |\n|---|---|---|---|\n"
    return _HEAD + "".join(f"\n## {name}\n\n{table}{''.join(rows)}" for name, rows in groups.items())


def _group(route: Route) -> str:
    return str(route.handler.__module__.rpartition(".")[2]).capitalize().replace("_", " ")


def _row(route: Route) -> str:
    query = f"?{'&'.join(f'{name}=' for name in route.query)}" if route.query else ""
    body = "" if route.body is None else "ZIP" if route.body is Archive else f"`{route.body.__name__}`"
    return (
        f"| {route.method} `{route.path}{query}` | {body} | {route.status} {_answer(route)} | {summary_of(route)} |\n"
    )


def _answer(route: Route) -> str:
    if route.answer is None:
        return ""
    name = getattr(route.answer, "__name__", "")
    return {"dict": "JSON", "Archive": "ZIP"}.get(name, f"`{name}`")
