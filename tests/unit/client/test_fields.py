"""The keywords of the handles are the keys of the emulator's documents, neither more nor less."""

from typing import Any

import msgspec
import pytest
from outlook365_emulator.client import JournalEntry, fields
from outlook365_emulator.control import requests
from outlook365_emulator.journal import Entry
from outlook365_emulator.worlds import contents, documents


@pytest.mark.parametrize(
    ("keywords", "document", "positional"),
    [
        (fields.FillFields, contents.FillDocument, set()),
        (fields.RepliesFields, contents.RepliesDocument, set()),
        (fields.RuleFields, contents.RuleDocument, set()),
        (fields.MailLimitsFields, documents.MailLimitsDocument, set()),
        (fields.AttachmentFields, contents.AttachmentDocument, set()),
        (fields.MessageFields, contents.MessageDocument, set()),
        (fields.EventFields, contents.EventDocument, set()),
        (fields.UserFields, documents.UserDocument, {"name"}),
        (fields.MailboxFields, documents.MailboxDocument, {"name"}),
        (fields.SecretFields, documents.SecretDocument, set()),
        (fields.CertificateFields, documents.CertificateDocument, set()),
        (fields.AppFields, documents.AppDocument, set()),
        (fields.PolicyFields, documents.PolicyDocument, set()),
        (fields.TenantFields, documents.TenantDocument, set()),
        (fields.WorldFields, documents.WorldDocument, set()),
        (fields.UserChanges, requests.UserChange, set()),
        (fields.AppChanges, requests.AppChange, set()),
    ],
)
def test_keywords_are_the_keys_of_the_document(
    keywords: Any, document: type[msgspec.Struct], positional: set[str]
) -> None:
    assert set(keywords.__annotations__) | positional == set(document.__struct_fields__)


def test_a_journal_entry_has_the_attributes_of_the_journal() -> None:
    assert JournalEntry.__slots__ == Entry.__struct_fields__
