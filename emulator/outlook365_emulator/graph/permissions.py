"""Whether a token opens an operation: the published table, and the rights that a person has on a mailbox.

Reference `graph-core.md` section 12. A delegated token needs a scope AND the person's own right; an application token
reaches every mailbox of its tenant.
"""

from outlook365_emulator.directory.users import right_on
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.tables.graph_permissions import Scheme, allowed

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"


def addresses_caller(call: Call) -> bool:
    """Return whether the path names the signed-in person: `/me`, or `/users/` with their own id or name."""
    caller = call.caller
    if caller is None or not call.keys:
        return False
    key = call.keys[0].lower()
    return call.place.is_me or key in (caller.id, caller.user_principal_name.lower(), (caller.mail or "").lower())


def refuse_me_without_person(call: Call) -> None:
    """Refuse `/me` for an application, before anything is looked up.

    Raises:
        GraphError: `me_needs_delegated`.
    """
    if call.place.is_me and call.claims.is_app:
        because = "the token was issued to an application: address the mailbox as /users/{user principal name}"
        raise graph_error("me_needs_delegated", because=because)


def judge_permission(call: Call) -> None:
    """Refuse a token without any of the permissions that open the operation.

    Raises:
        GraphError: `access_denied` from Exchange, `authorization_denied` from the directory.
    """
    row, scheme = call.operation.permissions, _scheme(call)
    if row is not None and row.open:
        return
    opening = allowed(row, scheme) if row is not None else frozenset()
    if opening & call.permissions:
        return
    call.entry.missing = sorted(opening)
    held = ", ".join(sorted(call.permissions)) or "no permission at all"
    if not opening:
        because = f"{call.operation.route} is not open to {_words(scheme)} at all"
    else:
        kind = "application permission" if scheme == "application" else "delegated permission"
        least = call.operation.least if call.operation.least in opening else min(opening)
        because = (
            f"the token holds {held}; {call.operation.route} needs the {kind} {least} "
            f"(any of {', '.join(sorted(opening))} would do)"
        )
    raise _denied(call, because)


def _scheme(call: Call) -> Scheme:
    if call.claims.is_app:
        return "application"
    if call.claims.tid == PERSONAL_TENANT:
        return "personal"
    if "user" in call.operation.placeholders and not addresses_caller(call):
        return "shared"
    return "work"


def _words(scheme: Scheme) -> str:
    return {
        "application": "applications",
        "personal": "personal accounts",
        "shared": "people other than the one addressed",
        "work": "signed-in people",
    }[scheme]


def _denied(call: Call, because: str) -> GraphError:
    name = "access_denied" if call.operation.workload == "outlook" else "authorization_denied"
    return graph_error(name, because=because)


def judge_mailbox(call: Call) -> None:
    """Refuse a person who has no right on the mailbox that the path names.

    Raises:
        GraphError: `access_denied`.
    """
    caller = call.caller
    if caller is None or right_on(call.mailbox, caller.id).full_access:
        return
    owner = call.user.user_principal_name
    because = f"{caller.user_principal_name} has no right to open the mailbox of {owner}: share it (full access) first"
    raise graph_error("access_denied", because=because)
