"""What the tests of mail have in common: asking as ada, a draft, and a message that she received."""

from typing import Any

import pytest


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def draft(me: Any) -> Any:
    """Create a draft and return it."""

    def create(**members: Any) -> Any:
        answer = me("POST", "/messages", members)
        assert answer.status == 201, answer.body
        return answer.json

    return create


@pytest.fixture
def received(org: Any) -> Any:
    """Let ada receive a message and return its id."""

    def arrive(**members: Any) -> str:
        record = org.receive(org.ada, **members)
        return org.mailbox(org.ada).ids.item(record.folder, record.number)

    return arrive


@pytest.fixture
def order() -> list[str]:
    """The members of a message in the order of Graph's answers (reference graph-mail 2)."""
    return """
    @odata.context @odata.etag id createdDateTime lastModifiedDateTime changeKey categories receivedDateTime
    sentDateTime hasAttachments internetMessageId subject bodyPreview importance parentFolderId conversationId
    conversationIndex isDeliveryReceiptRequested isReadReceiptRequested isRead isDraft webLink
    inferenceClassification body sender from toRecipients ccRecipients bccRecipients replyTo flag
    """.split()
