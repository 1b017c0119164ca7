"""Reads mailboxes as if nothing ever went wrong."""

import httpx

GRAPH = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"


def token_of(account):
    form = {
        "grant_type": "client_credentials",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "scope": SCOPE,
    }
    answer = httpx.post(f"{LOGIN}/{account.tenant}/oauth2/v2.0/token", data=form)
    answer.raise_for_status()
    return answer.json()["access_token"]


def read_all(account):
    """Return the subjects of a mailbox, page by page: no repetition, and a third of a second for each answer."""
    link, subjects = f"{GRAPH}/users/{account.user}/messages?$select=subject&$top=2", []
    with httpx.Client(headers={"Authorization": f"Bearer {token_of(account)}"}, timeout=0.3) as client:
        while link:
            answer = client.get(link)
            answer.raise_for_status()
            page = answer.json()
            subjects += [one["subject"] for one in page["value"]]
            link = page.get("@odata.nextLink")
    return subjects


def read_batch(account):
    """Return the subjects of a mailbox with one request for each message, all in one batch."""
    headers = {"Authorization": f"Bearer {token_of(account)}"}
    ids = httpx.get(f"{GRAPH}/users/{account.user}/messages?$select=id", headers=headers).json()["value"]
    requests = [
        {"id": str(i), "method": "GET", "url": f"/users/{account.user}/messages/{one['id']}"}
        for i, one in enumerate(ids)
    ]
    answer = httpx.post(f"{GRAPH}/$batch", headers=headers, json={"requests": requests})
    answer.raise_for_status()
    return [one["body"].get("subject") for one in sorted(answer.json()["responses"], key=lambda one: int(one["id"]))]


def read_mailboxes(account):
    """Return the subjects of several mailboxes by owner."""
    found, headers = {}, {"Authorization": f"Bearer {token_of(account)}"}
    for user in account.people:
        answer = httpx.get(f"{GRAPH}/users/{user}/messages?$select=subject", headers=headers)
        answer.raise_for_status()
        found[user] = [one["subject"] for one in answer.json()["value"]]
    return found
