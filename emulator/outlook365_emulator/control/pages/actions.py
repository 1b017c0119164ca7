"""What the buttons do: each sends one request to the control API."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from outlook365_emulator.control.pages.visit import Visit
from outlook365_emulator.control.problems import ControlError, unknown

Form = Mapping[str, str]


class Action(NamedTuple):
    """What a button does.

    Attributes:
        said: what the page says afterwards.
        method: verb of the request to the control API.
        path: its path below the world; names in braces are fields of the form.
        document: makes its body of the form, or None where it has none.
    """

    said: str
    method: str
    path: str
    document: Callable[[Form], dict[str, Any]] | None = None


def _fault(form: Form) -> dict[str, Any]:
    kind = form.get("kind", "")
    match = {"operation": form["operation"]} if form.get("operation") else {}
    document: dict[str, Any] = {"kind": kind, "match": match}
    if form.get("times"):
        document["times"] = _number(form["times"], "times")
    if form.get("with"):
        document["with"] = _object(form["with"], "with")
    return document


def _advance(form: Form) -> dict[str, Any]:
    return {
        "advance": _number(form.get("amount", ""), "amount") * {"d": 86400, "h": 3600}.get(form.get("unit", ""), 60)
    }


def _consent(form: Form) -> dict[str, Any]:
    names = form.get("permissions", "").split()
    return {key: value for key, value in (("permissions", names), ("user", form.get("user"))) if value}


def _change(form: Form) -> dict[str, Any]:
    named = {key: form[key] for key in ("user", "app") if form.get(key)}
    return {"change": form.get("change", ""), **named}


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ControlError(400, "bad_form", f"{name} takes a whole number, got {text!r}", name)
    return int(text)


def _object(text: str, name: str) -> dict[str, Any]:
    import msgspec

    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ControlError(400, "bad_form", f"{name} takes a JSON object: {error}", name) from None


TENANT = "/tenants/{tenant}"
USER = TENANT + "/users/{user}"
APP = TENANT + "/apps/{app}"

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "revoke-sessions": Action("Every session of the person has ended.", "POST", USER + "/revoke-sessions"),
        "disable": Action("The account is disabled.", "PATCH", USER, lambda form: {"enabled": False}),
        "enable": Action("The account is enabled.", "PATCH", USER, lambda form: {"enabled": True}),
        "lock": Action("The account is locked.", "PATCH", USER, lambda form: {"locked": True}),
        "unlock": Action("The account is unlocked.", "PATCH", USER, lambda form: {"locked": False}),
        "expire-password": Action(
            "The password has to be changed at the next sign-in.",
            "PATCH",
            USER,
            lambda form: {"password_expired": True},
        ),
        "receive": Action(
            "The message has arrived.",
            "POST",
            USER + "/messages",
            lambda form: {key: form[key] for key in ("subject", "sender", "body") if form.get(key)},
        ),
        "give-consent": Action("Consent is given.", "POST", APP + "/consent", _consent),
        "withdraw-consent": Action("Consent is withdrawn.", "DELETE", APP + "/consent", _consent),
        "remove-secret": Action("The secret is gone.", "DELETE", APP + "/secrets/{secret}"),
        "change": Action("It has happened.", "POST", "/changes", _change),
        "disable-app": Action("The application is disabled.", "PATCH", APP, lambda form: {"enabled": False}),
        "enable-app": Action("The application is enabled.", "PATCH", APP, lambda form: {"enabled": True}),
        "add-fault": Action("The fault is set.", "POST", "/faults", _fault),
        "remove-fault": Action("The fault is gone.", "DELETE", "/faults/{fault}"),
        "clear-faults": Action("All faults are gone.", "DELETE", "/faults"),
        "start-scenario": Action(
            "The scenario has begun.", "POST", "/scenarios", lambda form: {"name": form.get("scenario", "")}
        ),
        "end-scenario": Action("The scenario has ended.", "DELETE", "/scenarios/{scenario}"),
        "freeze": Action("The clock stands.", "POST", "/clock", lambda form: {"freeze": True}),
        "resume": Action("The clock runs.", "POST", "/clock", lambda form: {"resume": True}),
        "advance": Action("The clock has moved, and what fell due has happened.", "POST", "/clock", _advance),
        "deliver": Action("What waited was sent.", "POST", "/notifications/deliver", lambda form: {}),
    }
)
"""Every action by its name in forms."""


def said(name: str) -> str:
    """Return what the page says after an action, or ""."""
    return ACTIONS[name].said if name in ACTIONS else ""


async def act(visit: Visit, form: Form, submit: Callable[..., Awaitable[Any]]) -> None:
    """Do what a form asks for.

    Args:
        visit: the visit.
        form: fields of the form; `action` names what to do.
        submit: sends a request to the control API.

    Raises:
        ControlError: there is no such action, a field is missing or wrong, or the control API refused.
    """
    name = form.get("action", "")
    action = ACTIONS.get(name)
    if action is None:
        raise unknown("action", name, ACTIONS)
    path = action.path
    for part in action.path.split("/"):
        if part.startswith("{"):
            field = part[1:-1]
            if not form.get(field):
                raise ControlError(400, "bad_form", f"the field {field} is missing", field)
            path = path.replace(part, quote(form[field], safe=""))
    document = action.document(form) if action.document is not None else None
    await submit(action.method, f"{visit.api}{path}", document)
