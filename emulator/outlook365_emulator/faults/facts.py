"""What a fault can see of a request."""

from typing import Literal

import msgspec

Phase = Literal["resolve", "connect", "handshake", "before", "after"]
"""When a fault acts: while a name is looked up, a connection made, TLS agreed on; before or after the handler works."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One request as flat values; a fact that is unknown or does not apply is empty.

    Attributes:
        service: `entra`, `graph` or `outlook`; `notifications` for what the emulator sends to webhooks.
        operation: name of the operation or grant: `mail.messages.list`, `token.client_credentials`.
        method: verb in upper case.
        path: path as the client wrote it, without the query.
        query: the query string as the client wrote it, without `?`.
        host: emulated host, `graph.microsoft.com`.
        cloud: name of the cloud.
        tenant: tenant id.
        application: client id.
        user: principal name of the signed-in user; empty for an application on its own.
        mailbox: principal name of the mailbox addressed.
        folder: folder addressed, a well-known name where it has one, else its id.
        grant: `grant_type` of a token request, or of the token that the request carries.
        scopes: scopes or roles of the token, or those asked for at the token endpoint.
        batch: whether the request is an item of a `$batch`.
        body: the body as received.
        phase: where the request is.
    """

    service: str = ""
    operation: str = ""
    method: str = ""
    path: str = ""
    query: str = ""
    host: str = ""
    cloud: str = ""
    tenant: str = ""
    application: str = ""
    user: str = ""
    mailbox: str = ""
    folder: str = ""
    grant: str = ""
    scopes: tuple[str, ...] = ()
    batch: bool = False
    body: bytes = b""
    phase: Phase = "before"
