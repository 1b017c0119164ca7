"""`serve --data`: kill -9 at any moment loses nothing that was acknowledged, and a restart keeps everything."""

import itertools
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

KEEP_IDS = {"Prefer": 'IdType="ImmutableId"'}
All = Callable[[httpx.Client, str], list[dict[str, Any]]]
PERMISSIONS = ("Mail.Send", "Calendars.Read", "Contacts.Read")
"""What each writer gives and takes back of the web application's delegated permissions."""


SCENARIO = {
    "name": "two_steps",
    "phases": [
        {"name": "one", "for": 600, "faults": [{"kind": "latency", "with": {"seconds": 0}}]},
        {"name": "two", "faults": [{"kind": "latency", "with": {"seconds": 0}}]},
    ],
}


class Ledger:
    """What a writer was told has happened; `maybe` is what was under way when the process ended."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any] | None] = {}
        self.maybe: set[str] = set()
        self.folders: set[str] = set()
        self.users: set[str] = set()
        self.tokens: list[str] = []
        self.consent: set[bool] = {True}


class Writer:
    """Writes anything, one thing after the other, until nobody answers."""

    def __init__(self, served: Any, token: str, ledger: Ledger, seed: int, label: str) -> None:
        self.served, self.ledger, self.label = served, ledger, label
        self.chance = random.Random(seed)
        self.graph, self.control = served.graph(token), served.control()
        self.user = served.details["user"]
        self.numbers = itertools.count()
        self.permission = PERMISSIONS[int(label.split(".")[1])]
        self.refused: list[str] = []

    def run(self) -> None:
        doing = [self.create, self.create, self.change, self.move, self.delete, self.folder, self.add_user]
        doing += [self.redeem, self.consent, self.batch]
        try:
            while True:
                self.chance.choice(doing)()
        except httpx.TransportError:
            pass
        finally:
            self.graph.close()
            self.control.close()

    def told(self, answer: httpx.Response, *statuses: int) -> httpx.Response:
        if answer.status_code not in statuses:
            self.refused.append(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
            raise httpx.TransportError("refused")
        return answer

    def create(self) -> None:
        subject = f"{self.label} {next(self.numbers)}"
        body = {"content": "x" * self.chance.randrange(20_000)}
        document = {"subject": subject, "isRead": False, "body": body}
        answer = self.told(self.graph.post(f"/users/{self.user}/messages", json=document), 201)
        self.ledger.messages[answer.json()["id"]] = {"subject": subject, "isRead": False}

    def one(self) -> str | None:
        mine = [key for key, value in self.ledger.messages.items() if value is not None]
        return self.chance.choice(mine) if mine else None

    def under_way(self, key: str, action: Callable[[], httpx.Response], after: dict[str, Any] | None) -> None:
        self.ledger.maybe.add(key)
        self.told(action(), 200, 201, 204)
        self.ledger.messages[key] = after
        self.ledger.maybe.discard(key)

    def change(self) -> None:
        if (key := self.one()) is not None:
            url, held = f"/users/{self.user}/messages/{key}", self.ledger.messages[key] or {}
            read = not held["isRead"]
            self.under_way(key, lambda: self.graph.patch(url, json={"isRead": read}), {**held, "isRead": read})

    def move(self) -> None:
        if (key := self.one()) is not None:
            url, held = f"/users/{self.user}/messages/{key}/move", self.ledger.messages[key]
            wanted = {"destinationId": self.chance.choice(["archive", "drafts"])}
            self.under_way(key, lambda: self.graph.post(url, json=wanted), held)

    def delete(self) -> None:
        if (key := self.one()) is not None:
            url = f"/users/{self.user}/messages/{key}/permanentDelete"
            self.under_way(key, lambda: self.graph.post(url), None)

    def folder(self) -> None:
        name = f"{self.label} {next(self.numbers)}"
        self.told(self.graph.post(f"/users/{self.user}/mailFolders", json={"displayName": name}), 201)
        self.ledger.folders.add(name)

    def add_user(self) -> None:
        name = f"{self.label}-{next(self.numbers)}".replace(" ", "-")
        url = f"/tenants/{self.served.details['tenant_id']}/users"
        self.ledger.users.add(self.told(self.control.post(url, json={"name": name}), 201).json()["upn"])

    def redeem(self) -> None:
        answer = self.served.token(
            grant_type="password",
            client_id=self.served.details["public_client_id"],
            username=self.user,
            password=self.served.details["user_password"],
            scope="openid offline_access Mail.Read",
        )
        self.ledger.tokens.append(self.told(answer, 200).json()["refresh_token"])

    def consent(self) -> None:
        app, tenant = self.served.details["web_client_id"], self.served.details["tenant_id"]
        wanted = self.chance.random() < 0.5
        self.ledger.consent.add(wanted)
        url, document = f"/tenants/{tenant}/apps/{app}/consent", {"permissions": [self.permission]}
        answer = self.control.request("POST" if wanted else "DELETE", url, json=document)
        self.told(answer, 200, 201, 204)
        self.ledger.consent = {wanted}

    def batch(self) -> None:
        subjects = [f"{self.label} {next(self.numbers)}" for _ in range(4)]
        requests = [
            {
                "id": subject,
                "method": "POST",
                "url": f"/users/{self.user}/messages",
                "headers": {"Content-Type": "application/json", **KEEP_IDS},
                "body": {"subject": subject},
            }
            for subject in subjects
        ]
        answer = self.told(self.graph.post("/$batch", json={"requests": requests}), 200)
        for one in answer.json()["responses"]:
            if one["status"] == 201:
                kept = {"subject": one["body"]["subject"], "isRead": one["body"]["isRead"]}
                self.ledger.messages[one["body"]["id"]] = kept


def consented(served: Any, graph: httpx.Client, all_of: All) -> set[str]:
    """The delegated permissions that the web application has for everybody."""
    query = f"?$filter=appId eq '{served.details['web_client_id']}'"
    principal = graph.get(f"/servicePrincipals{query}").json()["value"][0]["id"]
    grants = all_of(graph, f"/servicePrincipals/{principal}/oauth2PermissionGrants")
    return {scope for grant in grants if grant["consentType"] == "AllPrincipals" for scope in grant["scope"].split()}


def check(served: Any, token: str, ledgers: list[Ledger], all_of: All) -> None:
    """Everything that was acknowledged is there, and nothing that was deleted."""
    user = served.details["user"]
    with served.graph(token) as graph:
        messages = {one["id"]: one for one in all_of(graph, f"/users/{user}/messages?$top=999&$select=subject,isRead")}
        folders = {
            one["displayName"] for one in all_of(graph, f"/users/{user}/mailFolders?$top=999&$select=displayName")
        }
        users = {one["userPrincipalName"] for one in all_of(graph, "/users?$top=999&$select=userPrincipalName")}
        lost: list[Any] = []
        for ledger in ledgers:
            lost += [("folder", name) for name in ledger.folders - folders]
            lost += [("user", name) for name in ledger.users - users]
            for key, value in ledger.messages.items():
                found = messages.get(key)
                now = None if found is None else {"subject": found["subject"], "isRead": found["isRead"]}
                if now != value and key not in ledger.maybe:
                    lost.append(("message", value, now))
                if key in ledger.maybe:
                    ledger.messages[key] = now
            ledger.maybe.clear()
            for value in ledger.tokens[-3:]:
                answer = served.token(
                    grant_type="refresh_token",
                    client_id=served.details["public_client_id"],
                    refresh_token=value,
                    scope="Mail.Read",
                )
                lost += [("refresh token", answer.text)] if answer.status_code != 200 else []
        granted = consented(served, graph, all_of)
        for ledger, permission in zip(ledgers, PERMISSIONS, strict=True):
            lost += [("consent", permission)] if (permission in granted) not in ledger.consent else []
            ledger.consent = {permission in granted}
    assert not lost, f"{len(lost)} acknowledged writes are lost: {lost[:5]}"


def integrity(data: Path) -> str:
    connection = sqlite3.connect(data / "worlds.sqlite3")
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.timeout(1800)
def test_kill_9_loses_nothing(
    tmp_path: Path, serve: Callable[..., Any], all_of: All, amount: Callable[[int, int], int]
) -> None:
    data, chance = tmp_path / "data", random.Random(9)
    ledgers = [Ledger() for _ in PERMISSIONS]
    served = serve(data)
    token, delta = served.as_application(), ""
    for turn in range(amount(10, 200)):
        user = served.details["user"]
        with served.graph(token) as graph:
            delta = delta or f"/users/{user}/mailFolders/drafts/messages/delta?$select=subject"
            answer = graph.get(delta.split("/v1.0")[-1])
            assert answer.status_code == 200, f"the delta token of the last run: {answer.text}"
            delta = answer.json().get("@odata.deltaLink") or answer.json()["@odata.nextLink"]
        writers = [Writer(served, token, one, chance.random(), f"{turn}.{n}") for n, one in enumerate(ledgers)]
        threads = [threading.Thread(target=writer.run) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(chance.random() * 0.6)
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
        for thread in threads:
            thread.join()
        assert [line for writer in writers for line in writer.refused] == []
        assert integrity(data) == "ok"
        served = serve(data)
        check(served, token, ledgers, all_of)
    written = sum(len(one.messages) + len(one.folders) + len(one.users) for one in ledgers)
    assert written > amount(10, 200), "the runs wrote next to nothing"


def test_a_restart_keeps_the_rest(tmp_path: Path, serve: Callable[..., Any], all_of: All) -> None:
    """Clock, faults, agenda, outbox, snapshots, scenarios, authority and certificate are as they were."""
    data = tmp_path / "data"
    served = serve(data)
    before = served.details
    with served.control() as control:
        control.post("/clock", json={"freeze": True, "set": "2027-01-02T03:04:05Z"}).raise_for_status()
    with served.control() as control, served.graph(served.as_application()) as graph:
        control.post("/faults", json={"kind": "latency", "name": "slow", "with": {"seconds": 0}}).raise_for_status()
        control.post("/scenarios", json={"document": SCENARIO}).raise_for_status()
        control.post("/snapshots", json={"name": "first"}).raise_for_status()
        later = {"id": "SystemTime 0x3FEF", "value": "2027-01-02T04:00:00Z"}
        message = {
            "subject": "out",
            "toRecipients": [{"emailAddress": {"address": "x@example.org"}}],
            "singleValueExtendedProperties": [later],
        }
        sent = graph.post(f"/users/{before['user']}/sendMail", json={"message": message})
        assert sent.status_code == 202, sent.text
        ca = Path(before["ca_file"]).read_bytes()
    served.kill()

    served = serve(data)
    assert Path(served.details["ca_file"]).read_bytes() == ca
    assert served.details["certificate_pfx_base64"] == before["certificate_pfx_base64"]
    with served.control() as control, served.graph(served.as_application()) as graph:
        assert control.get("/clock").json()["now"].startswith("2027-01-02T03:04:05")
        assert [fault["name"] for fault in control.get("/faults").json()["faults"]] == ["slow", "two_steps.one"]
        assert control.get("/outbox").text.count('"out"') == 0
        control.post("/clock", json={"advance": 3400}).raise_for_status()
        assert control.get("/outbox").text.count('"out"') == 1
        assert [fault["name"] for fault in control.get("/faults").json()["faults"]] == ["slow", "two_steps.two"]
        count = len(all_of(graph, f"/users/{served.details['user']}/messages?$top=999&$select=id"))
        graph.post(f"/users/{served.details['user']}/messages", json={"subject": "later"}).raise_for_status()
        control.post("/snapshots/first/restore").raise_for_status()
        assert len(all_of(graph, f"/users/{served.details['user']}/messages?$top=999&$select=id")) == count - 1
