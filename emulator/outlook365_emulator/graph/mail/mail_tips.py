"""Mail tips: what a sender should know of a recipient before sending.

Reference `graph-mail.md` section 15.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.automatic_replies import reply_setting, reply_text
from outlook365_emulator.graph.mail.mailbox_settings import settings_of
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.store.records.directory import User

MAX_ADDRESSES = 100
MAX_MESSAGE_SIZE = 36 * 1024 * 1024
"""Greatest message that a mailbox takes, in bytes (Exchange Online's default of 36 MB)."""


def _replies(call: Call, user: User) -> dict[str, Any]:
    mailbox = call.tenant.mailbox_of(user)
    replies = reply_setting(mailbox, user, call.now) if mailbox is not None else None
    sender = call.user.mail or call.user.user_principal_name
    if mailbox is None or replies is None:
        return {"automaticReplies": {"message": ""}}
    tip: dict[str, Any] = {
        "message": reply_text(replies, call.tenant, sender),
        "messageLanguage": settings_of(mailbox, user, call.now)["language"],
    }
    if replies["status"] == "scheduled":
        tip["scheduledStartTime"] = replies["scheduledStartDateTime"]
        tip["scheduledEndTime"] = replies["scheduledEndDateTime"]
    return {"automaticReplies": tip}


_TIPS: Mapping[str, Callable[[Call, User], dict[str, Any]]] = MappingProxyType(
    {
        "automaticReplies": _replies,
        "mailboxFullStatus": lambda _, __: {"mailboxFull": False},
        "customMailTip": lambda _, __: {"customMailTip": ""},
        "externalMemberCount": lambda _, __: {"externalMemberCount": 0},
        "totalMemberCount": lambda _, __: {"totalMemberCount": 1},
        "maxMessageSize": lambda _, __: {"maxMessageSize": MAX_MESSAGE_SIZE},
        "deliveryRestriction": lambda _, __: {"deliveryRestricted": False},
        "moderationStatus": lambda _, __: {"isModerated": False},
        "recipientScope": lambda _, __: {"recipientScope": "internal"},
        "recipientSuggestions": lambda _, __: {"recipientSuggestions": []},
    }
)
"""What each option of `MailTipsOptions` adds to the tips for a mailbox of the tenant."""


@operation(
    "POST /users/{user}/getMailTips",
    least="Mail.Read",
    body=Action("getMailTips", "user", required=("emailAddresses", "mailTipsOptions")),
)
def get_mail_tips(call: Call, body: dict[str, Any]) -> Document:
    """Get the tips for some recipients, in their order."""
    addresses = body["emailAddresses"]
    if not 0 < len(addresses) <= MAX_ADDRESSES:
        because = f"getMailTips takes 1 to {MAX_ADDRESSES} addresses, not {len(addresses)}"
        raise graph_error("parameter_invalid", detail="EmailAddresses", because=because)
    asked = [name.strip() for name in body["mailTipsOptions"].split(",")]
    tips = [_tips(call, str(address), asked) for address in addresses]
    return Document(body={"value": tips}, context="Collection(microsoft.graph.mailTips)")


def _tips(call: Call, address: str, asked: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"emailAddress": {"name": "", "address": address}}
    user = find_by_address(call.tenant, address)
    if user is not None:
        for name in asked:
            found |= _TIPS[name](call, user)
    elif address.rpartition("@")[2].lower() in call.tenant.domains or "@" not in address:
        text = "Mailbox or recipient with the address was not found."
        found["error"] = {"code": "ErrorInvalidRecipients", "message": text}
    elif "recipientScope" in asked:
        found["recipientScope"] = "external"
    return found
