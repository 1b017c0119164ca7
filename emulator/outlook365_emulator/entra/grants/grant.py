"""What a grant module exports."""

from typing import Protocol

from outlook365_emulator.entra.call import Call


class Grant(Protocol):
    """A module of this package.

    Attributes:
        name: short name for the journal and for faults, `client_credentials`.
        grant_type: the values of `grant_type` that mean it.
        parameters: what the body must have, in the order in which a missing one is reported; at the v1 endpoint
            `resource` stands for `scope`.
        application_only: whether the application acts on its own, without a user, and so has to prove itself.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def grant_type(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def parameters(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def application_only(self) -> bool: ...  # noqa: D102

    def handle(self, call: Call, /) -> None:
        """Judge the grant: note user and tenant in the call, or raise the error that Entra answers."""
        ...
