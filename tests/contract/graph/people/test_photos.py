"""Photos: pages profilephoto-get, profilephoto-update, profilephoto-delete; reference graph-mail 18."""

import struct
from typing import Any

import pytest
from outlook365_emulator.directory.users import delete_user
from outlook365_emulator.graph.people import photos
from outlook365_emulator.store.blobs import Blob

covers = pytest.mark.covers.with_args


def png(width: int, height: int, *, filler: int = 0) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(filler)


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    def ask(method: str, path: str, content: bytes | None = None) -> Any:
        fields = [("Content-Type", "image/jpeg")] if content is not None else []
        return graph.ask(method, f"/me/{path}", as_=org.ada, scopes=["User.ReadWrite"], headers=fields, content=content)

    return ask


@covers(photos.get_photo, photos.get_photo_content, photos.list_sizes, photos.get_size, photos.get_size_content)
class TestGet:
    @pytest.mark.parametrize("path", ["photo", "photo/$value", "photos/48x48", "photos/48x48/$value"])
    def test_nobody_has_one_at_first(self, me: Any, path: str) -> None:
        answer = me("GET", path)
        assert (answer.status, answer.code) == (404, "ImageNotFound")
        assert "has no photo" in answer.entry.reason
        assert me("GET", "photos").values == []

    def test_of_nobody(self, graph: Any) -> None:
        assert graph.get("/users/nobody@contoso.example/photo").code == "Request_ResourceNotFound"

    def test_the_largest_size(self, me: Any, org: Any) -> None:
        me("PUT", "photo/$value", png(300, 250))
        found = me("GET", "photo").json
        assert found["@odata.context"].endswith(f"/$metadata#users('{org.ada.id}')/photo/$entity")
        assert (found["id"], found["width"], found["height"]) == ("240x240", 240, 240)
        assert found["@odata.mediaContentType"] == "image/png"
        assert len(found["@odata.mediaEtag"]) == 10
        content = me("GET", "photo/$value")
        assert (content.body, content.headers["content-type"]) == (png(300, 250), "image/png")

    def test_its_sizes(self, me: Any) -> None:
        me("PUT", "photo/$value", png(300, 250))
        assert [one["id"] for one in me("GET", "photos").values] == ["48x48", "64x64", "96x96", "120x120", "240x240"]
        assert me("GET", "photos/64X64").json["width"] == 64
        assert me("GET", "photos('64x64')/$value").body == png(300, 250)
        answer = me("GET", "photos/360x360/$value")
        assert (answer.status, answer.code) == (404, "ImageNotFound")
        assert "only in 48x48" in answer.entry.reason

    def test_a_small_one_has_its_own_size_only(self, me: Any) -> None:
        me("PUT", "photo/$value", png(40, 30))
        assert [one["id"] for one in me("GET", "photos").values] == ["40x30"]
        assert me("GET", "photo?$select=height").json["height"] == 30


@covers(photos.set_photo, photos.change_photo, photos.delete_photo)
class TestChange:
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_set_and_set_again(self, me: Any, graph: Any, org: Any, method: str) -> None:
        assert me("PUT", "photo/$value", png(50, 50)).status == 200
        first = me("GET", "photo").json["@odata.mediaEtag"]
        assert me(method, "photo/$value", png(60, 60)).status == 200
        assert me("GET", "photo").json["@odata.mediaEtag"] != first
        assert graph.get(f"/users/{org.ada.id}/photo/$value").body == png(60, 60)

    def test_a_large_one_lies_in_the_blobs(self, me: Any, org: Any) -> None:
        content = png(648, 648, filler=100_000)
        me("PUT", "photo/$value", content)
        assert isinstance(org.tenant.photos.get(org.ada.id).content, Blob)
        assert me("GET", "photos/648x648/$value").body == content

    def test_what_is_no_picture(self, me: Any) -> None:
        answer = me("PUT", "photo/$value", b"Binary data for the image")
        assert (answer.status, answer.code) == (400, "Request_BadRequest")
        assert "no JPEG, PNG or GIF" in answer.entry.reason
        assert me("GET", "photo").status == 404

    def test_delete(self, me: Any) -> None:
        me("PUT", "photo/$value", png(50, 50))
        assert me("DELETE", "photo/$value").status == 200
        assert me("GET", "photo").status == 404
        assert me("DELETE", "photo/$value").code == "ImageNotFound"

    def test_it_goes_with_the_user(self, me: Any, org: Any) -> None:
        me("PUT", "photo/$value", png(50, 50))
        with org.world.unit() as unit:
            delete_user(org.tenant, unit, org.ada)
        assert len(org.tenant.photos) == 0
