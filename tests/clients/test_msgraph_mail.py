"""A day's work of the unmodified msgraph-sdk: on a person's and a shared mailbox, as a person and as an application."""

import asyncio
import base64
import io
from contextlib import nullcontext
from email import message_from_bytes

import httpx
import pytest
from azure.identity import AuthorizationCodeCredential, ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication.anonymous_authentication_provider import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.attachment_item import AttachmentItem
from msgraph.generated.models.attachment_type import AttachmentType
from msgraph.generated.models.automatic_replies_setting import AutomaticRepliesSetting
from msgraph.generated.models.automatic_replies_status import AutomaticRepliesStatus
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.followup_flag import FollowupFlag
from msgraph.generated.models.followup_flag_status import FollowupFlagStatus
from msgraph.generated.models.importance import Importance
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.mail_folder import MailFolder
from msgraph.generated.models.mailbox_settings import MailboxSettings
from msgraph.generated.models.message import Message
from msgraph.generated.models.message_rule import MessageRule
from msgraph.generated.models.message_rule_actions import MessageRuleActions
from msgraph.generated.models.message_rule_predicates import MessageRulePredicates
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.mail_folders.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.users.item.messages.item.attachments.create_upload_session import (
    create_upload_session_post_request_body as upload,
)
from msgraph.generated.users.item.messages.item.create_reply.create_reply_post_request_body import (
    CreateReplyPostRequestBody,
)
from msgraph.generated.users.item.messages.item.forward.forward_post_request_body import ForwardPostRequestBody
from msgraph.generated.users.item.messages.item.move.move_post_request_body import MovePostRequestBody
from msgraph.generated.users.item.messages.item.reply_all.reply_all_post_request_body import ReplyAllPostRequestBody
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph_core.tasks.large_file_upload import LargeFileUploadTask

Query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters
LARGE = bytes(range(256)) * 4 * 3500  # 3.5 MB, one piece
LARGER = bytes(range(256)) * 4 * 9000  # 9 MB, three pieces
PIECE = 4 * 1024 * 1024


def to(*addresses):
    return [Recipient(email_address=EmailAddress(address=address)) for address in addresses]


@pytest.fixture(params=["own mailbox", "shared mailbox"])
def details(request, outlook365):
    shared = "support" if request.param == "shared mailbox" else None
    found = outlook365.connection(preset="full", shared_mailbox=shared)
    if shared:
        found.tenant.user(shared).share_with(found.user, send_as=True)
    return found


@pytest.fixture
def mailbox(details):
    """The mailbox as the test sees it."""
    return details.tenant.user(details.mailbox).mailbox


@pytest.fixture
def refused_to_delegates(details):
    """Expects a refusal where a person works on a mailbox that is not the person's; else nothing."""

    def expect():
        if details.is_application or details.shared_mailbox is None:
            return nullcontext()
        return pytest.raises(ODataError, match="Access is denied")

    return expect


@pytest.fixture
def work(details):
    """Runs a coroutine function with the SDK's builder of the mailbox, and the client."""

    def run(day):
        if details.is_application:
            credential = ClientSecretCredential(details.tenant_id, details.client_id, details.client_secret)
        else:
            code = details.user.sign_in(details.authorize_url()).parameters["code"]
            credential = AuthorizationCodeCredential(
                details.tenant_id, details.client_id, code, details.redirect_uri, client_secret=details.client_secret
            )
        client = GraphServiceClient(credential, details.resource_scopes)
        own = not details.is_application and details.shared_mailbox is None
        with credential:
            return asyncio.run(day(client.me if own else client.users.by_user_id(details.mailbox), client))

    return run


pytestmark = pytest.mark.outlook365(auth=["client_credentials", "own_app"])


def test_reading(work, mailbox):
    for number in range(12):
        mailbox.receive(
            subject=f"Invoice {number}",
            sender="Billing <billing@example.org>",
            body="<p>Please <b>pay</b></p>",
            body_type="html",
            read=number > 2,
        )

    async def day(user, _):
        inbox = user.mail_folders.by_mail_folder_id("inbox")
        query = Query(filter="isRead eq false", select=["subject", "from"], top=2)
        first = await inbox.messages.get(RequestConfiguration(query_parameters=query))
        second = await inbox.messages.with_url(first.odata_next_link).get()
        one = user.messages.by_message_id(first.value[0].id)
        configuration = RequestConfiguration()
        configuration.headers.add("Prefer", 'outlook.body-content-type="text"')
        return first.value + second.value, await one.get(configuration), await inbox.get(), await one.content.get()

    unread, one, inbox, mime = work(day)
    assert [message.subject for message in unread] == ["Invoice 2", "Invoice 1", "Invoice 0"]
    assert unread[0].from_.email_address.name == "Billing"
    assert (one.body.content_type, one.body.content.strip()) == (BodyType.Text, "Please pay")
    assert (inbox.total_item_count, inbox.unread_item_count) == (12, 3)
    assert message_from_bytes(mime)["Subject"] == "Invoice 2"


def test_sending_with_an_attachment(work, mailbox, outlook365):
    ben = outlook365.tenant.add_user("ben")
    attachment = FileAttachment(
        odata_type="#microsoft.graph.fileAttachment",
        name="Übersicht.txt",
        content_type="text/plain",
        content_bytes=base64.b64encode(b"first"),
    )

    async def day(user, _):
        message = Message(
            subject="Plan",
            body=ItemBody(content_type=BodyType.Html, content="<p>Hi</p>"),
            to_recipients=to(ben.upn),
            bcc_recipients=to("eve@example.org"),
            importance=Importance.High,
            attachments=[attachment],
        )
        await user.send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True))

    work(day)
    arrived = ben.mailbox.inbox.find(subject="Plan", importance="high", has_attachments=True)
    assert (arrived.sender, arrived.bcc) == (mailbox.owner, [])
    assert mailbox.sent.find(subject="Plan").bcc == ["eve@example.org"]
    assert outlook365.outbox.find(subject="Plan").recipients == ["eve@example.org"]


def test_answering(work, mailbox, outlook365):
    got = mailbox.receive(subject="Plan", sender="eve@example.org", to=[mailbox.owner, "fay@example.org"])

    async def day(user, _):
        message = user.messages.by_message_id(got.id)
        draft = await message.create_reply.post(CreateReplyPostRequestBody(comment="Almost"))
        reply = user.messages.by_message_id(draft.id)
        await reply.patch(Message(body=ItemBody(content_type=BodyType.Html, content="<p>Yes</p>")))
        await reply.send.post()
        await message.reply_all.post(ReplyAllPostRequestBody(comment="Everybody: yes"))
        await message.forward.post(ForwardPostRequestBody(comment="See", to_recipients=to("gus@example.org")))
        return draft

    draft = work(day)
    assert (draft.is_draft, draft.subject, draft.conversation_id) == (True, "RE: Plan", got["conversationId"])
    yes, everybody, passed = outlook365.outbox
    assert ("<p>Yes</p>" in yes.body, yes.recipients) == (True, ["eve@example.org"])
    assert sorted(everybody.recipients) == ["eve@example.org", "fay@example.org"]
    assert (passed.subject, passed.recipients) == ("FW: Plan", ["gus@example.org"])
    assert len(mailbox.sent) == 3


def test_tidying_up(work, mailbox):
    got = mailbox.receive(subject="Plan")

    async def day(user, _):
        projects = await user.mail_folders.post(MailFolder(display_name="Projects"))
        inner = user.mail_folders.by_mail_folder_id(projects.id).child_folders
        folder = await inner.post(MailFolder(display_name="2026"))
        moved = await user.messages.by_message_id(got.id).move.post(MovePostRequestBody(destination_id=folder.id))
        with pytest.raises(ODataError) as gone:
            await user.messages.by_message_id(got.id).get()
        flag = FollowupFlag(flag_status=FollowupFlagStatus.Flagged)
        change = Message(is_read=True, categories=["Red category"], flag=flag, importance=Importance.Low)
        changed = await user.messages.by_message_id(moved.id).patch(change)
        await user.messages.by_message_id(moved.id).delete()
        return gone.value.error.code, changed

    code, changed = work(day)
    assert code == "ErrorItemNotFound"
    assert (changed.is_read, changed.categories, changed.importance) == (True, ["Red category"], Importance.Low)
    assert changed.flag.flag_status == FollowupFlagStatus.Flagged
    assert (mailbox.deleted.subjects, len(mailbox.folder("Projects/2026"))) == (["Plan"], 0)


def test_settings_and_rules(work, mailbox, refused_to_delegates, outlook365):
    """Settings and rules are shown and changed to the owner of a mailbox and to applications only."""
    mailbox.add_folder("Invoices")
    replies = AutomaticRepliesSetting(
        status=AutomaticRepliesStatus.AlwaysEnabled, internal_reply_message="In", external_reply_message="Out"
    )
    rule = MessageRule(
        display_name="File",
        sequence=1,
        is_enabled=True,
        conditions=MessageRulePredicates(subject_contains=["invoice"]),
        actions=MessageRuleActions(move_to_folder=mailbox.folder("Invoices").id),
    )

    async def day(user, _):
        with refused_to_delegates():
            await user.mailbox_settings.patch(MailboxSettings(automatic_replies_setting=replies))
            await user.mail_folders.by_mail_folder_id("inbox").message_rules.post(rule)
            return await user.mailbox_settings.get()

    settings = work(day)
    mailbox.receive(subject="Invoice 17", sender="billing@example.org")
    if settings is None:
        assert mailbox.inbox.subjects == ["Invoice 17"]
        return
    assert settings.automatic_replies_setting.external_reply_message == "Out"
    assert mailbox.folder("Invoices").subjects == ["Invoice 17"]
    assert outlook365.outbox.find(to="billing@example.org").subject == "Automatic reply: Invoice 17"


async def session(draft, content):
    """Begins the upload of an attachment."""
    item = AttachmentItem(attachment_type=AttachmentType.File, name=f"{len(content)}.bin", size=len(content))
    body = upload.CreateUploadSessionPostRequestBody(attachment_item=item)
    return await draft.attachments.create_upload_session.post(body)


def test_large_attachments_piece_by_piece(work, mailbox, refused_to_delegates):
    async def day(user, _):
        made = await user.messages.post(Message(subject="Files", to_recipients=to("eve@example.org")))
        draft = user.messages.by_message_id(made.id)
        with refused_to_delegates():
            begun = await session(draft, LARGER)
            async with httpx.AsyncClient() as pieces:
                for start in range(0, len(LARGER), PIECE):
                    part = LARGER[start : start + PIECE]
                    place = {"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(LARGER)}"}
                    answer = await pieces.put(begun.upload_url, content=part, headers=place)
            assert answer.status_code == 201
            (listed,) = (await draft.attachments.get()).value
            found = await draft.attachments.by_attachment_id(listed.id).get()
            await draft.send.post()
            return found

    found = work(day)
    if found is not None:
        assert (found.name, found.content_bytes) == (f"{len(LARGER)}.bin", LARGER)
        assert mailbox.sent.find(subject="Files").has_attachments


def test_large_attachments_by_the_task_of_the_sdk(work, mailbox, outlook365, refused_to_delegates):
    """It carries the token to Outlook unless told not to, and sends the last piece twice (its issues 691 and 718)."""

    async def day(user, client):
        made = await user.messages.post(Message(subject="Files"))
        with refused_to_delegates():
            begun = await session(user.messages.by_message_id(made.id), LARGE)
            for adapter in (client.request_adapter, GraphRequestAdapter(AnonymousAuthenticationProvider())):
                task = LargeFileUploadTask(begun, adapter, io.BytesIO(LARGE), FileAttachment, PIECE)
                with pytest.raises(APIError):
                    await task.upload()
            return made.id

    made = work(day)
    if made is not None:
        put = [one.status for one in outlook365.journal if one.operation == "outlook.upload.put"]
        assert put == [401, 201, 404]
        (part,) = [one for one in message_from_bytes(mailbox.mime(made)).walk() if one.get_filename()]
        assert part.get_payload(decode=True) == LARGE
