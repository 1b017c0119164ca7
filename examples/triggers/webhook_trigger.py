"""A trigger on change notifications: Graph calls a web address of ours when something happens."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from delta_trigger import DeltaTrigger

Item = dict[str, Any]

LIFE = timedelta(hours=24)
RENEW_BEFORE = timedelta(hours=2)


class WebhookTrigger:
    """Fires for every message that comes into a folder, also for those whose notification was lost.

    Args:
        graph: a signed-in client of Graph.
        mailbox: path of the mailbox, `/me` or `/users/{name}`.
        url: the address at which our web server calls `receive`.
        secret: what a notification must carry (`clientState`).
        fire: called with each new message, once.
        now: the present.
    """

    def __init__(
        self,
        graph: httpx.Client,
        mailbox: str,
        url: str,
        secret: str,
        fire: Callable[[Item], None],
        now: Callable[[], datetime],
    ) -> None:
        self.graph = graph
        self.mailbox = mailbox
        self.url = url
        self.secret = secret
        self.now = now
        self.subscription: Item | None = None
        self.problems: list[str] = []
        self._fire = fire
        self._changes = DeltaTrigger(graph, f"{mailbox}/mailFolders/inbox", fire)

    def start(self) -> None:
        """Subscribe, and remember where the folder stands, so that nothing is lost from here on."""
        self._subscribe()
        self._changes.start()

    def _subscribe(self) -> None:
        answer = self.graph.post(
            "/subscriptions",
            json={
                "changeType": "created",
                "notificationUrl": self.url,
                "lifecycleNotificationUrl": self.url,
                "resource": f"{self.mailbox}/mailFolders('inbox')/messages",
                "expirationDateTime": (self.now() + LIFE).isoformat(),
                "clientState": self.secret,
            },
        )
        answer.raise_for_status()
        self.subscription = answer.json()

    def tick(self) -> None:
        """Do what is due; called every now and then."""
        if self.subscription is None:
            return
        ends = datetime.fromisoformat(self.subscription["expirationDateTime"])
        if ends - self.now() < RENEW_BEFORE:
            self._renew()

    def _renew(self) -> None:
        assert self.subscription is not None
        ends = {"expirationDateTime": (self.now() + LIFE).isoformat()}
        answer = self.graph.patch(f"/subscriptions/{self.subscription['id']}", json=ends)
        if answer.status_code in (404, 410):
            self._start_over()
        else:
            answer.raise_for_status()
            self.subscription = answer.json()

    def receive(self, notification: Item) -> None:
        """Take one notification of a request of Graph's; the web server has answered the handshake and says 202."""
        if notification.get("clientState") != self.secret:
            self.problems.append("a notification without our secret")
            return
        event = notification.get("lifecycleEvent")
        if event == "reauthorizationRequired":
            self._renew()
        elif event == "subscriptionRemoved":
            self._start_over()
        elif event == "missed":
            self.recover()
        else:
            self._created(notification["resourceData"]["id"])

    def _created(self, identity: str) -> None:
        if identity in self._changes.known:
            return  # notifications may come twice
        answer = self.graph.get(f"{self.mailbox}/messages/{identity}", params={"$select": "subject,receivedDateTime"})
        if answer.status_code == 404:
            return  # it was moved or deleted in the meantime
        answer.raise_for_status()
        self._changes.known.add(identity)
        self._fire(answer.json())

    def _start_over(self) -> None:
        self._subscribe()
        self.recover()

    def recover(self) -> None:
        """Fire for what came while nothing was told."""
        self._changes.poll()
