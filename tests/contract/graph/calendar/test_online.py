"""Online meetings: links, hosts by cloud, providers that a calendar does not allow."""

import pytest


class TestOnline:
    def test_teams_gives_a_link_and_a_block_in_the_body(self, cal):
        event = cal.event(isOnlineMeeting=True, body={"contentType": "text", "content": "Hello"})
        assert event["onlineMeetingProvider"] == "teamsForBusiness"
        url = event["onlineMeeting"]["joinUrl"]
        assert url.startswith("https://teams.microsoft.com/l/meetup-join/19%3ameeting_")
        assert cal.org.tenant.id in url
        assert url in event["body"]["content"]
        assert event["onlineMeetingUrl"] is None

    def test_it_cannot_be_taken_back_but_by_the_body(self, cal):
        event = cal.event(isOnlineMeeting=True)
        path = f"/me/events/{event['id']}"
        assert cal.patch(path, {"isOnlineMeeting": False}).json["isOnlineMeeting"] is True
        changed = cal.patch(path, {"body": {"contentType": "text", "content": "no link"}}).json
        assert (changed["isOnlineMeeting"], changed["onlineMeeting"]) == (False, None)

    def test_another_provider_is_silently_ignored(self, cal):
        event = cal.event(isOnlineMeeting=True, onlineMeetingProvider="skypeForConsumer")
        assert (event["isOnlineMeeting"], event["onlineMeeting"]) == (False, None)

    @pytest.mark.parametrize(
        ("cloud", "host"), [("usgov", "gov.teams.microsoft.us"), ("usgov_dod", "dod.teams.microsoft.us"), ("china", "")]
    )
    def test_the_host_is_that_of_the_cloud(self, new_graph, cloud, host):
        graph = new_graph(cloud)
        times = {"start": {"dateTime": "2026-03-02T09:00"}, "end": {"dateTime": "2026-03-02T10:00"}}
        body = {**times, "isOnlineMeeting": True}
        answer = graph.post("/me/events", body, as_=graph.org.ada, scopes=["Calendars.ReadWrite"])
        assert answer.status == 201, answer.body
        meeting = answer.json["onlineMeeting"]
        assert (meeting["joinUrl"].split("/")[2] if meeting else "") == host

    def test_a_view_shows_it_only_when_both_are_selected(self, cal):
        cal.event(isOnlineMeeting=True)
        window = ("2026-03-02", "2026-03-03")
        assert cal.view(*window, "&$select=onlineMeeting")[0]["onlineMeeting"] is None
        assert cal.view(*window, "&$select=onlineMeeting,isOnlineMeeting")[0]["onlineMeeting"]
        assert cal.view(*window)[0]["onlineMeeting"]
