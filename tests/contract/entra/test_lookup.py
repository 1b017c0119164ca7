"""The look-up of an error, and the blank page."""

from typing import Any

import pytest


@pytest.mark.parametrize("code", ["50126", "AADSTS50126", "aadsts50126"])
def test_a_known_number_is_explained(browser: Any, code: str) -> None:
    page = browser.ask("GET", f"/error?code={code}")
    assert page.answer.status == 200
    assert "invalid username or password" in page.text


@pytest.mark.parametrize("code", ["", "1", "x", "<script>", "9" * 300, "٣"])
def test_anything_else_is_not(browser: Any, code: str) -> None:
    from urllib.parse import quote

    page = browser.ask("GET", f"/error?code={quote(code)}")
    assert page.answer.status == 200
    assert "<script>" not in page.text


def test_desktop_programs_are_sent_to_a_blank_page(browser: Any) -> None:
    page = browser.ask("GET", "/common/oauth2/nativeclient?code=x")
    assert page.answer.status == 200
    assert "<body></body>" in page.text
