"""Refresh tokens that nobody will use any more: each use gives a new one and leaves the old one valid, so they pile up.

A connector that renews every hour leaves 8,760 tokens a year. What is forgotten would have been refused anyway, or has
been replaced a hundred times in its session.
"""

from collections import defaultdict
from datetime import timedelta

from outlook365_emulator.store.records.directory import RefreshToken
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork

REMEMBERED = timedelta(days=180)
"""How long an inactive token is remembered, so that it is told from one that never was (700082, not 70000)."""

KEPT = 100
"""Tokens of one client, user and session that are kept, the newest."""

_EVERY = 500
"""At which multiples of the number of tokens the old ones are looked for."""


def prune(tenant: Tenant, unit: UnitOfWork) -> None:
    """Forget old refresh tokens of a tenant, each time their number has grown by some hundreds.

    Args:
        tenant: the tenant.
        unit: the unit of work that it happens in; its instant is the present.
    """
    if len(tenant.refresh_tokens) % _EVERY:
        return
    lines: defaultdict[tuple[str, str, str], list[RefreshToken]] = defaultdict(list)
    for token in list(tenant.refresh_tokens):
        if unit.now - token.issued > REMEMBERED:
            unit.remove(tenant.refresh_tokens, token)
        else:
            lines[token.client_id, token.user, token.session].append(token)
    for line in lines.values():
        for token in sorted(line, key=lambda one: one.issued)[:-KEPT]:
            unit.remove(tenant.refresh_tokens, token)
