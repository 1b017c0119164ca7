"""Follows a mailbox by delta queries; a notification says no more than that it is time for one."""

import httpx
from scenario_clients.correct.reading import GRAPH, Reader


class Mirror:
    """The messages of an inbox by id, and the link that leads to what is new."""

    def __init__(self, account, reader):
        self.reader = reader
        self.start = f"{GRAPH}/users/{account.user}/mailFolders/inbox/messages/delta"
        self.link, self.messages = self.start, {}

    def catch_up(self):
        while True:
            try:
                page = self.reader.get(self.link)
            except httpx.HTTPStatusError as error:
                if error.response.status_code != 410:
                    raise
                self.link, self.messages = self.start, {}
                continue
            for one in page["value"]:
                if "@removed" in one:
                    self.messages.pop(one["id"], None)
                else:
                    self.messages[one["id"]] = one["subject"]
            self.link = page.get("@odata.deltaLink") or page["@odata.nextLink"]
            if "@odata.deltaLink" in page:
                return sorted(self.messages.values())


def sync(account, arrives):
    """Return the subjects after rounds of delta; mail arrives between them."""
    found = []
    with Reader(account) as reader:
        mirror = Mirror(account, reader)
        for _ in range(3):
            found = mirror.catch_up()
            arrives()
    return found


def follow(account, notifications):
    """Return the subjects, whatever notifications came: each is but a sign to look."""
    with Reader(account) as reader:
        return Mirror(account, reader).catch_up()
