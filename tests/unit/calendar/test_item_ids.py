"""Ids of occurrences: a function of their series and day, as Exchange makes them (reference graph-calendar 5)."""

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.calendar.documents import uid_of_day
from outlook365_emulator.store.item_ids import IdMaker, MalformedId, read_id

IDS = IdMaker("48d31887-5fad-4d73-a9f5-3c356e68a038")
NUMBERS = st.integers(1, 2**48 - 1)
DAYS = st.dates(date(1601, 1, 1), date(4500, 9, 1)).map(date.toordinal)


def derived(master: str, day: date) -> str:
    """The reference's own derivation of an occurrence's id from its master's."""
    raw = base64.b64decode(master.replace("_", "+").replace("-", "/"))
    ticks = ((day - date(1, 1, 1)).days * 864_000_000_000).to_bytes(8, "big")
    body = b"\x08" + ticks + b"\x46" + raw[43:113] + b"\x10"
    made = base64.b64encode(raw[:40] + b"\x01" + len(body).to_bytes(2, "little") + body).decode()
    return made.replace("+", "_").replace("/", "-")


@given(calendar=NUMBERS, number=NUMBERS, attachment=NUMBERS, day=DAYS)
def test_it_is_derived_and_reads_back(calendar: int, number: int, attachment: int, day: int) -> None:
    made = IDS.occurrence(calendar, number, day)
    assert made == derived(IDS.item(calendar, number), date.fromordinal(day))
    assert len(made) == 168
    found = read_id(made)
    assert (found.kind, found.folder, found.number, found.day) == ("item", calendar, number, day)
    immutable = read_id(IDS.immutable_occurrence(number, day))
    assert (immutable.kind, immutable.number, immutable.day) == ("immutable", number, day)
    file = read_id(IDS.attachment(calendar, number, attachment, day))
    assert (file.kind, file.number, file.attachment, file.day) == ("attachment", number, attachment, day)


@given(at=st.integers(0, 123), value=st.integers(0, 255))
def test_a_changed_byte_is_malformed_or_another_id(at: int, value: int) -> None:
    raw = bytearray(base64.b64decode(IDS.occurrence(0x10D, 4711, 739_000).replace("_", "+").replace("-", "/")))
    before = raw[at]
    raw[at] = value
    text = base64.b64encode(bytes(raw)).decode().replace("+", "_").replace("/", "-")
    try:
        found = read_id(text)
    except MalformedId:
        return
    assert found.kind in ("item", "folder", "attachment", "immutable")
    assert value == before or text != IDS.occurrence(0x10D, 4711, 739_000)


def test_change_keys_of_events_have_32_characters() -> None:
    assert len(IDS.short_change_key(4711)) == 32


@pytest.mark.parametrize(("day", "part"), [(date(2024, 3, 9), "07E80309"), (date(1999, 12, 31), "07CF0C1F")])
def test_the_day_stands_in_the_uid(day: date, part: str) -> None:
    uid = "040000008200E00074C5B7101A82E008" + "0" * 80
    assert uid_of_day(uid, day.toordinal()) == uid[:32] + part + uid[40:]
    assert uid_of_day("from-elsewhere", day.toordinal()) == "from-elsewhere"
