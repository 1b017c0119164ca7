"""What Graph's mail and calendar refuse, as errors of the document that asked for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from outlook365_emulator.errors import GraphError
from outlook365_emulator.tables.schema import SchemaViolation
from outlook365_emulator.worlds.reading import DocumentError


@contextmanager
def refusals_at(place: str) -> Iterator[None]:
    """Turn what Graph's mail and calendar refuse into a `DocumentError` that names a place and says why.

    Args:
        place: the place in the document that asks for it.
    """
    try:
        yield
    except GraphError as error:
        raise DocumentError(place, error.because or error.message) from error
    except SchemaViolation as error:
        raise DocumentError(place, error.explain()) from error
