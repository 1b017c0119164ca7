"""Keys that sign and issuers that are trusted: roll-over of a world's signing key, federated credentials."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from outlook365_emulator.clouds import cloud
from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import unknown
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.entra.federation import assertion
from outlook365_emulator.store.records.directory import FederatedCredential
from outlook365_emulator.worlds.contents import Document, Text
from outlook365_emulator.worlds.reading import DocumentError

LONGEST_LIFE = 86400 * 366
MOST = 20
"""Federated credentials of one application (Microsoft, "Workload identity federation considerations")."""


class KeysView(msgspec.Struct):
    """The ids of the keys that sign for a world or have signed, the oldest first; the last one signs."""

    kids: list[str]


class FederatedDocument(Document):
    """Trust in the tokens of an issuer.

    Attributes:
        issuer: `iss` of the tokens, an `https` URL.
        subject: `sub` of the tokens.
        name: its name.
        audience: `aud` of the tokens; the cloud's own, `api://AzureADTokenExchange`, when left out.
        keys: the issuer's key set (JWKS); the emulator plays the issuer when left out.
    """

    issuer: Annotated[
        str, Meta(pattern="^https://", max_length=600, description="an https URL: https://token.issuer.example")
    ]
    subject: Annotated[str, Meta(min_length=1, max_length=600, description="a text of 1 to 600 characters")]
    name: Text = "federated"
    audience: Text | None = None
    keys: dict[str, Any] | None = None


class FederatedView(msgspec.Struct):
    """Trust in the tokens of an issuer."""

    id: str
    name: str
    issuer: str
    subject: str
    audience: str


class AssertionDocument(Document):
    """An assertion that the emulator signs as the issuer; what is left out fits the federated credential.

    Attributes:
        issuer: another issuer, to be refused.
        subject: another subject.
        audience: another audience.
        lifetime: seconds until it ends, by the real time; negative for one that has ended.
    """

    issuer: Text | None = None
    subject: Text | None = None
    audience: Text | None = None
    lifetime: Annotated[int, Meta(ge=-LONGEST_LIFE, le=LONGEST_LIFE, description="a number of seconds")] = 600


class AssertionView(msgspec.Struct):
    """A signed assertion."""

    assertion: str


def roll_signing_key(call: Call) -> KeysView:
    """Change the key that signs the world's tokens; the keys before stay published, and their tokens valid."""
    call.context.keys.roll(call.world)
    return show_signing_keys(call)


def show_signing_keys(call: Call) -> KeysView:
    """List the ids of the keys that sign for a world."""
    return KeysView([key.kid for key in call.context.keys.published(call.world)])


def create_federated(call: Call, document: FederatedDocument) -> FederatedView:
    """Let an application prove itself with the tokens of an issuer."""
    app = call.app
    if len(app.federated) >= MOST:
        raise DocumentError("name", f"an application has at most {MOST} federated credentials")
    credential = FederatedCredential(
        id=call.world.ids.guid(),
        name=document.name,
        issuer=document.issuer,
        subject=document.subject,
        audience=document.audience or cloud(call.tenant.cloud).federated_audience,
        keys=msgspec.json.encode(document.keys).decode() if document.keys is not None else "",
    )
    with call.unit() as unit:
        change_application(call.tenant, unit, app, federated=(*app.federated, credential))
    return _view(credential)


def remove_federated(call: Call) -> None:
    """End the trust in an issuer, by id or name."""
    app, gone = call.app, _credential(call)
    with call.unit() as unit:
        kept = tuple(one for one in app.federated if one is not gone)
        change_application(call.tenant, unit, app, federated=kept)


def sign_assertion(call: Call, document: AssertionDocument) -> AssertionView:
    """Sign an assertion as the issuer of a federated credential; one whose keys were given has its own issuer."""
    credential = _credential(call)
    if credential.keys:
        raise DocumentError("keys", "the issuer's keys were given: sign with them, the emulator does not have them")
    text = assertion(
        call.context.keys,
        credential,
        issuer=document.issuer,
        subject=document.subject,
        audience=document.audience,
        lifetime=document.lifetime,
    )
    return AssertionView(text)


def _credential(call: Call) -> FederatedCredential:
    key, app = call.keys["credential"], call.app
    found = next((one for one in app.federated if key in (one.id, one.name)), None)
    if found is None:
        raise unknown("federated credential", key, (one.name for one in app.federated))
    return found


def _view(one: FederatedCredential) -> FederatedView:
    return FederatedView(one.id, one.name, one.issuer, one.subject, one.audience)
