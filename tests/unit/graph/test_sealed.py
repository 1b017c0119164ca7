"""Tokens that carry their state: bound to world and purpose, and not to be changed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.sealed import seal, unseal
from outlook365_emulator.store.world import World


class State(msgspec.Struct, array_like=True):
    number: int
    text: str = ""


WORLD, OTHER = (World(name, seed=1, nonce=name.encode()) for name in ("one", "two"))


def test_what_was_sealed_comes_back() -> None:
    token = seal(WORLD, "page", State(7, "é"))
    assert unseal(WORLD, "page", token, State) == State(7, "é")
    assert token.startswith(WORLD.key)
    assert token.count(".") == 1


@pytest.mark.parametrize(("world", "purpose"), [(OTHER, "page"), (WORLD, "delta")])
def test_it_belongs_to_one_world_and_purpose(world: World, purpose: str) -> None:
    assert unseal(world, purpose, seal(WORLD, "page", State(7)), State) is None


@given(st.integers(0, 200), st.characters(max_codepoint=0x17F))
def test_a_changed_token_is_none(place: int, character: str) -> None:
    token = seal(WORLD, "page", State(7, "text"))
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    # The last character of base64 may have bits that say nothing.
    assert changed == token or unseal(WORLD, "page", changed, State) in (None, State(7, "text"))


@given(st.text())
def test_any_text_is_none(text: str) -> None:
    assert unseal(WORLD, "page", text, State) is None
    assert unseal(WORLD, "page", WORLD.key + text, State) is None
