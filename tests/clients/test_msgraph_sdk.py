"""The unmodified msgraph-sdk: pages, queries, delta, batch, and its own typed errors."""

import asyncio

import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.item.mail_folders.item.messages.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.users.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

MessageQuery = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters


@pytest.fixture
def ada(outlook365):
    user = outlook365.tenant.add_user("ada")
    for number in range(25):
        user.mailbox.receive(subject=f"Invoice {number}", sender="billing@example.org", read=number % 5 != 0)
    return user


@pytest.fixture
def run(outlook365, ada):
    """Runs a coroutine function with a client, and Ada's name."""
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.ReadWrite", "User.Read.All"])

    def call(work):
        credential = ClientSecretCredential(app.tenant_id, app.client_id, app.client_secret)
        with credential:
            client = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
            return asyncio.run(work(client, ada.upn))

    return call


def messages(**query):
    return RequestConfiguration(query_parameters=MessageQuery(**query))


def test_the_page_iterator_walks_to_the_end(run):
    async def work(client, upn):
        first = await client.users.by_user_id(upn).messages.get(messages(top=7, select=["subject"]))
        found = []
        iterator = PageIterator(first, client.request_adapter)
        await iterator.iterate(lambda message: found.append(message.subject) or True)
        return found

    assert run(work) == [f"Invoice {number}" for number in reversed(range(25))]


def test_filter_search_count_and_expand(run):
    async def work(client, upn):
        mail = client.users.by_user_id(upn).messages
        unread = await mail.get(messages(filter="isRead eq false", count=True, top=50))
        searched = await mail.get(messages(search='"subject:17"'))
        expanded = await mail.get(messages(expand=["attachments"], top=1))
        return unread, searched, expanded

    unread, searched, expanded = run(work)
    assert (len(unread.value), unread.odata_count) == (5, 5)
    assert [one.subject for one in searched.value] == ["Invoice 17"]
    assert expanded.value[0].attachments == []


def test_advanced_queries_of_the_directory(run):
    async def work(client, upn):
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(search='"displayName:ad"', count=True)
        configuration = RequestConfiguration(query_parameters=query)
        configuration.headers.add("ConsistencyLevel", "eventual")
        return await client.users.get(configuration)

    found = run(work)
    assert ([one.display_name for one in found.value], found.odata_count) == (["Ada"], 1)


def test_delta_rounds(run, ada):
    async def work(client, upn):
        builder = client.users.by_user_id(upn).mail_folders.by_mail_folder_id("inbox").messages.delta
        found = []
        page = await builder.get()
        while page.odata_next_link:
            found += page.value
            page = await DeltaRequestBuilder(client.request_adapter, page.odata_next_link).get()
        found += page.value
        gone = found[0].id
        await client.users.by_user_id(upn).messages.by_message_id(gone).delete()
        await asyncio.to_thread(ada.mailbox.receive, subject="New")
        later = await DeltaRequestBuilder(client.request_adapter, page.odata_delta_link).get()
        return found, gone, later.value

    found, gone, later = run(work)
    assert len(found) == 25
    removed = next(one for one in later if one.id == gone)
    assert removed.additional_data["@removed"] == {"reason": "deleted"}
    assert [one.subject for one in later if one.id != gone] == ["New"]


def test_a_batch(run):
    async def work(client, upn):
        content, ids = BatchRequestContent(), []
        for path in (f"/users/{upn}/messages?$top=1", f"/users/{upn}/mailFolders/inbox", f"/users/{upn}/messages/AAA"):
            information = RequestInformation()
            information.http_method, information.url = Method.GET, f"https://graph.microsoft.com/v1.0{path}"
            item = BatchRequestItem(information, id=path)
            item.url = path  # it would send the absolute URL, which Graph refuses
            content.add_request(item.id, item)
            ids.append(item.id)
        answer = await BatchRequestBuilder(client.request_adapter).post(content)
        return [answer.get_response_by_id(one) for one in ids]

    listed, folder, malformed = run(work)
    assert (listed.status, folder.status, malformed.status) == (200, 200, 400)


def test_errors_are_typed(run):
    async def work(client, upn):
        caught = []
        for call in (
            client.users.by_user_id(upn).messages.get(messages(filter="nothing eq 1")),
            client.users.by_user_id(upn).messages.by_message_id("AAA").get(),
            client.users.by_user_id("nobody@contoso.example").messages.get(),
            client.users.by_user_id(upn).messages.get(messages(filter="isRead eq true", orderby=["subject"])),
        ):
            with pytest.raises(ODataError) as error:
                await call
            caught.append((error.value.response_status_code, error.value.error.code))
        return caught

    assert run(work) == [
        (400, "RequestBroker--ParseUri"),
        (400, "ErrorInvalidIdMalformed"),
        (404, "ErrorInvalidUser"),
        (400, "InefficientFilter"),
    ]


def test_what_it_writes_it_reads_back(run):
    async def work(client, upn):
        mail = client.users.by_user_id(upn).messages
        draft = await mail.post(Message(subject="Draft", categories=["Blue"]))
        return await mail.by_message_id(draft.id).get()

    read = run(work)
    assert (read.subject, read.categories, read.is_draft) == ("Draft", ["Blue"], True)
