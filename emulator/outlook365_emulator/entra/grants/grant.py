"""What a grant module exports."""

from typing import Protocol

from outlook365_emulator.entra.call import Call


class Grant(Protocol):
    """A module of this package."""

    @property
    def name(self) -> str:
        """Short name for the journal and for faults, `client_credentials`."""
        ...

    @property
    def grant_type(self) -> tuple[str, ...]:
        """The values of `grant_type` that mean it."""
        ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the body must have, in the order in which a missing one is reported.

        At the v1 endpoint `resource` stands for `scope`.
        """
        ...

    @property
    def application_only(self) -> bool:
        """Whether the application acts on its own, without a user, and so has to prove itself."""
        ...

    def handle(self, call: Call, /) -> None:
        """Judge the grant: note user and tenant in the call, or raise the error that Entra answers."""
        ...
