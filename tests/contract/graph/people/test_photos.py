"""Photos: nobody has one (reference graph-mail 18)."""

from typing import Any

import pytest
from outlook365_emulator.graph.people import photos

covers = pytest.mark.covers.with_args


@covers(photos.get_photo, photos.get_photo_content)
class TestPhoto:
    @pytest.mark.parametrize("path", ["/me/photo", "/me/photo/$value"])
    def test_of_oneself(self, graph: Any, org: Any, path: str) -> None:
        answer = graph.get(path, as_=org.ada, scopes=["User.Read"])
        assert (answer.status, answer.code) == (404, "ImageNotFound")
        assert "no photo" in answer.entry.reason

    def test_of_nobody(self, graph: Any) -> None:
        assert graph.get("/users/nobody@contoso.example/photo").code == "Request_ResourceNotFound"
