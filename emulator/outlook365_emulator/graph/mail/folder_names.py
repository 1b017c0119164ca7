"""Folders by the names that people give them: well-known name, id, path (`Projects/2026`) or display name."""

from difflib import get_close_matches

from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.store.unit import UnitOfWork


class NoSuchFolder(LookupError):
    """The mailbox has no folder of that name."""


def folder_named(mailbox: Mailbox, name: str) -> MailFolder:
    """Return the folder that a name means.

    Args:
        mailbox: the mailbox.
        name: in this order: a well-known name, an id, a path of names below the root, or a display name at any depth;
            names in any case.

    Raises:
        NoSuchFolder: there is none; the message names the nearest.
    """
    found = (
        mailbox.folders.well_known(name)
        or next((one for one in mailbox.folders if mailbox.ids.folder(one.number) == name), None)
        or _by_path(mailbox, name)
        or next((one for one in mailbox.folders if one.display_name.lower() == name.lower()), None)
    )
    if found is not None:
        return found
    known = folder_paths(mailbox)
    by_lower = {one.lower(): one for one in (*known.values(), *known)}
    near = [by_lower[one] for one in get_close_matches(name.lower(), by_lower, n=2, cutoff=0.5)]
    raise NoSuchFolder(f"no folder {name!r}; there is {', '.join(near or known)}")


def folder_paths(mailbox: Mailbox) -> dict[str, str]:
    """Return the folders that are shown: the well-known name or else the path of each, with its path."""
    shown = [one for one in mailbox.folders if not one.hidden and one.well_known != "msgfolderroot"]
    return {one.well_known or path_of(mailbox, one): path_of(mailbox, one) for one in shown}


def path_of(mailbox: Mailbox, folder: MailFolder) -> str:
    """Return the names of a folder's parents below the root and its own, joined by slashes."""
    names: list[str] = []
    here: MailFolder | None = folder
    while here is not None and here.parent:
        names.append(here.display_name)
        here = mailbox.folders.get(here.parent)
    return "/".join(reversed(names))


def make_folder(unit: UnitOfWork, mailbox: Mailbox, path: str) -> MailFolder:
    """Return the folder at a path, after making it and the folders above it where they are not there.

    Args:
        unit: the unit of work that it happens in.
        mailbox: the mailbox.
        path: names joined by slashes, counted from the root; the first may be a well-known name (`inbox/Team`).

    Raises:
        ValueError: a name is empty.
    """
    names = [one.strip() for one in path.split("/")]
    if not all(names):
        raise ValueError(f"the path {path!r} has an empty name between its slashes")
    here = mailbox.folders.well_known("msgfolderroot")
    assert here is not None, "every mailbox has a root folder"
    for depth, name in enumerate(names):
        here = _child(mailbox, here, name, first=not depth) or _made(unit, mailbox, here, name)
    return here


def _by_path(mailbox: Mailbox, path: str) -> MailFolder | None:
    here = mailbox.folders.well_known("msgfolderroot")
    for depth, name in enumerate(path.split("/")):
        here = None if here is None else _child(mailbox, here, name.strip(), first=not depth)
    return here


def _child(mailbox: Mailbox, parent: MailFolder, name: str, *, first: bool) -> MailFolder | None:
    found = mailbox.folders.well_known(name) if first else None
    children = mailbox.folders.children(parent.number)
    return found or next((one for one in children if one.display_name.lower() == name.lower()), None)


def _made(unit: UnitOfWork, mailbox: Mailbox, parent: MailFolder, name: str) -> MailFolder:
    number, change = mailbox.take_number(), mailbox.take_number()
    folder = MailFolder(number=number, parent=parent.number, display_name=name, change=change)
    unit.put_item(mailbox, mailbox.folders, folder)
    return folder
