"""The page at `/` of the HTTP port."""

from typing import Any

Api = Any


def test_the_page_says_what_this_is_and_keeps_secrets(api: Api, world: str) -> None:
    response = api.send("GET", "/")
    page = response.body.decode()
    assert response.status == 200
    assert dict(response.headers)["Content-Type"] == "text/html; charset=utf-8"
    assert "http://127.0.0.1:8365" in page
    assert world.rpartition("/")[2] in page
    assert "&lt;ada&gt;" in page
    assert "not for the page" not in page
    assert api.send("POST", "/").status == 405


def test_the_links_of_the_page_lead_somewhere(api: Api) -> None:
    page = api.send("GET", "/").body.decode()
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    assert links
    assert all(api.send("GET", link).status == 200 for link in links)
