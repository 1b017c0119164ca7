"""A morning's mail with azure-identity and msgraph-sdk: written without any emulator in mind."""

import asyncio
import json
import sys
from typing import Any

from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.mail_folders.item.messages.messages_request_builder import (
    MessagesRequestBuilder as FolderMessages,
)
from msgraph.generated.users.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph_core import GraphClientFactory
from msgraph_core.tasks.page_iterator import PageIterator


async def work(connection: dict[str, Any]) -> dict[str, Any]:
    account, recipient = connection["account"], connection["recipient"]
    with ClientSecretCredential(
        connection["tenant_id"], connection["client_id"], connection["client_secret"]
    ) as credential:
        async with GraphClientFactory.create_with_default_middleware() as http_client:
            provider = AzureIdentityAuthenticationProvider(credential)
            client = GraphServiceClient(request_adapter=GraphRequestAdapter(provider, http_client))
            user = client.users.by_user_id(account)
            folders = await user.mail_folders.get()
            query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(top=10, select=["subject"])
            first = await user.messages.get(RequestConfiguration(query_parameters=query))
            subjects: list[str] = []

            def take(message: Message) -> bool:
                subjects.append(message.subject or "")
                return True

            await PageIterator(first, client.request_adapter).iterate(take)
            message = Message(
                subject="From msgraph",
                body=ItemBody(content_type=BodyType.Text, content="Good morning"),
                to_recipients=[Recipient(email_address=EmailAddress(address=recipient))],
            )
            await user.send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True))
            wanted = FolderMessages.MessagesRequestBuilderGetQueryParameters(filter="subject eq 'From msgraph'")
            inbox = client.users.by_user_id(recipient).mail_folders.by_mail_folder_id("inbox")
            found = await inbox.messages.get(RequestConfiguration(query_parameters=wanted))
    return {
        "folders": [folder.display_name for folder in folders.value],
        "paged": len(subjects),
        "pages": -(-len(subjects) // 10),
        "arrived": [one.from_.email_address.address for one in found.value],
    }


def run(connection: dict[str, Any]) -> dict[str, Any]:
    return asyncio.run(work(connection))


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
