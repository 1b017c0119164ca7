"""The unmodified msgraph-sdk: a recurring meeting over a change of the clocks, three answers, a move, the end."""

import asyncio
import datetime

import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_message_request import EventMessageRequest
from msgraph.generated.models.event_message_response import EventMessageResponse
from msgraph.generated.models.patterned_recurrence import PatternedRecurrence
from msgraph.generated.models.recurrence_pattern import RecurrencePattern
from msgraph.generated.models.recurrence_pattern_type import RecurrencePatternType
from msgraph.generated.models.recurrence_range import RecurrenceRange
from msgraph.generated.models.recurrence_range_type import RecurrenceRangeType
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body import (
    GetSchedulePostRequestBody,
)
from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import CalendarViewRequestBuilder
from msgraph.generated.users.item.events.item.accept.accept_post_request_body import AcceptPostRequestBody
from msgraph.generated.users.item.events.item.cancel.cancel_post_request_body import CancelPostRequestBody
from msgraph.generated.users.item.events.item.decline.decline_post_request_body import DeclinePostRequestBody
from msgraph.generated.users.item.events.item.tentatively_accept.tentatively_accept_post_request_body import (
    TentativelyAcceptPostRequestBody,
)

ViewQuery = CalendarViewRequestBuilder.CalendarViewRequestBuilderGetQueryParameters
WINDOW = RequestConfiguration(
    query_parameters=ViewQuery(start_date_time="2026-03-20T00:00:00Z", end_date_time="2026-04-20T00:00:00Z", top=50)
)


@pytest.fixture
def people(outlook365):
    return [outlook365.tenant.add_user(name) for name in ("ada", "ben", "cleo", "dan")]


@pytest.fixture
def run(outlook365, people):
    """Runs a coroutine function with a client for each person's mailbox."""
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Calendars.ReadWrite", "Mail.Read"])

    async def session(credential, work):
        client = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
        return await work(*(client.users.by_user_id(one.upn) for one in people))

    def call(work):
        credential = ClientSecretCredential(app.tenant_id, app.client_id, app.client_secret)
        with credential:
            return asyncio.run(session(credential, work))

    return call


def moment(text):
    return DateTimeTimeZone(date_time=text, time_zone="Europe/Berlin")


def stand_up(*attendees):
    """Mondays at nine in Berlin from 23 March 2026, four times: the clocks change on the 29th."""
    return Event(
        subject="Stand-up",
        start=moment("2026-03-23T09:00:00"),
        end=moment("2026-03-23T09:30:00"),
        attendees=[Attendee(email_address=EmailAddress(address=one.upn)) for one in attendees],
        recurrence=PatternedRecurrence(
            pattern=RecurrencePattern(type=RecurrencePatternType.Weekly, interval=1, days_of_week=[DayOfWeek.Monday]),
            range=RecurrenceRange(
                type=RecurrenceRangeType.Numbered,
                start_date=datetime.date(2026, 3, 23),
                number_of_occurrences=4,
            ),
        ),
    )


async def shown(mailbox):
    return (await mailbox.calendar_view.get(WINDOW)).value


async def series(mailbox):
    (found,) = (await mailbox.events.get()).value
    return found


def starts(events):
    return [one.start.date_time[:16] for one in sorted(events, key=lambda one: one.start.date_time)]


def test_a_recurring_meeting_from_invitation_to_cancellation(run, people):
    async def work(ada, ben, cleo, dan):
        event = await ada.events.post(stand_up(*people[1:]))
        seen = {"before": [starts(await shown(one)) for one in (ada, ben, cleo, dan)]}
        requests = (await ben.mail_folders.by_mail_folder_id("inbox").messages.get()).value
        seen["request"] = [(type(one), one.meeting_message_type.value) for one in requests]

        copies = [(await series(one)).id for one in (ben, cleo, dan)]
        await ben.events.by_event_id(copies[0]).accept.post(AcceptPostRequestBody(comment="Yes", send_response=True))
        await cleo.events.by_event_id(copies[1]).tentatively_accept.post(
            TentativelyAcceptPostRequestBody(comment="Perhaps", send_response=True)
        )
        await dan.events.by_event_id(copies[2]).decline.post(DeclinePostRequestBody(comment="No", send_response=True))
        tracked = await ada.events.by_event_id(event.id).get()
        seen["answers"] = [one.status.response.value for one in tracked.attendees]
        seen["busy"] = [(await series(one)).show_as.value for one in (ben, cleo)]
        seen["dan"] = await shown(dan)
        replies = (await ada.mail_folders.by_mail_folder_id("inbox").messages.get()).value
        seen["replies"] = sorted((one.subject, one.response_type.value) for one in replies)
        seen["kinds"] = {type(one) for one in replies}

        third = sorted(await shown(ada), key=lambda one: one.start.date_time)[2]
        moved = Event(start=moment("2026-04-07T14:00:00"), end=moment("2026-04-07T14:30:00"))
        await ada.events.by_event_id(third.id).patch(moved)
        seen["after"] = [starts(await shown(one)) for one in (ada, ben, cleo)]

        await ada.events.by_event_id(event.id).cancel.post(CancelPostRequestBody(comment="The project is over"))
        seen["organizer"] = await shown(ada)
        seen["cancelled"] = [{one.is_cancelled for one in await shown(each)} for each in (ben, cleo)]
        latest = (await ben.messages.get()).value[0]
        seen["last"] = (latest.subject, latest.meeting_message_type.value, latest.body_preview)
        return seen

    seen = run(work)
    nine = ["2026-03-23T08:00", "2026-03-30T07:00", "2026-04-06T07:00", "2026-04-13T07:00"]
    assert seen["before"] == [nine] * 4
    assert seen["request"] == [(EventMessageRequest, "meetingRequest")]
    assert seen["answers"] == ["accepted", "tentativelyAccepted", "declined"]
    assert seen["busy"] == ["busy", "tentative"]
    assert seen["dan"] == []
    assert seen["replies"] == [
        ("Accepted: Stand-up", "accepted"),
        ("Declined: Stand-up", "declined"),
        ("Tentative: Stand-up", "tentativelyAccepted"),
    ]
    assert seen["kinds"] == {EventMessageResponse}
    assert seen["after"] == [["2026-03-23T08:00", "2026-03-30T07:00", "2026-04-07T12:00", "2026-04-13T07:00"]] * 3
    assert seen["organizer"] == []
    assert seen["cancelled"] == [{True}, {True}]
    assert seen["last"] == ("Canceled: Stand-up", "meetingCancelled", "The project is over")


def test_free_and_busy_times(run, people):
    async def work(ada, ben, cleo, dan):
        await ben.events.post(stand_up())
        body = GetSchedulePostRequestBody(
            schedules=[people[1].upn, "nobody@" + people[1].upn.partition("@")[2]],
            start_time=moment("2026-03-30T08:00:00"),
            end_time=moment("2026-03-30T11:00:00"),
            availability_view_interval=30,
        )
        return (await ada.calendar.get_schedule.post(body)).value

    ben, nobody = run(work)
    assert ben.availability_view == "002000"
    assert nobody.error.response_code == "5009"


def test_the_handles(outlook365, people):
    ada, ben, cleo, _ = people
    event = ada.calendar.add_event(subject="Lunch", start="+1d 12:00", attendees=[ben, cleo])
    ben.respond(event, "accept", "Gladly")
    (mine,) = ada.calendar.events("-1d", "3d")
    assert mine.responses == {ben.mail: "accepted", cleo.mail: "none"}
    (copy,) = ben.calendar.events("-1d", "3d")
    assert (copy.response, copy.show_as, copy.ical_uid) == ("accepted", "busy", event.ical_uid)
    assert ada.mailbox.inbox.subjects == ["Accepted: Lunch"]
    outside = ada.calendar.add_event(subject="Visit", start="+2d 12:00", attendees=["zoe@partner.example"])
    answered = ada.calendar.receive_reply(outside, "zoe@partner.example", "decline", "Another day?")
    assert answered.responses == {"zoe@partner.example": "declined"}
    assert ada.mailbox.inbox.subjects[0] == "Declined: Visit"
    assert cleo.calendar.fill(weeks=1, seed=7) > 5
    with pytest.raises(ValueError, match="response"):
        ben.respond(event, "acept")
