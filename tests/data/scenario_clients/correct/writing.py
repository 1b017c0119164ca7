"""Writes once: looks before it repeats, and repeats only what may succeed."""

import time

import httpx
from scenario_clients.correct.reading import GRAPH, Reader


def create_and_read(account):
    """Create a draft and return its subject as it is read back, once reads have caught up with writes."""
    messages = f"{GRAPH}/users/{account.user}/messages"
    with Reader(account) as reader:
        return read_back(reader, messages)


def read_back(reader, messages):
    made = reader.ask("POST", messages, json={"subject": "New"})
    for attempt in range(6):
        try:
            return reader.get(f"{messages}/{made['id']}")["subject"]
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 404:
                raise
            time.sleep(2.0**attempt)
    raise TimeoutError("the draft does not appear")


def send(account):
    """Send a message; where the connection breaks, look into Sent Items before sending it again."""
    with Reader(account) as reader:
        return sent_once(reader, account)


def sent_once(reader, account):
    user = f"{GRAPH}/users/{account.user}"
    recipients = [{"emailAddress": {"address": account.people[1]}}]
    mail = {"message": {"subject": "Invoice 17", "toRecipients": recipients}}
    for _ in range(3):
        try:
            headers = {"Authorization": f"Bearer {reader.token}"}
            reader.client.post(f"{user}/sendMail", headers=headers, json=mail).raise_for_status()
            return "sent"
        except httpx.TransportError:
            found = reader.get(f"{user}/mailFolders/sentitems/messages?$filter=subject eq 'Invoice 17'")["value"]
            if found:
                return "sent"
    return "not sent"


def store(account):
    """Store a draft; say what no repetition can remedy."""
    with Reader(account) as reader:
        headers = {"Authorization": f"Bearer {reader.token}"}
        answer = reader.client.post(f"{GRAPH}/users/{account.user}/messages", headers=headers, json={"subject": "New"})
    if answer.status_code == 507 and answer.json()["error"]["code"] == "ErrorQuotaExceeded":
        return "the mailbox is full"
    answer.raise_for_status()
    return "stored"
