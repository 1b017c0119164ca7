"""The handle of the trust in another issuer's tokens."""

from typing import Any

from outlook365_emulator.client.connection import Connection


class FederatedCredential:
    """An issuer whose tokens an application may prove itself with.

    Args:
        connection: to the control API.
        app_path: path of the application.
        view: the emulator's view of it.

    Attributes:
        id: its id.
        name: its name.
        issuer: `iss` of the tokens.
        subject: `sub` of the tokens.
        audience: `aud` of the tokens.
    """

    def __init__(self, connection: Connection, app_path: str, view: dict[str, Any]) -> None:
        self._connection = connection
        self._path = f"{app_path}/federated/{view['id']}"
        self.id: str = view["id"]
        self.name: str = view["name"]
        self.issuer: str = view["issuer"]
        self.subject: str = view["subject"]
        self.audience: str = view["audience"]

    def __repr__(self) -> str:
        return f"FederatedCredential({self.name!r}, issuer={self.issuer!r})"

    def assertion(
        self,
        *,
        issuer: str | None = None,
        subject: str | None = None,
        audience: str | None = None,
        lifetime: int | None = None,
    ) -> str:
        """Return a token as the issuer gives it, for `client_assertion`.

        Args:
            issuer: another issuer than the credential's, to be refused (AADSTS700211).
            subject: another subject (AADSTS700213).
            audience: another audience (AADSTS700212).
            lifetime: seconds until it ends, by the real time; negative for one that has ended (AADSTS700024).

        Raises:
            BadDocument: the issuer's keys were given, so the emulator cannot sign for it.
        """
        __tracebackhide__ = True
        given = {"issuer": issuer, "subject": subject, "audience": audience, "lifetime": lifetime}
        document = {key: value for key, value in given.items() if value is not None}
        return str(self._connection.call("POST", f"{self._path}/assertion", document)["assertion"])

    def remove(self) -> None:
        """End the trust."""
        __tracebackhide__ = True
        self._connection.call("DELETE", self._path)
