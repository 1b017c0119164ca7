"""Users over the control API."""

from typing import Any

Api = Any


def test_a_user_is_found_by_id_name_and_address(api: Api, tenant: str) -> None:
    made = api("POST", f"{tenant}/users", {"name": "ada", "aliases": ["Sales@Contoso.example"]}, status=201)
    assert made["password"]
    for key in (made["id"], "ada", made["upn"].upper(), "sales@contoso.example"):
        assert api("GET", f"{tenant}/users/{key}") == made
    assert api("GET", f"{tenant}/users")["users"] == [made]


def test_an_unknown_user_names_the_nearest(api: Api, tenant: str, ada: str) -> None:
    error = api.refused("GET", f"{tenant}/users/adda", status=404)
    assert error["code"] == "unknown_user"
    assert "ada@" in error["message"]


def test_a_name_is_given_once(api: Api, tenant: str, ada: str) -> None:
    error = api.refused("POST", f"{tenant}/users", {"name": "ADA"}, status=409)
    assert (error["code"], error["where"]) == ("taken", "name")


def test_a_user_whose_message_is_wrong_is_not_added(api: Api, tenant: str) -> None:
    error = api.refused("POST", f"{tenant}/users", {"name": "ada", "messages": [{"folder": "inbx"}]}, status=400)
    assert error["where"] == "messages[0].folder"
    assert api("GET", f"{tenant}/users")["users"] == []


def test_fields_change_and_the_rest_stays(api: Api, ada: str) -> None:
    before = api("GET", ada)
    changed = api("PATCH", ada, {"display_name": "Ada B.", "enabled": False, "roles": ["global administrator"]})
    assert changed == {**before, "display_name": "Ada B.", "enabled": False, "roles": ["Global Administrator"]}
    assert api.refused("PATCH", ada, {"displayname": "x"}, status=400)["where"] == "displayname"


def test_password_and_sessions(api: Api, ada: str) -> None:
    api("POST", f"{ada}/password", {"password": "another"}, status=204)
    assert api("GET", ada)["password"] == "another"
    api("POST", f"{ada}/revoke-sessions", status=204)
    assert api.refused("POST", f"{ada}/password", {}, status=400)["message"] == "the key 'password' is missing"


def test_a_deleted_user_is_gone_with_the_mailbox(api: Api, tenant: str, ada: str) -> None:
    api("DELETE", ada, status=204)
    api.refused("GET", f"{ada}/messages", status=404)
    api("POST", f"{tenant}/users", {"name": "ada"}, status=201)


def test_shared_mailboxes_and_groups(api: Api, tenant: str, ada: str) -> None:
    made = api("POST", f"{tenant}/shared-mailboxes", {"name": "support", "open_to": ["ada"], "send_as": ["ada"]})
    upn = api("GET", ada)["upn"]
    assert (made["purpose"], made["password"], made["enabled"]) == ("shared", None, False)
    assert made["rights"] == [{"user": upn, "full_access": True, "send_as": True, "send_on_behalf": False}]
    mail = upn.replace("ada", "all")
    group = api("POST", f"{tenant}/groups", {"name": "All", "members": ["ada", "support"], "mail": mail}, status=201)
    assert (group["members"], group["mail"]) == ([upn, made["upn"]], mail)
    assert api("GET", tenant)["groups"] == [group]
    assert api("POST", f"{tenant}/groups", {"name": "Silent"}, status=201)["mail"] is None


def test_a_deleted_user_is_in_no_group_and_opens_no_mailbox(api: Api, tenant: str, ada: str) -> None:
    api("POST", f"{tenant}/shared-mailboxes", {"name": "support", "open_to": ["ada"]})
    api("POST", f"{tenant}/groups", {"name": "All", "members": ["ada", "support"]}, status=201)
    api("DELETE", ada, status=204)
    shown = api("GET", tenant)
    assert [one["rights"] for one in shown["users"] if one["purpose"] == "shared"] == [[]]
    assert [[name.partition("@")[0] for name in one["members"]] for one in shown["groups"]] == [["support"]]
