"""What an application needed of the permissions that its tokens held: the least-privilege report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Privileges:
    """What one application needed, by the requests of a journal that were not refused; names are sorted.

    Attributes:
        application: client id.
        kind: `delegated` or `application`.
        least: the smallest set of permissions that opens everything that was called.
        held: the permissions that its tokens held.
        excess: what was held and not needed.
        calls: how often each operation was called, by its route `GET /users/{user}/messages`.
    """

    application: str
    kind: str
    least: tuple[str, ...]
    held: tuple[str, ...]
    excess: tuple[str, ...]
    calls: Mapping[str, int]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"application {self.application} ({self.kind} permissions)",
                *(
                    f"  {name + ':':8}{', '.join(getattr(self, name)) or 'nothing'}"
                    for name in ("least", "held", "excess")
                ),
                *(f"    {count} x {route}" for route, count in self.calls.items()),
            ]
        )


def privileges_of(document: Mapping[str, Any]) -> Privileges:
    """Make the report of one application of the control API's document."""
    calls: dict[str, int] = {}
    for need in document["needs"]:
        calls[need["operation"]] = calls.get(need["operation"], 0) + need["calls"]
    least, held, excess = (tuple(document[name]) for name in ("least", "held", "excess"))
    return Privileges(
        application=document["application"], kind=document["kind"], least=least, held=held, excess=excess, calls=calls
    )
