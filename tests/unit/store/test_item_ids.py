"""Ids in Exchange's layout: reference graph-core 7."""

import base64
import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.store.item_ids import (
    IdMaker,
    MalformedId,
    conversation_id,
    conversation_index,
    read_id,
    thread_of,
)

GUID = "48d31887-5fad-4d73-a9f5-3c356e68a038"
IDS = IdMaker(GUID)
NUMBERS = st.integers(1, 2**48 - 1)


def plain(text: str) -> bytes:
    """The bytes of an id, read as the reference says: `-` for `/` and `_` for `+`."""
    return base64.b64decode(text.replace("-", "/").replace("_", "+"))


@given(folder=NUMBERS, number=NUMBERS, attachment=NUMBERS)
def test_an_id_says_what_it_was_made_of(folder: int, number: int, attachment: int) -> None:
    made = {
        IDS.folder(folder): ("folder", folder, folder, 0),
        IDS.item(folder, number): ("item", folder, number, 0),
        IDS.immutable(number): ("immutable", 0, number, 0),
        IDS.attachment(folder, number, attachment): ("attachment", folder, number, attachment),
        IDS.immutable_attachment(number, attachment): ("attachment", 0, number, attachment),
    }
    assert len(made) == 5
    for text, (kind, of, key, part) in made.items():
        found = read_id(text)
        assert (found.kind, found.folder, found.number, found.attachment) == (kind, of, key, part)
        assert found.replica == IDS.replica


@given(folder=NUMBERS, number=NUMBERS)
def test_documented_sizes_and_beginnings(folder: int, number: int) -> None:
    assert (len(IDS.folder(folder)), len(IDS.item(folder, number))) == (120, 152)
    assert IDS.folder(folder).startswith("AAMk")
    assert IDS.item(folder, number).startswith("AAMk")
    assert IDS.immutable(number).startswith("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0")
    assert conversation_id(GUID, bytes(16)).startswith("AAQk")
    assert IDS.attachment(folder, number, 1).startswith(IDS.item(folder, number)[:100])


def test_the_layout_of_a_folder() -> None:
    data = plain(IDS.folder(0x010C))
    assert data[:4] == bytes.fromhex("00032400")
    assert data[4:40].decode() == GUID
    assert int.from_bytes(data[41:43], "little") == 46
    assert data[-8:-2] == (0x010C).to_bytes(6, "big")


def test_the_layout_of_an_item() -> None:
    data = plain(IDS.item(0x010C, 0x1234))
    assert int.from_bytes(data[41:43], "little") == 70
    entry = data[43:]
    assert entry[22:38] == entry[46:62] == IDS.replica
    assert (entry[38:44], entry[62:68]) == ((0x010C).to_bytes(6, "big"), (0x1234).to_bytes(6, "big"))


@given(number=NUMBERS)
def test_ids_use_the_swapped_alphabet(number: int) -> None:
    for text in (IDS.item(number, number), IDS.immutable(number), conversation_id(GUID, number.to_bytes(16, "big"))):
        assert not set("+/") & set(text)


def test_a_change_key_is_standard_base64() -> None:
    data = base64.b64decode(IDS.change_key(7), validate=True)
    assert data == bytes.fromhex("0900000016000000") + IDS.replica + (7).to_bytes(6, "big")
    assert IDS.change_key(7).startswith("CQAAABYAAA")


def test_two_mailboxes_share_no_id() -> None:
    other = IdMaker("00000000-5fad-4d73-a9f5-3c356e68a038")
    assert other.replica != IDS.replica
    assert read_id(other.immutable(1)).replica == other.replica
    assert IdMaker(GUID).item(1, 2) == IDS.item(1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "inbox",
        "AAMk",
        "AAMkAD==",
        "é",
        "\x00",
        IDS.item(1, 2)[:-4],
        IDS.item(1, 2) + "AAAA",
        IDS.item(1, 2)[:-1],
        IDS.item(1, 2).lower(),
        IDS.item(1, 2) + " ",
        "\n" + IDS.item(1, 2),
        IDS.folder(1)[4:],
        IDS.immutable(1)[:-4],
        conversation_id(GUID, bytes(16)),
        IDS.change_key(1),
        "A" * 10_000,
    ],
)
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(MalformedId):
        read_id(text)


@given(text=st.text() | st.binary(max_size=150).map(lambda data: base64.b64encode(data).decode()))
def test_any_text_is_an_id_or_malformed(text: str) -> None:
    with pytest.raises(MalformedId):
        read_id(text)


@given(cut=st.integers(0, 151), letter=st.sampled_from("ABab09-_=+/ "))
def test_an_id_with_another_letter_never_fails_otherwise(cut: int, letter: str) -> None:
    text = IDS.item(0x010C, 0x1234)
    with contextlib.suppress(MalformedId):
        read_id(text[:cut] + letter + text[cut + 1 :])


@pytest.mark.parametrize("make", [IDS.folder, IDS.immutable, lambda number: IDS.item(number, number)])
def test_an_id_has_one_spelling(make: object) -> None:
    text = make(62)
    for other in {text.replace("-", "/"), text.replace("_", "+"), text.rstrip("=")} - {text}:
        with pytest.raises(MalformedId):
            read_id(other)


class TestConversation:
    AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    @given(thread=st.binary(min_size=16, max_size=16))
    def test_the_thread_is_in_the_index(self, thread: bytes) -> None:
        index = conversation_index(self.AT, thread)
        data = base64.b64decode(index, validate=True)
        assert (len(data), data[0]) == (22, 1)
        assert thread_of(index) == thread
        assert plain(conversation_id(GUID, thread)).endswith(thread)

    def test_the_instant_is_in_the_index(self) -> None:
        data = base64.b64decode(conversation_index(self.AT, bytes(16)))
        filetime = int.from_bytes(data[1:6] + bytes(3), "big")
        seconds = filetime / 10_000_000 - 11644473600
        assert 0 <= self.AT.timestamp() - seconds < 2

    def test_two_mailboxes_see_two_conversations(self) -> None:
        other = "00000000-5fad-4d73-a9f5-3c356e68a038"
        assert conversation_id(GUID, bytes(16)) != conversation_id(other, bytes(16))
