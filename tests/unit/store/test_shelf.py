"""A table: records by key, with further unique keys."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.store.shelf import Table, Taken


class Row(NamedTuple):
    key: str
    names: tuple[str, ...]


def make() -> Table[Row]:
    return Table(lambda row: row.key, {"name": lambda row: row.names})


def test_looking_up() -> None:
    table = make()
    row = Row("1", ("a", "b"))
    assert table.put(row) is None
    assert table.get("1") is table.find("name", "a") is table.find("name", "b") is row
    assert table.find("name", "c") is None
    assert "1" in table
    assert 1 not in table
    assert list(table) == [row]


def test_a_new_record_takes_the_old_names_along() -> None:
    table = make()
    old, new = Row("1", ("a", "b")), Row("1", ("b", "c"))
    table.put(old)
    assert table.put(new) is old
    assert table.find("name", "a") is None
    assert table.find("name", "c") is new
    assert len(table) == 1


def test_a_name_that_is_taken_changes_nothing() -> None:
    table = make()
    table.put(Row("1", ("a",)))
    table.put(Row("2", ("b",)))
    with pytest.raises(Taken, match="'a'"):
        table.put(Row("2", ("c", "a")))
    assert table.find("name", "b") == Row("2", ("b",))
    assert table.find("name", "c") is None


def test_removing_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        make().remove(Row("1", ()))


ROWS = st.builds(Row, st.sampled_from("123"), st.lists(st.sampled_from("abcd"), max_size=3).map(tuple))


@given(st.lists(st.tuples(st.sampled_from(["put", "remove", "restore"]), ROWS)))
def test_the_index_is_what_a_search_finds(steps: list[tuple[str, Row]]) -> None:
    table, kept = make(), make().state()
    for step, row in steps:
        try:
            if step == "put":
                table.put(row)
            elif step == "remove":
                table.remove(row)
            else:
                kept, before = table.state(), kept
                table.restore(before)
        except (Taken, KeyError):
            pass
        for name in "abcd":
            assert table.find("name", name) == next((one for one in table if name in one.names), None)
