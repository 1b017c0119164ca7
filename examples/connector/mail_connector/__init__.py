"""A connector for mail in Outlook 365."""

from mail_connector.connection import ENVIRONMENTS, Connection
from mail_connector.graph import Graph, GraphError
from mail_connector.mailbox import Mailbox
from mail_connector.sign_in import ConnectionLost, Session

__all__ = ["ENVIRONMENTS", "Connection", "ConnectionLost", "Graph", "GraphError", "Mailbox", "Session", "connect"]


def connect(connection: Connection, *, code: str | None = None) -> Mailbox:
    """Open the mailbox of a connection; a person's connection needs the code of the sign-in."""
    session = Session(connection)
    if code is not None:
        session.redeem(code)
    return Mailbox(Graph(connection, session), connection.mailbox)
