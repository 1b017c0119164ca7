"""A user's sessions and password: revoke and change.

Graph pages user-revokesigninsessions, user-changepassword.
"""

from typing import Any

from outlook365_emulator.directory.users import revoke_sessions, set_password
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document, NoContent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.ids import same_secret
from outlook365_emulator.store.records.directory import User


@operation("POST /users/{user}/revokeSignInSessions", least="User.RevokeSessions.All", workload="directory")
def revoke_sign_in_sessions(call: Call, user: User) -> Document:
    """End every session and refresh token of a user.

    Access tokens live on, but for those that are evaluated continuously.
    """
    revoke_sessions(call.tenant, call.unit, user)
    return Document(body={"value": True}, context="Edm.Boolean")


@operation(
    "POST /users/{user}/changePassword",
    least="User-PasswordProfile.ReadWrite.All",
    body=Action("changePassword", "user", required=("currentPassword", "newPassword")),
    workload="directory",
)
def change_password(call: Call, user: User, body: dict[str, Any]) -> NoContent:
    """Change one's own password; refresh tokens from the old one end."""
    if call.caller is None or call.caller.id != user.id:
        because = "only the person can change the own password; an administrator resets it (PATCH passwordProfile)"
        raise graph_error("authorization_denied", because=because)
    if user.password is None or not same_secret(body["currentPassword"], user.password):
        raise _refused("currentPassword", "the current password is another one")
    if not body["newPassword"] or body["newPassword"] == body["currentPassword"]:
        raise _refused("newPassword", "the new password is empty or the same as the current one")
    set_password(call.tenant, call.unit, user, body["newPassword"], event="password_changed_by_user")
    return NoContent()


def _refused(name: str, because: str) -> Exception:
    return graph_error("directory_value_invalid", property=name, resource="User", because=because)
