"""The unmodified msgraph-sdk on a calendar: a series over a change of the clocks, one occurrence moved, one deleted."""

import asyncio
import datetime

import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.calendar import Calendar
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_type import EventType
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.patterned_recurrence import PatternedRecurrence
from msgraph.generated.models.recurrence_pattern import RecurrencePattern
from msgraph.generated.models.recurrence_pattern_type import RecurrencePatternType
from msgraph.generated.models.recurrence_range import RecurrenceRange
from msgraph.generated.models.recurrence_range_type import RecurrenceRangeType
from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import CalendarViewRequestBuilder
from msgraph.generated.users.item.calendar_view.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.users.item.events.item.instances.instances_request_builder import InstancesRequestBuilder

WINDOW = {"start_date_time": "2026-03-20T00:00:00Z", "end_date_time": "2026-04-20T00:00:00Z"}


@pytest.fixture
def run(outlook365):
    """Runs a coroutine function with a client, and the name of a person."""
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Calendars.ReadWrite"])
    ada = outlook365.tenant.add_user("ada")

    async def session(credential, work):
        client = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
        return await work(client.users.by_user_id(ada.upn))

    def call(work):
        credential = ClientSecretCredential(app.tenant_id, app.client_id, app.client_secret)
        with credential:
            return asyncio.run(session(credential, work))

    return call


def moment(text, zone="Europe/Berlin"):
    return DateTimeTimeZone(date_time=text, time_zone=zone)


def weekly():
    """Every Monday at nine in Berlin, from 23 March 2026, four times: the clocks change on the 29th."""
    pattern = RecurrencePattern(
        type=RecurrencePatternType.Weekly,
        interval=1,
        days_of_week=[DayOfWeek.Monday],
        first_day_of_week=DayOfWeek.Monday,
    )
    limits = RecurrenceRange(
        type=RecurrenceRangeType.Numbered, start_date=datetime.date(2026, 3, 23), number_of_occurrences=4
    )
    return Event(
        subject="Planning",
        body=ItemBody(content_type=BodyType.Html, content="<p>Agenda</p>"),
        start=moment("2026-03-23T09:00:00"),
        end=moment("2026-03-23T10:00:00"),
        recurrence=PatternedRecurrence(pattern=pattern, range=limits),
    )


async def view(user):
    query = CalendarViewRequestBuilder.CalendarViewRequestBuilderGetQueryParameters(**WINDOW)
    found = await user.calendar_view.get(RequestConfiguration(query_parameters=query))
    return found.value


def test_a_series_over_a_change_of_the_clocks(run):
    async def work(user):
        master = await user.events.post(weekly())
        assert master.type == EventType.SeriesMaster
        assert master.recurrence.range.number_of_occurrences == 4
        starts = [one.start.date_time[:16] for one in await view(user)]
        assert starts == ["2026-03-23T08:00", "2026-03-30T07:00", "2026-04-06T07:00", "2026-04-13T07:00"]

        _, second, third, _ = await view(user)
        moved = Event(start=moment("2026-03-31T15:00:00"), end=moment("2026-03-31T16:00:00"))
        changed = await user.events.by_event_id(second.id).patch(moved)
        assert (changed.type, changed.id) == (EventType.Exception, second.id)
        await user.events.by_event_id(third.id).delete()
        query = InstancesRequestBuilder.InstancesRequestBuilderGetQueryParameters(**WINDOW)
        instances = await user.events.by_event_id(master.id).instances.get(RequestConfiguration(query_parameters=query))
        assert [one.type for one in instances.value] == [
            EventType.Occurrence,
            EventType.Exception,
            EventType.Occurrence,
        ]
        with pytest.raises(ODataError) as caught:
            await user.events.by_event_id(third.id).get()
        assert caught.value.error.code == "ErrorItemNotFound"

        await user.events.by_event_id(master.id).delete()
        assert await view(user) == []

    run(work)


def test_calendars_and_their_events(run):
    async def work(user):
        calendar = await user.calendars.post(Calendar(name="Trips"))
        event = Event(subject="Oslo", start=moment("2026-04-02T09:00:00"), end=moment("2026-04-02T10:00:00"))
        made = await user.calendars.by_calendar_id(calendar.id).events.post(event)
        found = await user.calendars.by_calendar_id(calendar.id).events.get()
        assert [one.id for one in found.value] == [made.id]
        assert (await user.events.get()).value == []
        names = [one.name for one in (await user.calendars.get()).value]
        assert names == ["Calendar", "Trips"]
        assert (await user.calendar.get()).is_default_calendar is True

    run(work)


def test_delta_of_a_view(run):
    async def work(user):
        await user.events.post(weekly())
        query = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(**WINDOW)
        found = await user.calendar_view.delta.get(RequestConfiguration(query_parameters=query))
        assert [one.type for one in found.value] == [EventType.SeriesMaster, *[EventType.Occurrence] * 4]
        single = Event(subject="Oslo", start=moment("2026-04-02T09:00:00"), end=moment("2026-04-02T10:00:00"))
        made = await user.events.post(single)
        later = await user.calendar_view.delta.with_url(found.odata_delta_link).get()
        assert [one.id for one in later.value] == [made.id]

    run(work)
