"""What is wrong with a search text."""

from outlook365_emulator.errors import GraphError, graph_error


class SearchSyntaxError(ValueError):
    """Text that cannot be read as a search.

    Attributes:
        position: zero-based index of the offending character; the length of the text for its end.
        text: the whole text.
    """

    def __init__(self, position: int, text: str) -> None:
        super().__init__(f"the search text {text!r} cannot be read at position {position}")
        self.position = position
        self.text = text


def search_error(problem: SearchSyntaxError) -> GraphError:
    """Return Graph's error for a search that cannot be read (reference `graph-core.md` section 5.3)."""
    position, text, because = problem.position, problem.text, str(problem)
    if position >= len(text):
        return graph_error("search_syntax", detail=f"unexpected end of query in '{text}'.", because=because)
    return graph_error(
        "search_syntax_character", character=text[position], position=position, text=text, because=because
    )
