"""A service that is imported and made when the first request asks for it, so that a start costs little."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol


class Service(Protocol):
    """What answers requests."""

    @property
    def answer(self) -> Callable[..., Any]:
        """Answer one request."""
        ...


class Late:
    """Stands for a service until there is a request for it.

    Args:
        make: imports and makes the service.
    """

    def __init__(self, make: Callable[[], Service]) -> None:
        self._make = make

    def load(self) -> None:
        """Import and make the service now."""
        self.answer  # noqa: B018 - reading it is what makes it

    @cached_property
    def answer(self) -> Callable[..., Any]:
        """The service's own method `answer`."""
        return self._make().answer
