"""Bodies as a client sees them: unsafe HTML, and what is new in an answer; reference graph-mail 3."""

from email import message_from_bytes
from typing import Any

import pytest

UNSAFE = '<html><body><p onclick="x()">Hi</p><script>alert(1)</script></body></html>'
SAFE = "<html><body><p>Hi</p></body></html>"
ALLOW = [("Prefer", "outlook.allow-unsafe-html")]
SEPARATORS = (
    '<hr style="display:inline-block" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">Old</div>',
    '<div id="x_appendonsend"></div>Old',
    '<div class="gmail_quote">Old</div>',
    '<blockquote type="cite">Old</blockquote>',
)


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def create(me: Any) -> Any:
    """Create a draft with a body and return its path."""

    def make(content: str, kind: str = "html", **members: Any) -> str:
        body = {"body": {"contentType": kind, "content": content}, **members}
        return f"/messages/{me('POST', '/messages', body).json['id']}"

    return make


class TestUnsafe:
    def test_it_is_left_out_unless_allowed(self, me: Any, create: Any) -> None:
        path = create(UNSAFE)
        assert me("GET", path).json["body"]["content"] == SAFE
        assert me("GET", path, headers=ALLOW).json["body"]["content"] == UNSAFE
        assert me("GET", path).json["bodyPreview"] == "Hi"

    def test_mime_has_it(self, me: Any, create: Any) -> None:
        out = message_from_bytes(me("GET", f"{create(UNSAFE)}/$value").body)
        html = next(part for part in out.walk() if part.get_content_type() == "text/html")
        assert html.get_payload(decode=True) == UNSAFE.encode()

    def test_other_changes_keep_it(self, me: Any, create: Any) -> None:
        path = create(UNSAFE)
        me("PATCH", path, {"isRead": False, "categories": ["a"]})
        moved = me("POST", f"{path}/move", {"destinationId": "inbox"}).json["id"]
        assert me("GET", f"/messages/{moved}", headers=ALLOW).json["body"]["content"] == UNSAFE

    def test_another_body_replaces_it(self, me: Any, create: Any) -> None:
        path = create(UNSAFE)
        me("PATCH", path, {"body": {"contentType": "html", "content": SAFE}})
        assert me("GET", path, headers=ALLOW).json["body"]["content"] == SAFE

    def test_it_is_delivered(self, me: Any, graph: Any, org: Any, create: Any, mail: Any) -> None:
        path = create(UNSAFE, **mail("ben@contoso.example"))
        me("POST", f"{path}/send")
        got = f"/users/{org.ben.id}/messages/{graph.inbox(org.ben)[0]['id']}"
        assert graph.get(got).json["body"]["content"] == SAFE
        assert graph.get(got, headers=ALLOW).json["body"]["content"] == UNSAFE


class TestUniqueBody:
    @pytest.mark.parametrize("separator", SEPARATORS)
    def test_without_the_thread(self, me: Any, create: Any, separator: str) -> None:
        path = create(f"<html><body><p>New</p>{separator}</body></html>")
        found = me("GET", f"{path}?$select=uniqueBody").json["uniqueBody"]
        assert found == {"contentType": "html", "content": "<html><body><p>New</p></body></html>"}

    @pytest.mark.parametrize("separator", ["_" * 32, "-----Original Message-----"])
    def test_of_text(self, me: Any, create: Any, separator: str) -> None:
        path = create(f"New\r\n\r\n{separator}\r\nFrom: a\r\n\r\nOld", "text")
        assert me("GET", f"{path}?$select=uniqueBody").json["uniqueBody"]["content"] == "New"

    def test_as_preferred(self, me: Any, create: Any) -> None:
        path = create(f"<html><body><p>New</p>{SEPARATORS[0]}</body></html>")
        text = [("Prefer", 'outlook.body-content-type="text"')]
        found = me("GET", f"{path}?$select=uniqueBody", headers=text).json["uniqueBody"]
        assert found == {"contentType": "text", "content": "New"}

    def test_of_an_answer_it_is_the_comment(self, me: Any, create: Any) -> None:
        path = create("<p>Old</p>")
        draft = me("POST", f"{path}/createReply", {"comment": "Mine"}).json["id"]
        found = me("GET", f"/messages/{draft}?$select=uniqueBody").json["uniqueBody"]["content"]
        assert "Mine" in found
        assert "Old" not in found
