"""Open extensions of users: reference graph-mail 17."""

from typing import Any

import pytest
from outlook365_emulator.graph.people import user_extensions

covers = pytest.mark.covers.with_args
SETTINGS = {
    "@odata.type": "microsoft.graph.openTypeExtension",
    "extensionName": "com.contoso.settings",
    "theme": "dark",
    "sizes": [1, 2],
}
SHOWN = {
    "@odata.type": "#microsoft.graph.openTypeExtension",
    "theme": "dark",
    "sizes@odata.type": "#Collection(Int32)",
    "sizes": [1, 2],
    "extensionName": "com.contoso.settings",
    "id": "com.contoso.settings",
}


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str = "/extensions", body: Any = None) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, scopes=["User.ReadWrite"])

    return ask


@covers(
    user_extensions.create,
    user_extensions.get,
    user_extensions.list_,
    user_extensions.update,
    user_extensions.delete,
)
class TestExtensions:
    def test_create_and_read(self, me: Any) -> None:
        answer = me("POST", body=SETTINGS)
        assert answer.status == 201
        assert answer.json.items() >= {name: SHOWN[name] for name in ("theme", "id", "extensionName")}.items()
        assert me("GET", "/extensions/Com.Contoso.Settings").json["theme"] == "dark"
        assert [one["id"] for one in me("GET").values] == ["com.contoso.settings"]
        found = me("GET", "?$select=id&$expand=extensions").json
        assert [one["theme"] for one in found["extensions"]] == ["dark"]
        query = "?$select=id&$expand=extensions($filter=id eq 'com.contoso.other')"
        assert me("GET", query).json["extensions"] == []
        assert me("GET", "?$expand=extensions($filter=theme eq 'dark')").status == 400

    def test_members_that_are_not_sent_stay(self, me: Any) -> None:
        me("POST", body=SETTINGS)
        assert me("PATCH", "/extensions/com.contoso.settings", {"theme": "light", "lang": "fr"}).status == 204
        found = me("GET", "/extensions/com.contoso.settings").json
        assert (found["theme"], found["lang"], found["sizes"]) == ("light", "fr", [1, 2])

    def test_delete(self, me: Any) -> None:
        me("POST", body=SETTINGS)
        assert me("DELETE", "/extensions/com.contoso.settings").status == 204
        for method, body in (("GET", None), ("PATCH", {"theme": "x"}), ("DELETE", None)):
            answer = me(method, "/extensions/com.contoso.settings", body)
            assert (answer.status, answer.code) == (404, "Request_ResourceNotFound")

    def test_a_name_once(self, me: Any) -> None:
        me("POST", body=SETTINGS)
        answer = me("POST", body={**SETTINGS, "extensionName": "Com.Contoso.Settings"})
        assert (answer.status, answer.code) == (400, "Request_BadRequest")

    def test_without_a_name(self, me: Any) -> None:
        assert me("POST", body={**SETTINGS, "extensionName": None}).status == 400
