"""The control client and its handles: what a test or a script holds of a running emulator.

Handles always speak the control API over HTTP, also to an emulator in the same process (decision 0010).
"""

from outlook365_emulator.client.app import App, Consent
from outlook365_emulator.client.calendar import Calendar, Event
from outlook365_emulator.client.clock import Clock
from outlook365_emulator.client.conditional_access import ConditionalAccess, Policy
from outlook365_emulator.client.connector import ConnectionDetails
from outlook365_emulator.client.control import Control
from outlook365_emulator.client.errors import (
    BadDocument,
    ControlError,
    NeedsAdministrator,
    NotFound,
    SignInFailed,
    Taken,
    Unreachable,
)
from outlook365_emulator.client.faults import Fault, Faults
from outlook365_emulator.client.federation import FederatedCredential
from outlook365_emulator.client.folder import MailFolderView, Outbox, OutgoingMessage
from outlook365_emulator.client.journal import Journal, JournalEntry
from outlook365_emulator.client.looking import NoSuchMessage
from outlook365_emulator.client.mailbox import Mailbox
from outlook365_emulator.client.message import Message
from outlook365_emulator.client.notifications import Delivery, NotDelivered, Notifications, Pending
from outlook365_emulator.client.privileges import Privileges
from outlook365_emulator.client.scenarios import Scenario, Scenarios
from outlook365_emulator.client.sign_in import Browser, Redirect
from outlook365_emulator.client.tenant import Tenant
from outlook365_emulator.client.user import User
from outlook365_emulator.client.webhook import Webhook
from outlook365_emulator.client.world import World

__all__ = [
    "App",
    "BadDocument",
    "Browser",
    "Calendar",
    "Clock",
    "ConditionalAccess",
    "ConnectionDetails",
    "Consent",
    "Control",
    "ControlError",
    "Delivery",
    "Event",
    "Fault",
    "Faults",
    "FederatedCredential",
    "Journal",
    "JournalEntry",
    "MailFolderView",
    "Mailbox",
    "Message",
    "NeedsAdministrator",
    "NoSuchMessage",
    "NotDelivered",
    "NotFound",
    "Notifications",
    "Outbox",
    "OutgoingMessage",
    "Pending",
    "Policy",
    "Privileges",
    "Redirect",
    "Scenario",
    "Scenarios",
    "SignInFailed",
    "Taken",
    "Tenant",
    "Unreachable",
    "User",
    "Webhook",
    "World",
]
