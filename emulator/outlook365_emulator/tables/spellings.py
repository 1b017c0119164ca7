"""One spelling for each operation: the many published paths of a thing, rewritten to the path that we declare.

Microsoft's permission file lists `/me/mailFolders/{id}/messages/{id}/move`, `/users/{id}/messages/{id}/move` and more
for one operation. The names of parameters follow the collection before them.
"""

import re

PARAMETERS = {
    "users": "user",
    "messages": "message",
    "mailfolders": "folder",
    "childfolders": "folder",
    "messagerules": "rule",
    "attachments": "attachment",
    "extensions": "extension",
    "overrides": "override",
    "mastercategories": "category",
    "events": "event",
    "calendars": "calendar",
    "calendargroups": "group",
    "calendarpermissions": "permission",
    "oauth2permissiongrants": "grant",
    "subscriptions": "subscription",
    "places": "place",
}
"""What the parameter after a collection is called."""

_REWRITES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"^/me(?=/|$)", "/users/{user}"),
        (r"/mailFolders/inbox/messageRules", "/mailFolders/{folder}/messageRules"),
        (r"/childFolders/\{folder\}", "/mailFolders/{folder}"),
        (r"(/mailFolders/\{folder\})+(?=/mailFolders/\{folder\})", ""),
        (r"/mailFolders/\{folder\}(?=/messages/\{message\})", ""),
        (r"^(/users/\{user\})/calendarGroups/\{group\}(?=/calendars/\{calendar\})", r"\1"),
        (r"^(/users/\{user\})/calendar(?=/|$)", r"\1/calendars/{calendar}"),
        (r"/calendars/\{calendar\}(?=/events/\{event\})", ""),
        (r"/events/\{event\}/calendar(?=/)", "/calendars/{calendar}"),
    )
)


def one_spelling(path: str) -> str:
    """Rewrite a published path to the path that an operation declares.

    Args:
        path: `/me/mailFolders/{id}/messages/{id}/move`; parameters in braces, any name.

    Returns:
        `/users/{user}/messages/{message}/move`.
    """
    segments = path.split("/")
    for index in range(1, len(segments)):
        if segments[index].startswith("{"):
            name = PARAMETERS.get(segments[index - 1].lower())
            segments[index] = f"{{{name}}}" if name else segments[index]
    path = "/".join(segments)
    for pattern, replacement in _REWRITES:
        path = pattern.sub(replacement, path)
    return path


def shape(operation: str) -> str:
    """Reduce an operation to what tells it from others.

    Args:
        operation: `GET /users/{user}/messages/{message}/microsoft.graph.eventMessage/event`.

    Returns:
        `get /users/{}/messages/{}/eventmessage/event`: lower case, parameters without their names, types without their
        namespace, functions without their arguments.
    """
    plain = re.sub(r"\([^)]*\)", "", operation.lower()).replace("/microsoft.graph.", "/")
    return re.sub(r"\{[^}]*\}", "{}", plain)
