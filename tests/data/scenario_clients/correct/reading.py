"""Reads mailboxes and copes with what can go wrong on the way."""

import base64
import json
import re
import time

import httpx

GRAPH = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"
ATTEMPTS = 15
TRANSIENT = (408, 429, 500, 502, 503, 504)


class Reader:
    """Asks Graph for an account: waits as it is told, asks for another token where one is refused."""

    def __init__(self, account):
        self.account = account
        self.client = httpx.Client(timeout=30)
        self.token = self.fresh_token()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def fresh_token(self, claims=None):
        form = {
            "grant_type": "client_credentials",
            "client_id": self.account.client_id,
            "client_secret": self.account.client_secret,
            "scope": SCOPE,
            **({"claims": claims} if claims else {}),
        }
        answer = self.client.post(f"{LOGIN}/{self.account.tenant}/oauth2/v2.0/token", data=form)
        answer.raise_for_status()
        return answer.json()["access_token"]

    def get(self, link):
        """Return a JSON document; reading is safe to repeat."""
        return self.ask("GET", link)

    def ask(self, method, link, **content):
        for attempt in range(ATTEMPTS):
            try:
                headers = {"Authorization": f"Bearer {self.token}"}
                answer = self.client.request(method, link, headers=headers, **content)
                if answer.status_code == 401:
                    self.token = self.fresh_token(claims_of(answer))
                    continue
                if answer.status_code not in TRANSIENT:
                    answer.raise_for_status()
                    return answer.json()
                wait = answer.headers.get("retry-after", "")
                time.sleep(float(wait) if wait else 2.0**attempt)
            except (httpx.RequestError, ValueError):
                time.sleep(2.0**attempt)
        raise TimeoutError(f"no answer from {link}")


def claims_of(answer):
    """Return the claims that a challenge demands, as the token endpoint takes them."""
    found = re.search(r'claims="([^"]+)"', answer.headers.get("www-authenticate", ""))
    return base64.b64decode(found[1]).decode() if found else None


def read_all(account):
    """Return the subjects of a mailbox; a page may be empty or hold an item that came before."""
    link, found = f"{GRAPH}/users/{account.user}/messages?$select=subject&$top=2", {}
    with Reader(account) as reader:
        while link:
            page = reader.get(link)
            found.update((one["id"], one["subject"]) for one in page["value"])
            link = page.get("@odata.nextLink")
    return list(found.values())


def read_batch(account):
    """Return the subjects of a mailbox by batches; items that are answered 429 go into the next one."""
    with Reader(account) as reader:
        return batched(reader, account)


def batched(reader, account):
    ids = reader.get(f"{GRAPH}/users/{account.user}/messages?$select=id")["value"]
    left = {
        str(i): {"id": str(i), "method": "GET", "url": f"/users/{account.user}/messages/{one['id']}"}
        for i, one in enumerate(ids)
    }
    found = {}
    while left:
        answer = reader.ask("POST", f"{GRAPH}/$batch", json={"requests": list(left.values())})
        waits = [0.0]
        for one in answer["responses"]:
            if one["status"] == 200:
                found[int(one["id"])] = one["body"]["subject"]
                del left[one["id"]]
            elif one["status"] in TRANSIENT:
                waits.append(float(one["headers"].get("Retry-After", 1)))
            else:
                raise RuntimeError(json.dumps(one))
        time.sleep(max(waits))
    return [found[i] for i in sorted(found)]


def read_mailboxes(account):
    """Return the subjects of several mailboxes by owner; what is gone does not stop the others."""
    found = {}
    with Reader(account) as reader:
        for user in account.people:
            try:
                page = reader.get(f"{GRAPH}/users/{user}/messages?$select=subject")
            except httpx.HTTPStatusError as error:
                if error.response.status_code != 404:
                    raise
                found[user] = "gone"
            else:
                found[user] = [one["subject"] for one in page["value"]]
    return found
