"""Mailbox settings: reference graph-mail 15; errors graph-core 5.4."""

from typing import Any

import pytest
from outlook365_emulator.graph.mail import settings
from outlook365_emulator.graph.mail.mailbox_settings import ORDER

covers = pytest.mark.covers.with_args
SCOPES = ("MailboxSettings.ReadWrite", "User.Read")


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, scopes=SCOPES, **options)

    return ask


@covers(settings.get)
class TestGet:
    def test_of_a_new_mailbox(self, me: Any, org: Any, graph: Any) -> None:
        found = me("GET", "/mailboxSettings").json
        assert list(found) == ["@odata.context", *ORDER]
        assert found["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}')/mailboxSettings")
        assert found["archiveFolder"] == graph.get("/me/mailFolders/archive", as_=org.ada).json["id"]
        assert (found["timeZone"], found["dateFormat"], found["timeFormat"]) == ("UTC", "M/d/yyyy", "h:mm tt")
        assert found["language"] == {"locale": "en-US", "displayName": "English (United States)"}
        assert found["workingHours"] == {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "Pacific Standard Time"},
        }
        assert found["automaticRepliesSetting"] == {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": {"dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-03-03T09:00:00.0000000", "timeZone": "UTC"},
        }

    @pytest.mark.parametrize(("name", "purpose"), [("ada", "user"), ("support", "shared")])
    def test_what_the_mailbox_is_for(self, graph: Any, name: str, purpose: str) -> None:
        path = f"/users/{name}@contoso.example/mailboxSettings/userPurpose"
        assert graph.get(path, roles=["MailboxSettings.Read"]).json["value"] == purpose

    def test_needs_its_permission(self, graph: Any, org: Any) -> None:
        answer = graph.get("/me/mailboxSettings", as_=org.ada, scopes=["Mail.ReadWrite"])
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")


@covers(
    settings.get_automatic_replies,
    settings.get_language,
    settings.get_working_hours,
    settings.get_time_zone,
    settings.get_date_format,
    settings.get_time_format,
    settings.get_user_purpose,
    settings.get_delegate_options,
)
class TestParts:
    @pytest.mark.parametrize("name", [one for one in ORDER if one != "archiveFolder"])
    def test_a_part_is_what_the_whole_says(self, me: Any, org: Any, name: str) -> None:
        whole, part = me("GET", "/mailboxSettings").json[name], me("GET", f"/mailboxSettings/{name}").json
        context = part.pop("@odata.context")
        assert context.endswith(f"/$metadata#users('{org.ada.id}')/mailboxSettings/{name}")
        assert part == (whole if isinstance(whole, dict) else {"value": whole})


def moment(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


@covers(settings.update)
class TestUpdate:
    @pytest.mark.parametrize(
        "given",
        [
            {"timeZone": "Pacific Standard Time"},
            {"timeZone": "Europe/Berlin"},
            {"dateFormat": "dd.MM.yyyy", "timeFormat": "HH:mm"},
            {"delegateMeetingMessageDeliveryOptions": "sendToDelegateAndPrincipal"},
        ],
    )
    def test_only_what_changed_is_answered(self, me: Any, given: dict[str, Any]) -> None:
        answer = me("PATCH", "/mailboxSettings", given)
        assert answer.status == 200
        assert {name: value for name, value in answer.json.items() if name != "@odata.context"} == given
        found = me("GET", "/mailboxSettings").json
        assert {name: found[name] for name in given} == given
        assert found["language"]["locale"] == "en-US"

    def test_language(self, me: Any) -> None:
        answer = me("PATCH", "/mailboxSettings", {"language": {"locale": "DE-de"}})
        assert answer.json["language"] == {"locale": "de-DE", "displayName": "Deutsch (Deutschland)"}

    def test_parts_of_the_replies_keep_the_others(self, me: Any) -> None:
        me("PATCH", "/mailboxSettings", {"automaticRepliesSetting": {"internalReplyMessage": "Away"}})
        given = {"status": "AlwaysEnabled", "externalAudience": "None"}
        found = me("PATCH", "/mailboxSettings", {"automaticRepliesSetting": given}).json["automaticRepliesSetting"]
        assert (found["status"], found["externalAudience"]) == ("alwaysEnabled", "none")
        assert found["internalReplyMessage"] == "Away"

    def test_a_schedule_is_kept_in_utc(self, me: Any) -> None:
        given = {
            "status": "scheduled",
            "scheduledStartDateTime": moment("2026-07-01T08:00:00", "W. Europe Standard Time"),
            "scheduledEndDateTime": moment("2026-07-02T08:00:00", "Europe/Berlin"),
        }
        found = me("PATCH", "/mailboxSettings", {"automaticRepliesSetting": given}).json["automaticRepliesSetting"]
        assert found["scheduledStartDateTime"] == moment("2026-07-01T06:00:00.0000000")
        assert found["scheduledEndDateTime"] == moment("2026-07-02T06:00:00.0000000")

    def test_working_hours(self, me: Any) -> None:
        given = {"endTime": "18:30:00", "daysOfWeek": ["Monday", "Saturday"], "timeZone": {"name": "Asia/Tokyo"}}
        found = me("PATCH", "/mailboxSettings", {"workingHours": given}).json["workingHours"]
        assert found == {
            "daysOfWeek": ["monday", "saturday"],
            "startTime": "08:00:00.0000000",
            "endTime": "18:30:00.0000000",
            "timeZone": {"name": "Asia/Tokyo"},
        }

    def test_working_hours_in_a_zone_of_ones_own(self, me: Any) -> None:
        offset = {"time": "02:00:00", "dayOccurrence": 1, "dayOfWeek": "sunday", "month": 10, "year": 0}
        zone = {
            "@odata.type": "#microsoft.graph.customTimeZone",
            "bias": -300,
            "name": "Customized Time Zone",
            "standardOffset": offset,
            "daylightOffset": {**offset, "month": 3, "daylightBias": 60},
        }
        found = me("PATCH", "/mailboxSettings", {"workingHours": {"timeZone": zone}}).json["workingHours"]["timeZone"]
        assert (found["@odata.type"], found["bias"]) == ("#microsoft.graph.customTimeZone", -300)
        assert found["standardOffset"]["time"] == "02:00:00.0000000"
        assert found["daylightOffset"]["daylightBias"] == 60

    @pytest.mark.parametrize(
        ("given", "code", "message"),
        [
            ({"timeZone": "Mars/Base"}, "InvalidTimeZone", "Time Zone settings provided are invalid."),
            (
                {"workingHours": {"timeZone": {"name": "Nowhere"}}},
                "InvalidTimeZone",
                "Time Zone settings provided are invalid.",
            ),
            (
                {"workingHours": {"timeZone": {"@odata.type": "#microsoft.graph.customTimeZone", "bias": 4}}},
                "InvalidTimeZone",
                "Time Zone settings provided are invalid.",
            ),
            (
                {"workingHours": {"daysOfWeek": ["monday", "RandomDay"]}},
                "InvalidArguments",
                "Requested value 'RandomDay' was not found.",
            ),
            (
                {"automaticRepliesSetting": {"status": "perhaps"}},
                "InvalidArguments",
                "Requested value 'perhaps' was not found.",
            ),
            (
                {"workingHours": {"startTime": "08"}},
                "RequestBodyRead",
                "Cannot convert the literal '08' to the expected type 'Edm.TimeOfDay'.",
            ),
            (
                {"workingHours": {"startTime": "18:00:00", "endTime": "09:00:00"}},
                "ErrorInvalidTimeSettings",
                "Start Time should occur before End Time.",
            ),
            ({"workingHours": {"endTime": "07:00:00"}}, "ErrorInvalidTimeSettings", None),
            ({"automaticRepliesSetting": {"status": "scheduled"}}, "ErrorInvalidTimeSettings", None),
            (
                {
                    "automaticRepliesSetting": {
                        "status": "scheduled",
                        "scheduledStartDateTime": moment("2026-03-05T00:00:00"),
                        "scheduledEndDateTime": moment("2026-03-04T00:00:00"),
                    }
                },
                "ErrorInvalidTimeSettings",
                None,
            ),
            ({"automaticRepliesSetting": {"scheduledEndDateTime": moment("soon")}}, "RequestBodyRead", None),
            (
                {"automaticRepliesSetting": {"scheduledEndDateTime": moment("2026-03-04T00:00:00", "Mars")}},
                "InvalidTimeZone",
                None,
            ),
            ({"language": {"locale": "xx-XX"}}, "InvalidArguments", "Requested value 'xx-XX' was not found."),
            ({"dateFormat": "tomorrow"}, "InvalidArguments", None),
            ({"timeFormat": ""}, "InvalidArguments", None),
            ({"userPurpose": "room"}, "ErrorInvalidPropertySet", None),
            ({"archiveFolder": "inbox"}, "ErrorInvalidPropertySet", None),
            ({"colour": "red"}, "RequestBodyRead", None),
        ],
    )
    def test_what_is_refused(self, me: Any, given: Any, code: str, message: str | None) -> None:
        before = me("GET", "/mailboxSettings").json
        answer = me("PATCH", "/mailboxSettings", given)
        assert (answer.status, answer.code) == (400, code), answer.body
        assert message is None or answer.message == message
        assert "innerError" not in answer.json["error"] or answer.code == "RequestBodyRead"
        assert me("GET", "/mailboxSettings").json == before


@covers(settings.get_outlook)
class TestOutlook:
    def test_it_has_an_id_only(self, me: Any, org: Any) -> None:
        answer = me("GET", "/outlook")
        assert answer.json["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}')/outlook/$entity")
        assert {name: value for name, value in answer.json.items() if "@" not in name} == {"id": org.ada.id}

    def test_signing_in_is_enough_for_people_and_not_for_applications(self, graph: Any, org: Any) -> None:
        assert graph.ask("GET", "/me/outlook", as_=org.ada, scopes=["User.Read"]).status == 200
        assert graph.ask("GET", f"/users/{org.ada.id}/outlook", roles=["User.Read.All"]).status == 403
        assert graph.ask("GET", f"/users/{org.ada.id}/outlook", roles=["MailboxSettings.Read"]).status == 200


@covers(settings.supported_languages, settings.supported_time_zones)
class TestSupported:
    def test_languages(self, me: Any) -> None:
        answer = me("GET", "/outlook/supportedLanguages")
        assert answer.json["@odata.context"].endswith("#Collection(microsoft.graph.localeInfo)")
        assert {"locale": "af-ZA", "displayName": "Afrikaans (Suid-Afrika)"} in answer.values
        for one in answer.values:
            assert me("PATCH", "/mailboxSettings", {"language": one}).status == 200

    @pytest.mark.parametrize("argument", ["", "(TimeZoneStandard=microsoft.graph.timeZoneStandard'Windows')"])
    def test_windows_zones(self, me: Any, argument: str) -> None:
        answer = me("GET", f"/outlook/supportedTimeZones{argument}")
        assert answer.json["@odata.context"].endswith("#Collection(microsoft.graph.timeZoneInformation)")
        row = {"alias": "Dateline Standard Time", "displayName": "(UTC-12:00) International Date Line West"}
        assert answer.values[0] == row
        for one in answer.values:
            assert me("PATCH", "/mailboxSettings", {"timeZone": one["alias"]}).status == 200

    def test_iana_zones(self, me: Any) -> None:
        answer = me("GET", "/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')")
        assert {"alias": "Europe/Berlin", "displayName": "Europe/Berlin"} in answer.values
        assert all(one["alias"] == one["displayName"] for one in answer.values)

    def test_another_standard(self, me: Any) -> None:
        answer = me("GET", "/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Mars')")
        assert (answer.status, answer.code) == (400, "InvalidArguments")
