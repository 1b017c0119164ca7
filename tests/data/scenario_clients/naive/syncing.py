"""Follows a mailbox by delta queries and notifications, and believes both."""

import httpx
from scenario_clients.naive.reading import GRAPH, token_of


def sync(account, arrives):
    """Return the subjects after two rounds of delta; mail arrives between them."""
    headers = {"Authorization": f"Bearer {token_of(account)}"}
    found, link = [], f"{GRAPH}/users/{account.user}/mailFolders/inbox/messages/delta"
    for _ in range(3):
        answer = httpx.get(link, headers=headers)
        answer.raise_for_status()
        page = answer.json()
        found += [one["subject"] for one in page["value"]]
        link = page.get("@odata.deltaLink") or page["@odata.nextLink"]
        arrives()
    return sorted(found)


def follow(account, notifications):
    """Return the subjects of the messages that notifications tell of."""
    headers, found = {"Authorization": f"Bearer {token_of(account)}"}, []
    for one in notifications:
        message = httpx.get(f"{GRAPH}/{one['resource']}", headers=headers).json()
        found.append(message["subject"])
    return sorted(found)
