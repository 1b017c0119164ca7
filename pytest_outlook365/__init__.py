"""pytest-outlook365: a fixture that answers as Microsoft Entra ID and Microsoft Graph.

The names are for annotations and for setting the emulator up; they are loaded when they are asked for (PEP 562), since
pytest imports this package in every run.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outlook365_emulator.client import (
        App,
        BadDocument,
        Clock,
        ConditionalAccess,
        ConnectionDetails,
        Consent,
        Control,
        ControlError,
        Delivery,
        Fault,
        Faults,
        FederatedCredential,
        Journal,
        JournalEntry,
        Mailbox,
        MailFolderView,
        Message,
        NoSuchMessage,
        NotDelivered,
        NotFound,
        Notifications,
        Outbox,
        OutgoingMessage,
        Pending,
        Policy,
        Scenario,
        Scenarios,
        SignInFailed,
        Taken,
        Tenant,
        Unreachable,
        User,
        Webhook,
        World,
    )
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator
    from outlook365_emulator.net.interception import RefusedHost

__all__ = [
    "App",
    "BadDocument",
    "Clock",
    "ConditionalAccess",
    "ConnectionDetails",
    "Consent",
    "Control",
    "ControlError",
    "Delivery",
    "Emulator",
    "Fault",
    "Faults",
    "FederatedCredential",
    "Journal",
    "JournalEntry",
    "MailFolderView",
    "Mailbox",
    "Message",
    "NoSuchMessage",
    "NotDelivered",
    "NotFound",
    "Notifications",
    "Outbox",
    "OutgoingMessage",
    "Pending",
    "Policy",
    "RefusedHost",
    "Scenario",
    "Scenarios",
    "Settings",
    "SignInFailed",
    "Taken",
    "Tenant",
    "Unreachable",
    "User",
    "Webhook",
    "World",
]

_ELSEWHERE = {
    "Emulator": "outlook365_emulator.emulator",
    "RefusedHost": "outlook365_emulator.net.interception",
    "Settings": "outlook365_emulator.config",
}


def __getattr__(name: str) -> Any:
    """Load a name when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_ELSEWHERE.get(name, "outlook365_emulator.client")), name)


def __dir__() -> list[str]:
    """List the names that can be imported."""
    return __all__
