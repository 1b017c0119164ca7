"""The data files: they load, they are what the refresh tool writes, and bodies are judged by the schema."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.tables.files import FOLDER, read_rows, unknown
from outlook365_emulator.tables.literals import LITERALS, NotALiteral
from outlook365_emulator.tables.refresh import line_per_row, main
from outlook365_emulator.tables.schema import SchemaViolation, canonical
from outlook365_emulator.tables.schema_types import action_parameters, enumerations, type_of, types
from outlook365_emulator.tables.time_zones import iana_name, windows_name, zone_names, zone_rows
from outlook365_emulator.tables.well_known_folders import well_known_folders


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.name)
def test_a_data_file_has_a_row_on_each_line(path: Path) -> None:
    text = path.read_text("utf-8")
    assert json.loads(text)
    assert text.endswith("\n")
    assert "\r" not in text
    assert max(text.count("\n"), 1) >= len(json.loads(text))


def test_the_generated_tables_are_what_the_refresh_tool_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_the_refresh_tool_names_what_a_new_publication_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = json.loads((FOLDER / "published" / "graph-permissions.json").read_text("utf-8"))
    published["paths"]["/me/messages"]["GET"]["delegatedWork"].append("Mail.Invented")
    changed = tmp_path / "permissions.json"
    changed.write_text(json.dumps(published), "utf-8")
    assert main(["--check", "--permissions", str(changed)]) == 1
    assert capsys.readouterr().out == "out of date: graph_permissions.json\n"


def test_a_document_of_rows_is_written_a_row_a_line() -> None:
    document = {"source": "x", "rows": [{"a": 1}, {"a": [2, 3]}], "named": {"one": {"b": {"c": 1}}}}
    text = line_per_row(document)
    assert json.loads(text) == document
    assert '\n{"a": 1},\n{"a": [2, 3]}\n' in text
    assert '\n"one": {"b": {"c": 1}}\n' in text


def test_a_file_that_does_not_fit_its_rows_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_rows("clouds.json", dict[str, int])


def test_an_unknown_name_lists_what_is_known_when_nothing_is_near() -> None:
    assert "known are: inbox, outbox" in str(unknown("folder", "zzzzzz", ["outbox", "inbox"]))


def test_every_property_has_a_type_that_the_schema_holds() -> None:
    for kind in types().values():
        for declared in kind.properties.values():
            assert declared.type in LITERALS or declared.type in enumerations() or declared.type.lower() in types()


def test_types_hold_what_they_inherit() -> None:
    message = type_of("#microsoft.graph.Message")
    assert {"id", "changekey", "subject", "attachments"} <= set(message.properties)
    assert type_of("eventMessageRequest").property_of("SUBJECT") == message.property_of("subject")
    assert message.properties["torecipients"].collection
    assert type_of("user").property_of("passwordProfile") is not None


def test_an_unknown_type_names_the_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean message"):
        type_of("mesage")


CANONICAL: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("message", {"Subject": "x", "BODYPREVIEW": None}, {"subject": "x", "bodyPreview": None}),
    (
        "message",
        {"importance": "High", "body": {"ContentType": "HTML"}},
        {"importance": "high", "body": {"contentType": "html"}},
    ),
    ("message", {"isRead": "TRUE"}, {"isRead": True}),
    ("message", {"invented": None, "subject": ""}, {"subject": ""}),
    (
        "message",
        {"subject@odata.type": "#String", "@odata.context": "c"},
        {"subject@odata.type": "#String", "@odata.context": "c"},
    ),
    (
        "message",
        {"toRecipients": [{"EmailAddress": {"Address": "a@b.example"}}]},
        {"toRecipients": [{"emailAddress": {"address": "a@b.example"}}]},
    ),
    (
        "message",
        {
            "attachments": [
                {"@odata.type": "Microsoft.OutlookServices.FileAttachment", "Name": "n", "contentBytes": "aGk="}
            ]
        },
        {"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "n", "contentBytes": "aGk="}]},
    ),
    (
        "attachment",
        {
            "@odata.type": "#microsoft.graph.itemAttachment",
            "item": {"@odata.type": "microsoft.graph.message", "Subject": "s"},
        },
        {
            "@odata.type": "#microsoft.graph.itemAttachment",
            "item": {"@odata.type": "#microsoft.graph.message", "subject": "s"},
        },
    ),
    (
        "openTypeExtension",
        {"extensionName": "e", "Dealvalue": 1, "list": [1]},
        {"extensionName": "e", "Dealvalue": 1, "list": [1]},
    ),
    (
        "mailboxSettings",
        {"workingHours": {"startTime": "08:00:00.0000000"}},
        {"workingHours": {"startTime": "08:00:00.0000000"}},
    ),
    ("event", {"showAs": "workingelsewhere"}, {"showAs": "workingElsewhere"}),
]


@pytest.mark.parametrize(("kind", "body", "expected"), CANONICAL)
def test_names_and_members_come_out_in_the_spelling_of_the_schema(
    kind: str, body: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = copy.deepcopy(body)
    assert canonical(kind, body) == expected
    assert body == before


VIOLATIONS: list[tuple[str, object, str, str, str, str]] = [
    ("message", {"subjekt": 1}, "unknown_property", "subjekt", "message", "1"),
    ("message", {"from": {"emailAddress": {"adress": "x"}}}, "unknown_property", "adress", "emailAddress", "x"),
    ("mailboxSettings", {"workingHours": {"startTime": "08"}}, "wrong_type", "startTime", "Edm.TimeOfDay", "08"),
    ("message", {"isRead": 1}, "wrong_type", "isRead", "Edm.Boolean", "1"),
    ("message", {"subject": ["x"]}, "wrong_type", "subject", "Edm.String", "[…]"),
    ("message", {"toRecipients": {}}, "wrong_type", "toRecipients", "Collection(microsoft.graph.recipient)", "{…}"),
    ("message", {"body": "text"}, "wrong_type", "body", "microsoft.graph.itemBody", "text"),
    ("message", {"toRecipients": [None]}, "not_nullable", "toRecipients", "microsoft.graph.recipient", "null"),
    ("subscription", {"resource": None}, "not_nullable", "resource", "Edm.String", "null"),
    ("message", {"importance": "huge"}, "bad_enum", "importance", "microsoft.graph.importance", "huge"),
    ("message", {"importance": 1}, "bad_enum", "importance", "microsoft.graph.importance", "1"),
    ("message", [], "wrong_type", "", "microsoft.graph.message", "[…]"),
    ("message", None, "wrong_type", "", "microsoft.graph.message", "null"),
    ("message", {"attachments": [{"name": "x"}]}, "abstract_type", "attachments", "microsoft.graph.attachment", ""),
    (
        "attachment",
        {"@odata.type": "#microsoft.graph.user"},
        "unknown_type",
        "",
        "microsoft.graph.attachment",
        "#microsoft.graph.user",
    ),
    ("attachment", {"@odata.type": 7}, "unknown_type", "", "microsoft.graph.attachment", "7"),
]


@pytest.mark.parametrize(("kind", "body", "violation", "name", "type_name", "literal"), VIOLATIONS)
def test_a_body_that_the_schema_forbids_is_told_in_facts(
    kind: str, body: object, violation: str, name: str, type_name: str, literal: str
) -> None:
    with pytest.raises(SchemaViolation) as caught:
        canonical(kind, body)
    found = caught.value
    assert (found.kind, found.property, found.type_name, found.literal) == (violation, name, type_name, literal)
    assert found.explain()


def test_the_explanation_names_the_place_and_the_nearest_property() -> None:
    with pytest.raises(SchemaViolation) as caught:
        canonical("message", {"toRecipients": [{"emailAddress": {"adress": "x"}}]})
    assert caught.value.explain() == (
        "toRecipients/0/emailAddress: emailAddress has no property 'adress'; did you mean address?"
    )


def test_a_body_nested_without_end_is_refused() -> None:
    body: dict[str, Any] = {"@odata.type": "#microsoft.graph.message", "subject": "innermost"}
    for _ in range(200):
        attachment = {"@odata.type": "#microsoft.graph.itemAttachment", "item": body}
        body = {"@odata.type": "#microsoft.graph.message", "attachments": [attachment]}
    with pytest.raises(SchemaViolation) as caught:
        canonical("message", body)
    assert caught.value.kind == "too_deep"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(sorted({one.name for kind in types().values() for one in kind.properties.values()}))
        | st.text(max_size=9),
        JSON,
        max_size=4,
    ),
    st.sampled_from(sorted(kind.name for kind in types().values())),
)
def test_any_body_is_taken_or_refused_and_never_breaks(body: dict[str, Any], kind: str) -> None:
    try:
        taken = canonical(kind, body)
    except SchemaViolation as caught:
        explanation = caught.explain()
    else:
        assert canonical(kind, taken) == taken
        explanation = "taken"
    assert explanation


@pytest.mark.parametrize(
    ("action", "bound", "body", "expected"),
    [
        (
            "sendMail",
            "user",
            {"Message": {"Subject": "s"}, "SaveToSentItems": "false"},
            {"message": {"subject": "s"}, "saveToSentItems": False},
        ),
        ("move", "message", {"DestinationId": "inbox"}, {"destinationId": "inbox"}),
        ("reply", "eventMessageRequest", {"comment": "c"}, {"comment": "c"}),
        ("getSchedule", "calendar", {"schedules": ["a"]}, {"schedules": ["a"]}),
        ("send", "message", {}, {}),
    ],
)
def test_parameters_of_actions_are_judged_like_properties(
    action: str, bound: str, body: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert canonical(action_parameters(action, bound), body) == expected


def test_an_unknown_action_names_the_nearest() -> None:
    with pytest.raises(LookupError, match="sendMail on user"):
        action_parameters("sendMails", "user")


GOOD_AND_BAD: list[tuple[str, list[object], list[object]]] = [
    ("Edm.Boolean", [True, "false", "True"], [0, "yes", None]),
    ("Edm.Int32", [0, -(2**31), 5.0, "50"], [2**31, 1.5, True, "1.5", "x"]),
    ("Edm.Int64", [2**62, "12"], [2**63, "1e3", "٣", True]),
    ("Edm.Double", [1, 1.5, "INF", "1.5", "100"], ["1,5", True]),
    ("Edm.Date", ["2026-02-28"], ["2026-02-29", "2026-2-1", 20260228, "0000-01-01"]),
    (
        "Edm.DateTimeOffset",
        ["2026-01-01T00:00:00Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00.1234567+02:00"],
        ["2026-01-01T00:00:00", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", ""],
    ),
    ("Edm.TimeOfDay", ["08:00:00.0000000", "08:00"], ["08", "25:00:00", "08:00:00Z", "0\u0668:00"]),
    ("Edm.Duration", ["PT1H", "P1DT2H3M4.5S", "-PT5M"], ["P", "PT", "1H", "P1M", "P\u0661D"]),
    ("Edm.Guid", ["570282fd-fa5c-430d-a7fd-fc8dc98a9dca"], ["570282fd", "{570282fd-fa5c-430d-a7fd-fc8dc98a9dca}"]),
    ("Edm.Binary", ["", "aGk=", "aGk", "aGk=\r\n", "-_-_"], ["a", "aGk*", 7]),
    ("Edm.String", ["", "x"], [1, None, []]),
]


@pytest.mark.parametrize(("kind", "good", "bad"), GOOD_AND_BAD)
def test_literals_are_told_from_what_is_none(kind: str, good: list[object], bad: list[object]) -> None:
    for value in good:
        LITERALS[kind](value)
    for value in bad:
        with pytest.raises(NotALiteral):
            LITERALS[kind](value)


def test_flags_may_be_combined() -> None:
    tips = enumerations()["mailTipsType"]
    assert tips.flags
    assert tips.member("AutomaticReplies, mailboxFullStatus") == "automaticReplies,mailboxFullStatus"
    assert tips.member("automaticReplies, invented") is None
    assert enumerations()["importance"].member("low,high") is None


def test_well_known_folders_have_their_own_counters_and_known_parents() -> None:
    folders = well_known_folders()
    names = [row.name for row in folders]
    assert len(set(names)) == len({row.counter for row in folders}) == len(folders)
    for index, row in enumerate(folders):
        assert row.parent == "" or row.parent in names[:index]


@pytest.mark.parametrize(
    ("name", "iana", "windows"),
    [
        ("Pacific Standard Time", "America/Los_Angeles", "Pacific Standard Time"),
        ("w. europe standard time", "Europe/Berlin", "W. Europe Standard Time"),
        ("Europe/Vienna", "Europe/Vienna", "W. Europe Standard Time"),
        ("europe/vienna", "Europe/Vienna", "W. Europe Standard Time"),
        ("Kamchatka Standard Time", "Asia/Kamchatka", "Kamchatka Standard Time"),
        ("Asia/Kamchatka", "Asia/Kamchatka", "Russia Time Zone 11"),
        ("Mid-Atlantic Standard Time", "Etc/GMT+2", "Mid-Atlantic Standard Time"),
        ("Etc/GMT+2", "Etc/GMT+2", "UTC-02"),
        ("UTC", None, "UTC"),
        ("Mars Standard Time", None, None),
        ("", None, None),
    ],
)
def test_time_zones_are_known_by_both_names(name: str, iana: str | None, windows: str | None) -> None:
    assert windows_name(name) == windows
    if iana is not None or windows is None:
        assert iana_name(name) == iana


def test_every_zone_exists_in_the_time_zone_database() -> None:
    from zoneinfo import ZoneInfo

    assert sorted(row.windows for row in zone_names()) == [row.windows for row in zone_rows()]
    for row in zone_rows():
        assert ZoneInfo(row.iana)
