"""`$search` over users: words of the display name, beginnings of anything else (page search-query-parameter)."""

from typing import Any

import pytest
from outlook365_emulator.directory.users import add_user

EVENTUAL = {"ConsistencyLevel": "eventual"}
NAMES = ("hello-world", "HelloWorld two", "hello123there", "李四(David Li)", r"O'Brien \ Co")


@pytest.fixture(scope="module")
def graph(new_driver: Any) -> Any:
    driver = new_driver()
    with driver.world.unit() as unit:
        for number, name in enumerate(NAMES):
            add_user(driver.world, driver.tenant, unit, f"u{number}", display_name=name)
    return driver


def found(graph: Any, search: str) -> set[str]:
    answer = graph("GET", "/users", params={"$search": search}, headers=EVENTUAL)
    assert answer.status_code == 200, answer.text
    return {one["userPrincipalName"].partition("@")[0] for one in answer.json()["value"]}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("hello", {"u0", "u1", "u2"}),
        ("world hello", {"u0", "u1"}),
        ("HelloWorld", {"u0", "u1"}),
        ("helloworld", {"u0"}),
        ("HELLOworld", {"u0"}),
        ("hello.world", {"u0", "u1"}),
        ("123", {"u2"}),
        ("there", {"u2"}),
        ("helloWORLD two", {"u1"}),
        ("李四", {"u3"}),
        ("David)", {"u3"}),
        ("Li 李", {"u3"}),
        ("ello", set()),
        ("brien", {"u4"}),
    ],
)
def test_words_of_a_display_name(graph: Any, words: str, names: set[str]) -> None:
    assert found(graph, f'"displayName:{words}"') == names


def test_other_properties_are_found_by_their_beginning(graph: Any) -> None:
    assert found(graph, '"mail:u1"') == {"u1"}
    assert found(graph, '"mail:contoso"') == set()
    assert found(graph, '"displayName:there" OR "mail:u1"') == {"u1", "u2"}
    assert found(graph, '"displayName:hello" AND ("mail:u0" OR "mail:u2")') == {"u0", "u2"}


def test_a_backslash_escapes(graph: Any) -> None:
    assert found(graph, r'"displayName:Co \\"') == {"u4"}
    assert found(graph, r'"displayName:\"brien\""') == {"u4"}
