"""Permissions of Graph: which opens which operation, what they are called, what ReadBasic hides."""

import pytest
from outlook365_emulator.client.connector import MINIMUM_FOR_PEOPLE
from outlook365_emulator.tables.files import read_rows
from outlook365_emulator.tables.graph_permissions import (
    allowed,
    hidden_properties,
    includes,
    permission_row,
    permission_rows,
    subscription_row,
)
from outlook365_emulator.tables.permissions import (
    OIDC_SCOPES,
    PERMISSIONS,
    Permission,
    every_permission,
    exists_as,
    find_application_permission,
    of_kind,
    permission,
    preset,
    scope_presets,
)
from outlook365_emulator.tables.reduce_permissions import other_rows
from outlook365_emulator.tables.spellings import one_spelling

OPENS = [
    (
        "GET /users/{user}/messages",
        "application",
        {"Mail.ReadBasic", "Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"},
    ),
    ("GET /users/{user}/messages", "personal", {"Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"}),
    ("GET /users/{user}/messages", "shared", {"Mail.ReadBasic.Shared", "Mail.Read.Shared", "Mail.ReadWrite.Shared"}),
    ("GET /users/{user}/messages/{message}/$value", "application", {"Mail.Read", "Mail.ReadWrite"}),
    ("PATCH /users/{user}/messages/{message}", "work", {"Mail.ReadWrite", "Mail.ReadWrite.Shared"}),
    ("POST /users/{user}/sendMail", "work", {"Mail.Send", "Mail.Send.Shared"}),
    ("POST /users/{user}/sendMail", "application", {"Mail.Send"}),
    ("POST /users/{user}/sendMail", "shared", {"Mail.Send.Shared"}),
    ("POST /users/{user}/messages/{message}/attachments/createUploadSession", "application", {"Mail.ReadWrite"}),
    ("POST /users/{user}/messages/{message}/attachments/createUploadSession", "shared", set()),
    ("GET /users/{user}/mailboxSettings", "application", {"MailboxSettings.Read", "MailboxSettings.ReadWrite"}),
    ("GET /users/{user}/mailboxSettings", "shared", set()),
    ("GET /users/{user}/events", "application", {"Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"}),
    ("GET /users", "personal", set()),
    ("POST /users/{user}/findMeetingTimes", "application", set()),
]


@pytest.mark.parametrize(("operation", "scheme", "opening"), OPENS)
def test_what_opens_an_operation(operation: str, scheme: str, opening: set[str]) -> None:
    assert allowed(permission_row(operation), scheme) == opening


def test_a_stronger_permission_opens_what_the_published_row_lists_the_weaker_for() -> None:
    row = permission_row("GET /users/{user}/messages/{message}")
    assert "Mail.ReadWrite" not in row.work
    assert {"Mail.ReadWrite", "Mail.Read", "Mail.ReadBasic"} <= allowed(row, "work")


def test_a_shared_scope_opens_the_own_mailbox_too_and_a_plain_one_only_that() -> None:
    row = permission_row("GET /users/{user}/messages")
    assert "Mail.Read.Shared" in allowed(row, "work")
    assert "Mail.Read" not in allowed(row, "shared")


def test_user_read_opens_oneself_and_not_others() -> None:
    row = permission_row("GET /users/{user}")
    assert "User.Read" in allowed(row, "work")
    assert "User.Read" not in allowed(row, "shared")
    assert {"User.ReadBasic.All", "User.Read.All"} <= allowed(row, "shared")


SPELLINGS = [
    ("/me", "/users/{user}"),
    ("/me/messages/{id}", "/users/{user}/messages/{message}"),
    ("/users/{id}/mailFolders/{id}/messages", "/users/{user}/mailFolders/{folder}/messages"),
    ("/users/{id}/mailFolders/{id}/messages/delta", "/users/{user}/mailFolders/{folder}/messages/delta"),
    ("/me/mailFolders/{id}/messages/{id}/move", "/users/{user}/messages/{message}/move"),
    ("/me/mailFolders/{id}/childFolders/{id}", "/users/{user}/mailFolders/{folder}"),
    ("/me/mailFolders/{id}/childFolders/{id}/childFolders", "/users/{user}/mailFolders/{folder}/childFolders"),
    (
        "/me/mailFolders/{id}/childFolders/{id}/childFolders/{id}/messages/{id}/attachments/{id}",
        "/users/{user}/messages/{message}/attachments/{attachment}",
    ),
    ("/me/mailFolders/inbox/messageRules/{id}", "/users/{user}/mailFolders/{folder}/messageRules/{rule}"),
    ("/me/calendar", "/users/{user}/calendars/{calendar}"),
    ("/me/calendar/events", "/users/{user}/calendars/{calendar}/events"),
    ("/me/calendarView", "/users/{user}/calendarView"),
    ("/me/calendarGroups/{id}/calendars", "/users/{user}/calendarGroups/{group}/calendars"),
    ("/me/calendarGroups/{id}/calendars/{id}/events/{id}/accept", "/users/{user}/events/{event}/accept"),
    ("/users/{id}/events/{id}/calendar", "/users/{user}/events/{event}/calendar"),
    ("/subscriptions/{id}/reauthorize", "/subscriptions/{subscription}/reauthorize"),
]


@pytest.mark.parametrize(("published", "declared"), SPELLINGS)
def test_published_paths_have_one_spelling(published: str, declared: str) -> None:
    assert one_spelling(published) == declared
    assert one_spelling(declared) == declared


@pytest.mark.parametrize(
    "spelling",
    [
        "GET /users/{user}/messages/{message}",
        "GET /users/{id}/messages/{id}",
        "GET /me/messages/{id}",
        "GET /Users/{user}/MailFolders/{folder}/Messages/{message}",
    ],
)
def test_a_row_is_found_by_every_spelling(spelling: str) -> None:
    assert permission_row(spelling) is permission_row("GET /users/{user}/messages/{message}")


def test_a_count_takes_what_its_collection_takes() -> None:
    assert permission_row("GET /users/{user}/messages/$count") is permission_row("GET /users/{user}/messages")


def test_functions_are_found_with_and_without_arguments() -> None:
    bare = permission_row("GET /users/{user}/reminderView")
    assert bare is not None
    assert permission_row("GET /me/reminderView(StartDateTime={value},EndDateTime={value})") is bare


def test_an_unknown_operation_has_no_row() -> None:
    assert permission_row("GET /users/{user}/mesages") is None


@pytest.mark.parametrize("row", permission_rows().values(), ids=lambda row: row.operation)
def test_a_row_is_consistent(row) -> None:
    assert row.source
    assert row.clouds
    for scheme in ("work", "personal", "application", "shared"):
        for name in getattr(row, scheme):
            assert name in PERMISSIONS or name.startswith(("MailTips.", "Calendars.ReadBasic"))
    if row.open:
        assert row.work == row.application == ()
    else:
        assert row.least in allowed(row, "work") | allowed(row, "application")
    assert not row.least_application or row.least_application in allowed(row, "application")


@pytest.mark.parametrize(
    ("operation", "least", "least_application"),
    [
        ("GET /users/{user}", "User.Read", "User.ReadBasic.All"),
        ("GET /users", "User.ReadBasic.All", "User.ReadBasic.All"),
        ("GET /users/{user}/messages", "Mail.ReadBasic", "Mail.ReadBasic.All"),
        ("GET /users/{user}/messages/{message}", "Mail.ReadBasic", "Mail.ReadBasic.All"),
        ("GET /users/{user}/messages/{message}/attachments", "Mail.Read", "Mail.Read"),
        ("POST /users/{user}/messages/{message}/move", "Mail.ReadWrite", "Mail.ReadWrite"),
        ("POST /users/{user}/messages/{message}/attachments/createUploadSession", "Mail.ReadWrite", "Mail.ReadWrite"),
        ("GET /users/{user}/calendars/{calendar}/events", "Calendars.ReadBasic", "Calendars.ReadBasic.All"),
        ("POST /users/{user}/getMailTips", "Mail.Read", "Mail.Read"),
        ("POST /users/{user}/revokeSignInSessions", "User.RevokeSessions.All", "User.RevokeSessions.All"),
    ],
)
def test_the_least_permission_is_the_weakest(operation: str, least: str, least_application: str) -> None:
    row = permission_row(operation)
    assert (row.least, row.least_application) == (least, least_application)


@pytest.mark.parametrize(
    ("operation", "clouds"),
    [
        ("GET /users/{user}/messages", ("global", "usgov", "usgov_dod", "china")),
        ("POST /users/{user}/messages/{message}/permanentDelete", ("global",)),
        ("GET /users/{user}/outlook/masterCategories", ("global", "usgov", "usgov_dod")),
        ("POST /users/{user}/translateExchangeIds", ("global", "china")),
    ],
)
def test_a_national_cloud_may_lack_an_operation(operation: str, clouds: tuple[str, ...]) -> None:
    assert permission_row(operation).clouds == clouds


@pytest.mark.parametrize(
    ("resource", "application_column"),
    [
        ("me/messages", ("Mail.ReadBasic", "Mail.Read")),
        ("/users/{user}/mailFolders/{folder}/messages", ("Mail.ReadBasic", "Mail.Read")),
        ("users/1/events?$select=subject", ("Calendars.Read",)),
        ("users", ("User.Read.All",)),
    ],
)
def test_a_subscription_takes_what_its_resource_takes(resource: str, application_column: tuple[str, ...]) -> None:
    row = subscription_row(resource)
    assert row is not None
    assert row.application == application_column
    assert not allowed(row, "shared")


def test_an_unknown_resource_of_a_subscription_has_no_row() -> None:
    assert subscription_row("me/drive/root") is None


def test_read_basic_hides_the_content_unless_a_stronger_permission_is_held() -> None:
    hidden = hidden_properties(frozenset({"Mail.ReadBasic", "Mail.Send"}))
    assert {"body", "bodyPreview", "uniqueBody", "attachments", "singleValueExtendedProperties"} <= hidden
    assert not hidden_properties(frozenset({"Mail.ReadBasic", "Mail.Read"}))
    assert not hidden_properties(frozenset({"Mail.Read"}))
    assert not hidden_properties(frozenset({"Calendars.ReadBasic"}))
    assert "body" in hidden_properties(frozenset({"Calendars.ReadBasic.All"}), "event")


@pytest.mark.parametrize(
    ("held", "wanted", "answer"),
    [
        ("Mail.ReadWrite", "Mail.ReadBasic", True),
        ("Mail.Read", "Mail.Read", True),
        ("Mail.Read", "Mail.ReadWrite", False),
        ("Mail.Send", "Mail.Read", False),
        ("User.ReadWrite.All", "User.Read", True),
        ("Anything", "Anything", True),
    ],
)
def test_a_permission_includes_weaker_ones(held: str, wanted: str, answer: bool) -> None:
    assert includes(held, wanted) is answer


@pytest.mark.parametrize(
    ("name", "scope", "role"),
    [
        ("Mail.Read", "570282fd-fa5c-430d-a7fd-fc8dc98a9dca", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
        ("Mail.Send", "e383f46e-2787-4529-855e-0e479a3ffac0", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
        ("Mail.ReadWrite", "024d486e-b451-40bb-833d-3e66d98c5c73", "e2a3a72e-5f79-4c64-b1b1-878b674786c9"),
        ("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", None),
        ("Mail.Read.Shared", "7b9103a5-4610-446b-9670-80643382c1fa", None),
        ("Mail.ReadBasic.All", None, "693c5e45-0940-467d-9b8a-1022fb9d42ef"),
    ],
)
def test_permissions_have_their_real_ids(name: str, scope: str | None, role: str | None) -> None:
    assert (PERMISSIONS[name].delegated_id, PERMISSIONS[name].application_id) == (scope, role)


def test_ids_are_told_apart() -> None:
    rows = {row.name: row for row in read_rows("other_permissions.json", list[Permission])} | dict(PERMISSIONS)
    for attribute in ("delegated_id", "application_id"):
        ids = [one for row in rows.values() if (one := getattr(row, attribute))]
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("name", "scope", "role", "admin_consent"),
    [
        ("Files.Read", "10465720-29dd-4523-a11a-6a75c743c9d9", None, False),
        ("Sites.Read.All", "205e70e5-aba6-4c52-a976-6d2d46c48043", "332a536c-c7ef-4017-ab91-336970924f0d", False),
        (
            "Group-Conversation.Read.All",
            "c92fbbc2-50e0-4842-93ef-385c3293ea3d",
            "4f0a8235-6f6f-4ec7-9500-34b452a4a0c3",
            True,
        ),
    ],
)
def test_permissions_that_open_nothing_here_exist(name, scope, role, admin_consent) -> None:
    row = permission(name.lower())
    assert (row.name, row.delegated_id, row.application_id, row.admin_consent) == (name, scope, role, admin_consent)
    assert exists_as(name, "application") == (role is not None)
    assert role is None or find_application_permission(role.upper()) == row
    assert name not in PERMISSIONS
    assert name not in of_kind("delegated")


def test_the_other_permissions_are_cut_from_the_published_descriptions() -> None:
    scope = {"value": "Files.Read", "id": "s", "isAdmin": False, "adminConsentDisplayName": "Read user files"}
    roles = [
        {"value": "Mail.Read", "id": "r"},
        {"value": "Files.Read.All", "id": "q", "adminConsentDisplayName": "All"},
    ]
    rows = other_rows({"delegatedScopesList": [scope], "applicationScopesList": roles}, ["Mail.Read"])
    assert [(row["name"], row["delegated_id"], row["application_id"], row["admin_consent"]) for row in rows] == [
        ("Files.Read", "s", None, False),
        ("Files.Read.All", None, "q", True),
    ]


def test_a_permission_stands_in_one_table() -> None:
    names = [row.name.lower() for row in every_permission()]
    assert len(names) == len(set(names))


def test_names_are_matched_without_case() -> None:
    assert permission("mail.read").name == "Mail.Read"


def test_a_wrong_name_leads_to_the_right_one() -> None:
    with pytest.raises(LookupError, match=r"did you mean Mail\.Read"):
        permission("Mail.Raed")


def test_presets_name_permissions_that_exist_in_their_form() -> None:
    assert {auth for _, auth in scope_presets()} == {
        "client_credentials",
        "client_certificate",
        "authorization_code",
        "own_app",
    }
    for row in scope_presets().values():
        assert all(exists_as(name, row.scheme) for name in row.permissions)
        assert row.scheme == "delegated" or not any(name.endswith(".Shared") for name in row.permissions)
    assert set(preset("full", "own_app").permissions) >= set(OIDC_SCOPES)
    assert preset("minimum", "client_credentials").permissions == ("Mail.Read", "User.Read.All")
    assert set(MINIMUM_FOR_PEOPLE) == set(preset("minimum", "own_app").permissions)


def test_a_misspelled_preset_names_the_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean full"):
        preset("ful", "own_app")
    with pytest.raises(LookupError, match="did you mean own_app"):
        preset("full", "own-app")
