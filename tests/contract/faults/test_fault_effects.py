"""Services that behave differently for a request: what Graph and Entra do when a fault says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from outlook365_emulator.client import BadDocument


def mail_to(address: str, subject: str = "Hello") -> dict[str, Any]:
    return {"message": {"subject": subject, "toRecipients": [{"emailAddress": {"address": address}}]}}


class TestStaleRead:
    def test_what_was_created_a_moment_ago_is_not_there_yet(self, place: Any) -> None:
        made = place.graph("POST", f"{place.mailbox}/messages", json={"subject": "New"}).json()
        place.faults.add(kind="stale_read", seconds=30, match={"operation": "mail.*", "method": "GET"})
        assert place.graph("GET", f"{place.mailbox}/messages").json()["value"] == []
        assert place.graph("GET", f"{place.mailbox}/messages/{made['id']}").status_code == 404
        place.world.clock.advance(seconds=31)
        assert place.graph("GET", f"{place.mailbox}/messages/{made['id']}").json()["subject"] == "New"
        assert len(place.graph("GET", f"{place.mailbox}/messages").json()["value"]) == 1

    def test_writing_sees_what_is(self, place: Any) -> None:
        made = place.graph("POST", f"{place.mailbox}/messages", json={"subject": "New"}).json()
        place.faults.add(kind="stale_read", seconds=30)
        changed = place.graph("PATCH", f"{place.mailbox}/messages/{made['id']}", json={"subject": "Newer"})
        assert changed.json()["subject"] == "Newer"


class TestShortPages:
    def test_nothing_is_lost_between_short_pages(self, place: Any, inbox: Callable[[int], list[str]]) -> None:
        subjects = inbox(7)
        place.faults.add(kind="short_pages", items=2)
        link, found, pages = f"{place.mailbox}/messages?$top=5", [], 0
        while link:
            page = place.graph("GET", link).json()
            assert len(page["value"]) <= 2
            found += [one["subject"] for one in page["value"]]
            link, pages = page.get("@odata.nextLink", ""), pages + 1
        assert found == subjects[::-1]
        assert pages == 4

    def test_delta_too(self, place: Any, inbox: Callable[[int], list[str]]) -> None:
        inbox(5)
        place.faults.add(kind="short_pages", items=2)
        page = place.graph("GET", f"{place.mailbox}/mailFolders/inbox/messages/delta").json()
        assert len(page["value"]) == 2
        assert "@odata.nextLink" in page


def test_delivery_is_delayed_and_the_copy_is_not(place: Any) -> None:
    ben = place.tenant.add_user("ben")
    place.faults.add(kind="delayed_delivery", seconds=120)
    sent = place.graph("POST", f"{place.mailbox}/sendMail", json=mail_to(ben.upn))
    assert sent.status_code == 202
    place.faults.clear()

    def subjects(user: Any, folder: str) -> list[str]:
        rows = place.graph("GET", f"/users/{user.upn}/mailFolders/{folder}/messages").json()["value"]
        return [row["subject"] for row in rows]

    assert subjects(place.ada, "sentitems") == ["Hello"]
    assert subjects(ben, "inbox") == []
    place.world.clock.advance(minutes=2)
    assert subjects(ben, "inbox") == ["Hello"]


def test_a_delta_token_is_gone_until_the_client_begins_anew(place: Any, inbox: Callable[[int], list[str]]) -> None:
    inbox(2)
    path = f"{place.mailbox}/mailFolders/inbox/messages/delta"
    link = place.graph("GET", path).json()["@odata.deltaLink"]
    place.faults.add(kind="delta_reset", times=1)
    gone = place.graph("GET", link)
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "SyncStateNotFound")
    assert gone.headers["location"].endswith("/delta")
    assert place.graph("GET", link).status_code == 410
    again = place.graph("GET", path).json()
    assert len(again["value"]) == 2
    assert place.graph("GET", again["@odata.deltaLink"]).status_code == 200


def test_ids_change_and_immutable_ids_stay(place: Any, inbox: Callable[[int], list[str]]) -> None:
    inbox(1)
    immutable = {"Prefer": 'IdType="ImmutableId"'}
    before = place.graph("GET", f"{place.mailbox}/messages").json()["value"][0]["id"]
    kept = place.graph("GET", f"{place.mailbox}/messages", headers=immutable).json()["value"][0]["id"]
    place.faults.add(kind="changed_ids", times=1)
    assert place.graph("GET", f"{place.mailbox}/messages/{before}").status_code == 404
    after = place.graph("GET", f"{place.mailbox}/messages").json()["value"][0]["id"]
    assert after != before
    assert place.graph("GET", f"{place.mailbox}/messages/{kept}", headers=immutable).status_code == 200


def test_an_upload_session_is_lost_for_good(place: Any) -> None:
    draft = place.graph("POST", f"{place.mailbox}/messages", json={"subject": "Draft"}).json()["id"]
    item = {"AttachmentItem": {"attachmentType": "file", "name": "a.bin", "size": 4_000_000}}
    session = place.graph("POST", f"{place.mailbox}/messages/{draft}/attachments/createUploadSession", json=item)
    url = session.json()["uploadUrl"]

    def put(first: int, last: int) -> int:
        headers = {"Content-Range": f"bytes {first}-{last}/4000000", "Content-Type": "application/octet-stream"}
        return httpx.put(url, content=b"x" * (last - first + 1), headers=headers, trust_env=False).status_code

    assert put(0, 99_999) == 200
    place.faults.add(kind="upload_lost", times=1)
    assert put(100_000, 199_999) == 404
    assert put(100_000, 199_999) == 404


class TestClockSkew:
    def test_tokens_begin_in_the_future(self, place: Any) -> None:
        place.faults.add(kind="clock_skew", seconds=900, match={"operation": "token.*"})
        answer = place.ask_token()
        assert answer.headers["date"] == "Mon, 02 Mar 2026 09:15:00 GMT"
        place.token = answer.json()["access_token"]
        assert place.graph("GET", f"{place.mailbox}/messages").status_code == 401

    @pytest.mark.parametrize(("seconds", "status"), [(0, 200), (3600, 401), (-3600, 401)])
    def test_assertions_are_judged_by_the_other_clock(
        self, place: Any, assertion: Callable[[Any, str], dict[str, str]], seconds: float, status: int
    ) -> None:
        app = place.tenant.add_app(auth="client_certificate", permissions=["Mail.Read"])
        form = place.token_form | {"client_id": app.client_id}
        form.pop("client_secret")
        form |= assertion(app, place.tenant.id)
        if seconds:
            place.faults.add(kind="clock_skew", seconds=seconds)
        answer = httpx.post(place.token_url, data=form, trust_env=False)
        assert answer.status_code == status, answer.text
        if status == 401:
            assert 700024 in answer.json()["error_codes"]


class TestRateLimit:
    def ask(self, place: Any) -> tuple[int, list[str]]:
        got = place.raw("GET", f"{place.mailbox}/messages")
        names = ("retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
        return got.status, [value for name in names for value in got.fields(name)]

    def test_it_warns_before_it_refuses_until_its_time_is_over(self, place: Any) -> None:
        fault = place.faults.add(kind="rate_limit", requests=5, seconds=60)
        assert [self.ask(place) for _ in range(3)] == [(200, [])] * 3
        place.world.clock.advance(seconds=20)
        assert self.ask(place) == (200, ["5", "1", "40"])
        assert self.ask(place) == (200, ["5", "0", "40"])
        assert self.ask(place) == (429, ["40", "5", "0", "40"])
        assert place.faults[fault.name].served == 3, "what passes unchanged is not served"
        place.world.clock.advance(seconds=40)
        assert self.ask(place) == (200, [])

    def test_another_fault_may_serve_what_it_lets_pass(self, place: Any) -> None:
        place.faults.add(kind="rate_limit", requests=10)
        place.faults.add("service_unavailable", times=1)
        assert [self.ask(place)[0] for _ in range(2)] == [503, 200]


def test_an_expired_next_link(place: Any, inbox: Callable[[int], list[str]]) -> None:
    inbox(3)
    place.faults.add("skip_token_invalid", match={"query": {"$skip": "*"}}, times=1)
    page = place.graph("GET", f"{place.mailbox}/messages?$top=2").json()
    assert place.graph("GET", page["@odata.nextLink"]).json()["error"]["code"] == "BadRequest"
    assert place.graph("GET", page["@odata.nextLink"]).status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("throttled", 429, "ApplicationThrottled"),
        ("service_unavailable", 503, "ServiceUnavailable"),
        ("gateway_timeout", 504, "UnknownError"),
        ("internal_error", 500, "ErrorInternalServerError"),
        ("inefficient_filter", 400, "InefficientFilter"),
        ("quota_exceeded", 507, "ErrorQuotaExceeded"),
        ("mailbox_not_enabled", 404, "MailboxNotEnabledForRESTAPI"),
        ("mailbox_store_unavailable", 503, "ErrorMailboxStoreUnavailable"),
    ],
)
def test_errors_of_the_table(place: Any, error: str, status: int, code: str) -> None:
    place.faults.add(error)
    answer = place.graph("GET", f"{place.mailbox}/messages")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "error",
    ["token_empty", "token_malformed", "token_expired", "audience_invalid", "signature_invalid", "validation_failure"],
)
def test_every_401_says_how_to_sign_in(place: Any, error: str) -> None:
    place.faults.add(error)
    answer = place.graph("GET", f"{place.mailbox}/messages")
    assert answer.status_code == 401
    assert 'authorization_uri="' in answer.headers["www-authenticate"]


def test_a_claims_challenge(place: Any) -> None:
    place.faults.add("access_evaluation_challenge", params={"reason": "TokenIssuedBeforeRevocationTimestamp"})
    answer = place.graph("GET", f"{place.mailbox}/messages")
    assert answer.status_code == 401
    assert 'error="insufficient_claims", claims="' in answer.headers["www-authenticate"]


def test_retry_after_as_a_date_of_the_worlds_time(place: Any) -> None:
    place.faults.add("throttled", retry_after=90, retry_after_as="date")
    assert place.graph("GET", f"{place.mailbox}/messages").headers["retry-after"] == "Mon, 02 Mar 2026 09:01:30 GMT"


def test_a_misspelt_operation_is_refused_with_the_nearest(place: Any) -> None:
    with pytest.raises(BadDocument, match=r"mail\.messages\.list"):
        place.faults.add("throttled", match={"operation": "mail.mesages.list"})


def test_time_is_the_worlds(place: Any) -> None:
    place.faults.add("service_unavailable", until=timedelta(minutes=10))
    assert place.graph("GET", f"{place.mailbox}/messages").status_code == 503
    place.world.clock.advance(minutes=10)
    assert place.graph("GET", f"{place.mailbox}/messages").status_code == 200
