"""Profile photos of users: get, set, delete.

Graph pages profilephoto-get, profilephoto-update, profilephoto-delete. A photo is kept as it was sent; Exchange makes a
picture of each smaller size of it, and here every size has the same picture.
"""

from hashlib import sha256
from typing import Any

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Document, Text
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.pictures import picture_of
from outlook365_emulator.store.blobs import THRESHOLD, Blob
from outlook365_emulator.store.records.directory import Photo, User

SIZES = (48, 64, 96, 120, 240, 360, 432, 504, 648)
"""Edges in pixels of the square pictures that Microsoft 365 keeps (page profilephoto-get)."""


def sizes_of(photo: Photo) -> list[tuple[int, int]]:
    """Return width and height of each size in which a photo can be had, the smallest first; never larger than it is."""
    found = [(edge, edge) for edge in SIZES if edge <= min(photo.width, photo.height)]
    return found or [(photo.width, photo.height)]


@operation("GET /users/{user}/photo", least="User.Read", workload="directory")
def get_photo(call: Call, user: User) -> Document:
    """Get the metadata of a user's photo in its largest size.

    Raises:
        GraphError: `photo_not_found`.
    """
    photo = _photo(call, user)
    return Document(body=_metadata(photo, sizes_of(photo)[-1]), context=f"users('{user.id}')/photo/$entity")


@operation("GET /users/{user}/photo/$value", least="User.Read", workload="directory")
def get_photo_content(call: Call, user: User) -> Text:
    """Get a user's photo.

    Raises:
        GraphError: `photo_not_found`.
    """
    return _content(call, _photo(call, user))


@operation("GET /users/{user}/photos", least="User.Read", workload="directory")
def list_sizes(call: Call, user: User) -> Document:
    """List the sizes in which a user's photo can be had."""
    photo = call.tenant.photos.get(user.id)
    rows = [] if photo is None else [_metadata(photo, size) for size in sizes_of(photo)]
    return Document(body={"value": rows}, context=f"users('{user.id}')/photos")


@operation("GET /users/{user}/photos/{size}", least="User.Read", workload="directory")
def get_size(call: Call, user: User, size: str) -> Document:
    """Get the metadata of a user's photo in one size, `48x48`.

    Raises:
        GraphError: `photo_not_found`.
    """
    photo, found = _sized(call, user, size)
    return Document(body=_metadata(photo, found), context=f"users('{user.id}')/photos/$entity")


@operation("GET /users/{user}/photos/{size}/$value", least="User.Read", workload="directory")
def get_size_content(call: Call, user: User, size: str) -> Text:
    """Get a user's photo in one size.

    Raises:
        GraphError: `photo_not_found`.
    """
    photo, _ = _sized(call, user, size)
    return _content(call, photo)


@operation("PUT /users/{user}/photo/$value", least="User.ReadWrite", workload="directory")
def set_photo(call: Call, user: User) -> Text:
    """Set a user's photo, a JPEG, PNG or GIF of less than 4 MB.

    Raises:
        GraphError: `directory_request_invalid` where the body is no such picture.
    """
    content = call.request.body
    picture = picture_of(content)
    if picture is None:
        because = f"the body of {len(content)} bytes is no JPEG, PNG or GIF"
        raise graph_error("directory_request_invalid", detail="The image is not valid.", because=because)
    photo = Photo(
        user=user.id,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        etag=sha256(content).hexdigest()[:8].upper(),
        content=call.world.blobs.add(content) if len(content) > THRESHOLD else content,
    )
    call.unit.put(call.tenant.photos, photo)
    return Text(b"")


@operation("PATCH /users/{user}/photo/$value", least="User.ReadWrite", workload="directory")
def change_photo(call: Call, user: User) -> Text:
    """Set a user's photo, as `PUT` does."""
    return set_photo(call, user)


@operation("DELETE /users/{user}/photo/$value", least="User.ReadWrite", workload="directory")
def delete_photo(call: Call, user: User) -> Text:
    """Take a user's photo away.

    Raises:
        GraphError: `photo_not_found`.
    """
    call.unit.remove(call.tenant.photos, _photo(call, user))
    return Text(b"")


def _photo(call: Call, user: User) -> Photo:
    found = call.tenant.photos.get(user.id)
    if found is None:
        raise _absent(f"{user.user_principal_name} has no photo: set one with PUT /users/{{id}}/photo/$value")
    return found


def _sized(call: Call, user: User, size: str) -> tuple[Photo, tuple[int, int]]:
    photo = _photo(call, user)
    for width, height in sizes_of(photo):
        if size.lower() == f"{width}x{height}":
            return photo, (width, height)
    known = ", ".join(f"{width}x{height}" for width, height in sizes_of(photo))
    raise _absent(f"the photo of {user.user_principal_name} cannot be had in {size!r}, only in {known}")


def _absent(because: str) -> GraphError:
    return graph_error("photo_not_found", because=because)


def _metadata(photo: Photo, size: tuple[int, int]) -> dict[str, Any]:
    return {
        "@odata.mediaContentType": photo.media_type,
        "@odata.mediaEtag": f'"{photo.etag}"',
        "id": f"{size[0]}x{size[1]}",
        "height": size[1],
        "width": size[0],
    }


def _content(call: Call, photo: Photo) -> Text:
    held = photo.content
    return Text(call.world.blobs.read(held) if isinstance(held, Blob) else held, photo.media_type)
