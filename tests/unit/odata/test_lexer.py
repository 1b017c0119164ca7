"""Texts are cut into the tokens of the OData ABNF."""

import pytest
from outlook365_emulator.odata.lexer import tokenize
from outlook365_emulator.odata.problems import OdataSyntaxError


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("subject eq 'a''b'", "name name string"),
        ("a/b/any(c:c)", "name / name / name ( name : name )"),
        ("12 1.5 1e3 1.5E-3", "integer decimal decimal decimal"),
        ("2026-01-01", "date"),
        ("2026-01-01T10:00Z", "datetime"),
        ("2026-01-01t10:00:00.1234567+01:00", "datetime"),
        ("10:00 10:00:00.5", "time time"),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", "guid"),
        ("abcdef12-d9cb-469f-a165-70867728950e", "guid"),
        ("duration'P1D' microsoft.graph.importance'high'", "typed typed"),
        ("@odata.type $it Edm.Int32 größe", "name name name name"),
        ("-5", "- integer"),
        ("", ""),
    ],
)
def test_kinds(text: str, kinds: str) -> None:
    tokens = tokenize(text)
    assert [token.kind for token in tokens] == [*kinds.split(), "end"]
    assert all(text.startswith(token.text, token.position) for token in tokens)


@pytest.mark.parametrize(
    ("text", "position", "detail"),
    [
        ("a eq 'b", 5, "unterminated string"),
        ("a = 1", 2, "unexpected character '='"),
        ("a ge 2026-01-01T00:00:00", 5, "unreadable literal '2026-01-01T00:00:00'"),
        ("a eq 12px", 5, "unreadable literal '12px'"),
        ("a eq ١٢", 5, "unreadable literal '١٢'"),
    ],
)
def test_what_begins_no_token_is_named_with_its_place(text: str, position: int, detail: str) -> None:
    with pytest.raises(OdataSyntaxError) as caught:
        tokenize(text)
    assert (caught.value.position, caught.value.detail, caught.value.text) == (position, detail, text)
