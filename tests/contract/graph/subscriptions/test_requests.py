"""Bodies that no client should send: every one is refused in Graph's words, none fails."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RESOURCES = st.one_of(
    st.text(max_size=60),
    st.from_regex(
        r"/?(me|users/[a-z@.%'()]{0,9})/(messages|events|mailFolders\('?[a-z%]{0,6}'?\)/messages)", fullmatch=True
    ),
    st.from_regex(r"me/messages\?(\$(filter|select|expand|top)=[a-zA-Z0-9 '()=,&$]{0,20})", fullmatch=True),
)
URLS = st.one_of(st.text(max_size=40), st.from_regex(r"https?://[a-z0-9.:@\[\]]{0,20}(/[a-z?#&=]*)?", fullmatch=True))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = (
    "changeType notificationUrl lifecycleNotificationUrl resource expirationDateTime clientState includeResourceData "
    "encryptionCertificate encryptionCertificateId latestSupportedTlsVersion notificationQueryOptions id"
).split()
GARBAGE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def refused(graph: Any, org: Any, body: Any) -> None:
    answer = graph.post("/subscriptions", body, as_=org.ada)
    assert 400 <= answer.status < 500 or answer.status == 501, (body, answer.body)
    assert answer.json["error"]["code"]
    assert answer.entry.reason


@pytest.fixture
def closed(endpoint: Any) -> Any:
    """Nobody validates: whatever is right otherwise fails there."""
    endpoint.on_handshake = lambda token: (403, "text/plain", "")


@GARBAGE
@given(resource=RESOURCES)
def test_resources(graph: Any, org: Any, body: Any, closed: Any, resource: str) -> None:
    refused(graph, org, body(resource))


@GARBAGE
@given(url=URLS)
def test_urls(graph: Any, org: Any, body: Any, url: str) -> None:
    refused(graph, org, body(notificationUrl=url, lifecycleNotificationUrl="http://elsewhere.example/"))


@GARBAGE
@given(members=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4))
def test_members(graph: Any, org: Any, body: Any, closed: Any, members: dict[str, Any]) -> None:
    refused(graph, org, {**body(), **members})


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-02", "2026-13-01T00:00:00Z", "-1", "∞"]
)
def test_instants(graph: Any, org: Any, body: Any, closed: Any, text: str) -> None:
    refused(graph, org, body(expirationDateTime=text))
