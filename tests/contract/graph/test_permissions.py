"""Which permission opens which operation, for every operation and every kind of token: reference graph-core 12."""

from typing import Any

import pytest
from outlook365_emulator.graph import service  # noqa: F401 - importing it declares the operations
from outlook365_emulator.graph.operation import OPERATIONS, Operation
from outlook365_emulator.tables.graph_permissions import allowed
from outlook365_emulator.tables.permissions import PERMISSIONS, exists_as

ALL = [pytest.param(one, id=one.route) for one in OPERATIONS.values()]
ON_USERS = [pytest.param(one, id=one.route) for one in OPERATIONS.values() if "user" in one.placeholders]
SAMPLES = {"message": "xyz", "folder": "inbox", "attachment": "xyz"}


def path_of(operation: Operation, user: str) -> str:
    """A path that gets as far as the permissions are judged: what comes after may well be refused."""
    path = operation.path.replace("/users/{user}", f"/users/{user}" if user != "me" else "/me")
    for name in operation.placeholders:
        path = path.replace(f"{{{name}}}", SAMPLES.get(name, "xyz"))
    return path


def is_denied(answer: Any) -> bool:
    return answer.status == 403 and answer.code in ("ErrorAccessDenied", "Authorization_RequestDenied")


@pytest.mark.parametrize("operation", ALL)
class TestRow:
    def test_the_table_has_it(self, operation: Operation) -> None:
        row = (
            f'{{"operation": "{operation.route}", "work": ["{operation.least}"], "application": ["{operation.least}"], '
            f'"least": "{operation.least}", "least_application": "{operation.least}", "source": "docs:..."}}'
        )
        assert operation.permissions is not None, (
            f"{operation.name} has no permission row; add to tables/permissions_overlay.json, with its source:\n{row}"
        )

    def test_least_is_the_least_of_the_table(self, operation: Operation) -> None:
        row = operation.permissions
        assert row is not None
        if row.open:
            return
        assert operation.least in allowed(row, "work") | allowed(row, "application")
        assert operation.least in (row.least, row.least_application), (
            f"{operation.name} says least={operation.least!r}, the table says {row.least!r} (delegated) and "
            f"{row.least_application!r} (application)"
        )


def opening(operation: Operation, scheme: Any) -> frozenset[str]:
    assert operation.permissions is not None
    return allowed(operation.permissions, scheme)


def closed(operation: Operation) -> bool:
    return operation.permissions is not None and not operation.permissions.open


@pytest.mark.parametrize("operation", [one for one in ALL if closed(one.values[0])])
class TestEveryPermission:
    def test_of_an_application(self, graph: Any, org: Any, operation: Operation) -> None:
        path, good = path_of(operation, org.ada.id), opening(operation, "application")
        for name in PERMISSIONS:
            if exists_as(name, "application"):
                answer = graph.ask(operation.method, path, roles=[name])
                assert is_denied(answer) != (name in good), f"{name}: {answer.status} {answer.body!r}"

    def test_of_a_person_for_themselves(self, graph: Any, org: Any, operation: Operation) -> None:
        good = opening(operation, "work")
        for name in sorted(PERMISSIONS, key=lambda one: one in good):
            if exists_as(name, "delegated"):
                answer = graph.ask(operation.method, path_of(operation, "me"), as_=org.ada, scopes=[name])
                assert is_denied(answer) != (name in good), f"{name}: {answer.status} {answer.body!r}"
                if operation.route == "DELETE /users/{user}" and name in good:
                    break  # ada is gone

    def test_of_a_person_for_somebody_else(self, graph: Any, org: Any, operation: Operation) -> None:
        scheme = "shared" if "user" in operation.placeholders else "work"
        path, good = path_of(operation, org.support.user_principal_name), opening(operation, scheme)
        for name in PERMISSIONS:
            if exists_as(name, "delegated"):
                answer = graph.ask(operation.method, path, as_=org.ada, scopes=[name])
                assert is_denied(answer) != (name in good), f"{name}: {answer.status} {answer.body!r}"

    def test_the_journal_says_what_was_missing(self, graph: Any, org: Any, operation: Operation) -> None:
        path = path_of(operation, org.ada.id)
        answer = graph.ask(operation.method, path, roles=["Contacts.Read"])
        assert answer.entry.missing == sorted(opening(operation, "application"))
        if answer.entry.missing:
            assert "the token holds Contacts.Read" in answer.entry.reason
            assert all(name in answer.entry.reason for name in answer.entry.missing)
        assert answer.entry.operation == operation.name

    def test_a_token_without_any_permission(self, graph: Any, org: Any, operation: Operation) -> None:
        answer = graph.ask(operation.method, path_of(operation, org.ada.id), roles=[])
        assert is_denied(answer)
        assert "no permission at all" in answer.entry.reason or not answer.entry.missing


class TestRefusal:
    def test_exchange_sends_no_inner_error(self, graph: Any, org: Any) -> None:
        answer = graph.get("/me/messages", as_=org.ada, scopes=["User.Read"])
        assert answer.json == {
            "error": {"code": "ErrorAccessDenied", "message": "Access is denied. Check credentials and try again."}
        }

    def test_the_directory_does(self, graph: Any, org: Any) -> None:
        answer = graph.get("/users", as_=org.ada, scopes=["User.Read"])
        error = answer.json["error"]
        assert (answer.status, error["code"]) == (403, "Authorization_RequestDenied")
        assert error["message"] == "Insufficient privileges to complete the operation."
        assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}

    def test_the_reason_names_the_least_permission(self, graph: Any, org: Any) -> None:
        entry = graph.post("/me/messages", {}, as_=org.ada, scopes=["Mail.Send"]).entry
        assert entry.missing == ["Mail.ReadWrite", "Mail.ReadWrite.Shared"]
        assert (
            "the token holds Mail.Send; POST /users/{user}/messages needs the delegated permission Mail.ReadWrite"
            in (entry.reason)
        )

    def test_scope_comes_before_mailbox_and_id(self, graph: Any, org: Any) -> None:
        answer = graph.get("/users/nobody@contoso.example/messages/xyz", as_=org.ada, scopes=["Mail.Read"])
        assert answer.status == 403

    def test_the_mailbox_comes_before_the_id(self, graph: Any) -> None:
        assert graph.get("/users/nobody@contoso.example/messages/xyz").status == 404

    def test_read_of_a_user_by_user_read_alone(self, graph: Any, org: Any) -> None:
        for key in ("me", org.ada.id, "ADA@contoso.example"):
            path = "/me" if key == "me" else f"/users/{key}"
            assert graph.get(path, as_=org.ada, scopes=["User.Read"]).status == 200
        answer = graph.get(f"/users/{org.ben.id}", as_=org.ada, scopes=["User.Read"])
        assert answer.status == 403
        assert "User.ReadBasic.All" in answer.entry.missing


SHARED_SCOPES = {"Mail.Read": 403, "Mail.ReadWrite": 403, "Mail.Read.Shared": 200, "Mail.ReadWrite.Shared": 200}


class TestSharedMailbox:
    @pytest.mark.parametrize(("scope", "status"), SHARED_SCOPES.items())
    def test_it_takes_the_shared_scope(self, graph: Any, org: Any, scope: str, status: int) -> None:
        for key in (org.support.id, "support@contoso.example"):
            assert graph.get(f"/users/{key}/messages", as_=org.ada, scopes=[scope]).status == status

    @pytest.mark.parametrize("scope", SHARED_SCOPES)
    def test_and_the_persons_own_right(self, graph: Any, org: Any, scope: str) -> None:
        answer = graph.get(f"/users/{org.support.id}/messages", as_=org.ben, scopes=[scope])
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")

    def test_the_journal_tells_a_missing_right_from_a_missing_scope(self, graph: Any, org: Any) -> None:
        path = f"/users/{org.support.id}/messages"
        scope = graph.get(path, as_=org.ada, scopes=["Mail.Read"]).entry
        right = graph.get(path, as_=org.ben, scopes=["Mail.Read.Shared"]).entry
        assert "Mail.Read.Shared" in scope.missing
        assert right.missing == []
        assert "ben@contoso.example has no right to open the mailbox of support@contoso.example" in right.reason

    def test_an_administrator_has_no_right_either(self, graph: Any, org: Any) -> None:
        assert graph.get(f"/users/{org.ada.id}/messages", as_=org.root, scopes=["Mail.Read.Shared"]).status == 403

    def test_ones_own_name_is_no_shared_mailbox(self, graph: Any, org: Any) -> None:
        for key in (org.ada.id, org.ada.id.upper(), "Ada@Contoso.Example"):
            assert graph.get(f"/users/{key}/messages", as_=org.ada, scopes=["Mail.Read"]).status == 200

    def test_an_application_reaches_every_mailbox(self, graph: Any, org: Any) -> None:
        for user in (org.ada, org.ben, org.support):
            assert graph.get(f"/users/{user.id}/messages", roles=["Mail.Read"]).status == 200

    def test_send_on_behalf_does_not_open_the_mailbox(self, graph: Any, org: Any) -> None:
        org.share(org.ada, org.ben, full_access=False, send_as=True, send_on_behalf=True)
        assert graph.get(f"/users/{org.ada.id}/messages", as_=org.ben).status == 403


class TestReadBasic:
    HIDDEN = ("body", "bodyPreview", "uniqueBody", "attachments")

    @pytest.fixture
    def message(self, org: Any) -> str:
        record = org.receive(
            org.ada,
            subject="Secret",
            body={"contentType": "text", "content": "the plan"},
            attachments=[{"@odata.type": "#microsoft.graph.fileAttachment", "name": "p", "contentBytes": "cGxhbg=="}],
        )
        return org.mailbox(org.ada).ids.item(record.folder, record.number)

    @pytest.mark.parametrize("path", ["/me/messages/{}", "/me/messages?x={}", "/me/mailFolders/inbox/messages/{}"])
    def test_it_hides_what_is_inside(self, graph: Any, org: Any, message: str, path: str) -> None:
        answer = graph.get(path.format(message), as_=org.ada, scopes=["Mail.ReadBasic"])
        found = answer.values[0] if "value" in answer.json else answer.json
        assert found["subject"] == "Secret"
        assert not set(self.HIDDEN) & set(found)
        assert b"plan" not in answer.body

    def test_an_application_too(self, graph: Any, org: Any, message: str) -> None:
        answer = graph.get(f"/users/{org.ada.id}/messages/{message}", roles=["Mail.ReadBasic.All"])
        assert answer.status == 200
        assert "body" not in answer.json

    @pytest.mark.parametrize("query", ["$select=body", "$select=subject,bodyPreview", "$expand=attachments"])
    def test_what_is_hidden_cannot_be_asked_for(self, graph: Any, org: Any, message: str, query: str) -> None:
        for path in (f"/me/messages/{message}?{query}", f"/me/messages?{query}"):
            answer = graph.get(path, as_=org.ada, scopes=["Mail.ReadBasic"])
            assert (answer.status, answer.code) == (403, "ErrorAccessDenied")
            assert b"plan" not in answer.body

    def test_a_stronger_scope_beside_it_shows_all(self, graph: Any, org: Any, message: str) -> None:
        answer = graph.get(f"/me/messages/{message}", as_=org.ada, scopes=["Mail.ReadBasic", "Mail.Read"])
        assert answer.json["bodyPreview"] == "the plan"
