"""How a mailbox of a document is set up: its folders, settings, automatic replies and rules."""

from collections.abc import Sequence
from typing import Any

from outlook365_emulator.graph.mail.folder_names import folder_named, make_folder
from outlook365_emulator.graph.mail.mailbox_settings import change_settings
from outlook365_emulator.graph.mail.rule_writing import RuleBook, new_rule
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mailbox_settings import MessageRule
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.schema import canonical
from outlook365_emulator.worlds.contents import RepliesDocument, RuleDocument
from outlook365_emulator.worlds.documents import OwnerDocument
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.reading import DocumentError, at, inside
from outlook365_emulator.worlds.refusals import refusals_at

_DISABLED = {"status": "disabled"}


def add_folders(tenant: Tenant, unit: UnitOfWork, owner: User, paths: Sequence[str], place: str) -> None:
    """Make folders, and those above them.

    Args:
        tenant: the tenant.
        unit: the unit of work that it happens in.
        owner: whose mailbox it is.
        paths: paths of the folders.
        place: place of the list, for errors.

    Raises:
        DocumentError: a path has an empty name, or the user has no mailbox.
    """
    for i, path in enumerate(paths):
        with at(f"{place}[{i}]"):
            make_folder(unit, _mailbox(tenant, owner, f"{place}[{i}]"), path)


def _mailbox(tenant: Tenant, owner: User, place: str) -> Mailbox:
    mailbox = tenant.mailbox_of(owner)
    if mailbox is None:
        raise DocumentError(place, f"{owner.user_principal_name} has no mailbox to set up")
    return mailbox


def set_up_mailbox(
    world: World, tenant: Tenant, unit: UnitOfWork, owner: User, document: OwnerDocument, place: str
) -> None:
    """Set what a document says about a mailbox; mail that lies there already is not touched.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        owner: whose mailbox it is.
        document: the user or mailbox.
        place: place of the document, for errors.

    Raises:
        DocumentError: a setting or rule cannot be as it is described, or the user has no mailbox.
    """
    if not (document.settings or document.automatic_replies or document.rules):
        return
    mailbox = _mailbox(tenant, owner, place)
    if document.settings:
        change_mailbox_settings(unit, mailbox, owner, document.settings, inside(place, "settings"))
    if document.automatic_replies is not None:
        where = inside(place, "automatic_replies")
        set_automatic_replies(unit, mailbox, owner, document.automatic_replies, where)
    for i, rule in enumerate(document.rules):
        add_rule(world, tenant, unit, mailbox, rule, f"{inside(place, 'rules')}[{i}]")


def change_mailbox_settings(
    unit: UnitOfWork, mailbox: Mailbox, owner: User, settings: dict[str, Any], place: str
) -> None:
    """Set members of Graph's `mailboxSettings`.

    Args:
        unit: the unit of work that it happens in.
        mailbox: the mailbox.
        owner: its owner.
        settings: the members.
        place: their place, for errors.

    Raises:
        DocumentError: a member is none of the settings, or cannot have its value.
    """
    with refusals_at(place):
        change_settings(unit, mailbox, owner, canonical("mailboxSettings", settings), unit.now)


def set_automatic_replies(
    unit: UnitOfWork, mailbox: Mailbox, owner: User, document: RepliesDocument | None, place: str
) -> None:
    """Turn automatic replies on as a document says, or off.

    Args:
        unit: the unit of work that it happens in.
        mailbox: the mailbox.
        owner: its owner.
        document: the replies, or None for none.
        place: place of the document, for errors.

    Raises:
        DocumentError: one end of the time is missing, cannot be read, or comes before the other.
    """
    setting: dict[str, Any] = _DISABLED if document is None else _replies(document, unit, place)
    change_mailbox_settings(unit, mailbox, owner, {"automaticRepliesSetting": setting}, place)


def _replies(document: RepliesDocument, unit: UnitOfWork, place: str) -> dict[str, Any]:
    setting: dict[str, Any] = {
        "status": "alwaysEnabled",
        "internalReplyMessage": document.text,
        "externalReplyMessage": document.text if document.external is None else document.external,
        "externalAudience": document.audience,
    }
    if (document.start is None) != (document.end is None):
        raise DocumentError(place, "give 'start' and 'end', or neither")
    for key, member in (("start", "scheduledStartDateTime"), ("end", "scheduledEndDateTime")):
        text = getattr(document, key)
        if text is not None:
            with at(inside(place, key)):
                instant = moment(text, unit.now)
            setting["status"] = "scheduled"
            setting[member] = {"dateTime": f"{instant:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}
    return setting


def add_rule(
    world: World, tenant: Tenant, unit: UnitOfWork, mailbox: Mailbox, document: RuleDocument, place: str
) -> MessageRule:
    """Add a rule to the inbox and return it.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        mailbox: the mailbox.
        document: the rule; folders in its actions may be named as people name them.
        place: place of the document, for errors.

    Raises:
        DocumentError: a condition or action is none, or cannot have its value.
    """
    actions = dict(document.actions)
    for name in ("moveToFolder", "copyToFolder"):
        if isinstance(actions.get(name), str):
            with at(f"{inside(place, 'actions')}.{name}"):
                actions[name] = mailbox.ids.folder(folder_named(mailbox, actions[name]).number)
    given = {
        "displayName": document.name,
        "sequence": len(mailbox.rules) + 1 if document.sequence is None else document.sequence,
        "isEnabled": document.enabled,
        "conditions": document.conditions,
        "exceptions": document.exceptions,
        "actions": actions,
    }
    with refusals_at(place):
        return new_rule(RuleBook(world, tenant, mailbox, unit), canonical("messageRule", given))
