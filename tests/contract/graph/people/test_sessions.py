"""Sessions and passwords: reference graph-mail 18."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.people import sessions

covers = pytest.mark.covers.with_args


@covers(sessions.revoke_sign_in_sessions)
class TestRevoke:
    def test_sessions_end(self, graph: Any, org: Any) -> None:
        org.world.clock.set(org.world.clock.now() + timedelta(seconds=2))
        answer = graph.post("/me/revokeSignInSessions", as_=org.ada, scopes=["User.ReadWrite.All"])
        assert answer.json == {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean",
            "value": True,
        }
        assert org.tenant.users.get(org.ada.id).sessions_valid_from > org.world.clock.now() - timedelta(seconds=1)
        assert graph.get("/me", as_=org.ada).status == 200  # this token is not evaluated continuously

    def test_of_somebody_else_by_an_application(self, graph: Any, org: Any) -> None:
        path = f"/users/{org.ben.id}/revokeSignInSessions"
        assert graph.post(path, roles=["User.RevokeSessions.All"]).status == 200
        assert graph.get("/me", as_=org.ada).status == 200
        assert graph.post(path, roles=["User.Read.All"]).code == "Authorization_RequestDenied"


@covers(sessions.change_password)
class TestChangePassword:
    @pytest.fixture
    def change(self, graph: Any, org: Any) -> Any:
        def ask(current: Any, new: Any) -> Any:
            body = {"currentPassword": current, "newPassword": new}
            return graph.post("/me/changePassword", body, as_=org.ada, scopes=["Directory.AccessAsUser.All"])

        return ask

    def test_ones_own(self, change: Any, org: Any) -> None:
        assert change(org.ada.password, "another-1").status == 204
        assert org.tenant.users.get(org.ada.id).password == "another-1"

    @pytest.mark.parametrize(
        ("current", "new"), [("wrong", "another-1"), (None, "another-1"), ("own", ""), ("own", "own")]
    )
    def test_what_is_refused(self, change: Any, org: Any, current: Any, new: Any) -> None:
        own = org.ada.password
        answer = change(own if current == "own" else current, own if new == "own" else new)
        assert answer.status == 400
        assert org.tenant.users.get(org.ada.id).password == own

    def test_not_somebody_elses(self, graph: Any, org: Any) -> None:
        body = {"currentPassword": org.ben.password, "newPassword": "another-1"}
        scopes = ["Directory.AccessAsUser.All", "User-PasswordProfile.ReadWrite.All"]
        answer = graph.post(f"/users/{org.ben.id}/changePassword", body, as_=org.ada, scopes=scopes)
        assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")
