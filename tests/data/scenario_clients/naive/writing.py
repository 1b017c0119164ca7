"""Writes as if the first attempt always counted, or as if another never hurt."""

import httpx
from scenario_clients.naive.reading import GRAPH, token_of


def create_and_read(account):
    """Create a draft and return its subject as it is read back."""
    headers, messages = {"Authorization": f"Bearer {token_of(account)}"}, f"{GRAPH}/users/{account.user}/messages"
    made = httpx.post(messages, headers=headers, json={"subject": "New"}).json()
    answer = httpx.get(f"{messages}/{made['id']}", headers=headers)
    answer.raise_for_status()
    return answer.json()["subject"]


def send(account):
    """Send a message; where the connection breaks, send it again."""
    headers = {"Authorization": f"Bearer {token_of(account)}"}
    recipients = [{"emailAddress": {"address": account.people[1]}}]
    mail = {"message": {"subject": "Invoice 17", "toRecipients": recipients}}
    for _ in range(3):
        try:
            httpx.post(f"{GRAPH}/users/{account.user}/sendMail", headers=headers, json=mail).raise_for_status()
            return "sent"
        except httpx.TransportError:
            continue
    return "not sent"


def store(account):
    """Store a draft; whatever goes wrong, try again."""
    headers = {"Authorization": f"Bearer {token_of(account)}"}
    for _ in range(5):
        answer = httpx.post(f"{GRAPH}/users/{account.user}/messages", headers=headers, json={"subject": "New"})
        if answer.is_success:
            return "stored"
    raise RuntimeError("Graph does not answer")
