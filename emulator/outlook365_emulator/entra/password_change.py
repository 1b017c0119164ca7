"""The page that has an expired password changed before the person goes on (AADSTS50055).

Microsoft Entra, "Combined password policy and check for weak passwords", section "Microsoft Entra password policies".
"""

import re

from outlook365_emulator.directory.users import set_password
from outlook365_emulator.entra.accounts import PROBLEMS, change_page, go_on_as, name_page, person_named
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.grants.password import check_password
from outlook365_emulator.errors import EntraError
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.wire import Response

EXPIRED, WRONG, WEAK = 50055, 120000, 120002
SHORTEST, LONGEST = 8, 256
"""Length of a password."""

_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
"""Kinds of characters, of which a password has three."""


def take_new_password(call: Call) -> Response | None:
    """Step: take the current password and the new one, and sign the person in with it."""
    world, _ = call.lived()
    sent = call.submitted
    username, current, new = (sent.get(name, "") for name in ("loginfmt", "currentpasswd", "newpasswd"))
    found = person_named(call, username)
    if found is None:
        return name_page(call, username)
    home, user = found
    call.entry.user = user.user_principal_name
    problem, number = _wrong(call, user, current)
    if not number and not user.enabled:
        problem, number = PROBLEMS[50057], 50057
    if not number and new != sent.get("confirmnewpasswd", ""):
        problem, number = "The passwords do not match.", WEAK
    if not number and (new == current or is_weak(new)):
        problem, number = "Choose another password: at least 8 characters of three kinds, not the current one.", WEAK
    if number:
        call.entry.reason = problem
        return change_page(call, user.user_principal_name, problem, number)
    with world.unit(call.now) as unit:
        changed = set_password(home, unit, user, new, event="password_changed_by_user")
    go_on_as(call, home, changed)
    return None


def _wrong(call: Call, user: User, given: str) -> tuple[str, int]:
    """Return what is wrong with the current password, and its number; 0 where it is right, expired or not."""
    try:
        check_password(call, user, given)
    except EntraError as wrong:
        if wrong.number == EXPIRED:
            return "", 0
        number = WRONG if wrong.number == 50126 else wrong.number
        return PROBLEMS.get(wrong.number, wrong.description.partition(": ")[2]), number
    return "", 0


def is_weak(password: str) -> bool:
    """Tell whether Entra refuses a password: too short or long, or of less than three kinds of characters."""
    kinds = sum(1 for kind in _KINDS if re.search(kind, password))
    return not SHORTEST <= len(password) <= LONGEST or kinds < 3
