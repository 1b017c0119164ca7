"""Clients that ask for the same thing again and again: 50196 (reference entra 3.4).

Entra stops a client that sends the same token request many times within minutes. How many it takes is not published, so
a tenant stops nobody until it is told how many (`identical_requests`).
"""

import hashlib

from outlook365_emulator.entra.call import Call

LIMIT = "identical_requests"
"""Name of the tenant's setting: how many identical requests within the window are answered."""

SEEN = "identical_requests_seen"
"""Name of the setting that keeps what was asked: timestamps by fingerprint, which an exported world holds as JSON."""

WINDOW = 300
"""Seconds within which identical requests count."""

_CHANGING = frozenset({"client_assertion", "client-request-id", "x-client-last-telemetry"})
"""Parameters that differ between requests for the same thing."""

_POLLED = ("device_code",)


def judge_loop(call: Call) -> None:
    """Count a token request, and stop the client where it has sent the same one too often.

    Raises:
        EntraError: 50196.
    """
    _, tenant, application = call.known()
    limit = tenant.settings.get(LIMIT)
    if not isinstance(limit, int) or (call.grant is not None and call.grant.name in _POLLED):
        return
    seen: dict[str, list[float]] = tenant.settings.get(SEEN, {})
    key, now = _fingerprint(call), call.now.timestamp()
    recent = [*(one for one in seen.get(key, ()) if now - one < WINDOW), now]
    tenant.settings[SEEN] = {**_still_recent(seen, now), key: recent[-limit - 1 :]}
    if len(recent) > limit:
        because = f"{application.display_name} has sent this request {len(recent)} times within five minutes"
        raise call.error(50196, because=f"{because}; the tenant answers {limit}")


def _still_recent(seen: dict[str, list[float]], now: float) -> dict[str, list[float]]:
    return {key: asked for key, asked in seen.items() if now - asked[-1] < WINDOW}


def _fingerprint(call: Call) -> str:
    fields = sorted((name, value) for name, value in call.form.items() if name not in _CHANGING)
    return hashlib.sha256(repr(fields).encode()).hexdigest()
