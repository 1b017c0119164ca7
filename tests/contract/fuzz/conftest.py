"""What the fuzz asks: requests for every door, made by chance from the tables of what there is."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus, urlencode

import pytest
from outlook365_emulator.control.archives import Archive
from outlook365_emulator.control.openapi import openapi_document
from outlook365_emulator.control.pages.actions import ACTIONS
from outlook365_emulator.control.pages.site import NAVIGATION
from outlook365_emulator.control.routes import ROUTES
from outlook365_emulator.entra.endpoints import ENDPOINTS
from outlook365_emulator.graph.operation import OPERATIONS, Action, Operation
from outlook365_emulator.graph.service import Graph
from outlook365_emulator.tables.schema_types import bound_operations, enumerations, types

assert Graph is not None  # importing it is what fills OPERATIONS

LOGIN, GRAPH, OUTLOOK = "login.microsoftonline.com", "graph.microsoft.com", "outlook.office.com"
HOSTS = (GRAPH, GRAPH, GRAPH, LOGIN, LOGIN, OUTLOOK, "graph.microsoft.us", "login.chinacloudapi.cn")
SCHEMAS = openapi_document(ROUTES)["components"]["schemas"]
SLOW = {"latency", "no_answer", "dribble", "validation_timeout"}
"""Faults whose purpose is that a client waits."""

NUMBERS = (0, 1, -1, 2, 7, 30, 255, 1000, 2**31, -(2**31), 2**63, 2**64, 0.5, -0.5, 1e308, 1e-308)
WORDS: dict[str, Any] = json.loads((Path(__file__).resolve().parents[2] / "data/fuzz/words.json").read_text())
"""Texts, names and query options; in options and preferences `%s` stands for any text."""

STRANGE = (*WORDS["strange"], "a" * 5000, "9" * 5000, "ß" * 300, "(" * 60 + ")" * 60)


Asked = tuple[str, str, tuple[tuple[str, str], ...], bytes]
"""Method, target, header fields and body of a request."""


class Question(NamedTuple):
    """One request: at which door it is asked, and what it says; `raw` stands in place of the rest."""

    door: str
    host: str = ""
    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes = b""


class Maker:
    """Makes requests by chance; what the answers name (ids, tokens) comes back into later ones.

    Args:
        seed: the same one makes the same requests to the same answers.
        details: the ready file.
    """

    def __init__(self, seed: int, details: dict[str, Any]) -> None:
        self.chance = random.Random(seed)
        self.details = details
        self.known: dict[str, list[str]] = {name: [*names] for name, names in WORDS["known"].items()} | {
            "user": [details["user"], details["shared_mailbox"], details["admin"]],
            "tenant": [details["tenant_id"], details["domain"], "common"],
            "app": [details["client_id"], details["public_client_id"]],
        }
        self.tokens = [details[name] for name in ("client_secret", "user_password", "client_id", "web_client_id")]
        self.bearer: list[str] = []

    def pick(self, among: Any) -> Any:
        return self.chance.choice(among)

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def text(self) -> str:
        kind = self.chance.random()
        if kind < 0.5:
            return str(self.pick(WORDS["plain"]))
        if kind < 0.8:
            return str(self.pick(STRANGE))
        if kind < 0.9 and self.known["text"]:
            return str(self.pick(self.known["text"]))
        among = range(32, 127) if self.often(0.5) else range(1, 0xD7FF)
        return "".join(map(chr, self.chance.choices(among, k=8)))

    def segment(self, name: str) -> str:
        return str(self.pick(self.known[name])) if self.known.get(name) and self.often(0.9) else self.text()

    def filled(self, path: str) -> str:
        """Fill the placeholders of a path, and now and then change a segment of it."""
        parts = path.strip("/").split("/")
        found = [re.sub(r"{(\w+)}", lambda match: quote(self.segment(match[1]), safe="@"), part) for part in parts]
        if self.often(0.1):
            found[self.chance.randrange(len(found))] = quote(self.text(), safe=self.pick(("", "%", "%/'()")))
        if self.often(0.03):
            found.insert(self.chance.randrange(len(found)), self.pick(found))
        return "/" + "/".join(found)

    def anything(self, depth: int = 3) -> Any:
        kind = self.chance.random()
        if depth and kind < 0.15:
            return [self.anything(depth - 1) for _ in range(self.chance.randrange(4))]
        if depth and kind < 0.3:
            return {self.text(): self.anything(depth - 1) for _ in range(self.chance.randrange(4))}
        if kind < 0.5:
            return self.pick((None, True, False, *NUMBERS))
        return self.text()

    def of_type(self, name: str, depth: int = 4) -> Any:
        """A value of a type of Graph's schema, right more often than not."""
        if self.often(0.04):
            return self.anything(2)
        if name in enumerations():
            return self.pick(enumerations()[name].members)
        kind = types().get(name.lower())
        if kind is None:
            return {"Edm.Boolean": True, "Edm.Int32": self.pick(NUMBERS[:8]), "Edm.Date": "2026-03-02"}.get(
                name
            ) or self.text()
        if not depth:
            return {}
        properties = [*kind.properties.values()]
        chosen = self.chance.sample(properties, min(len(properties), self.chance.randrange(6)))
        found = {one.name: self.of_property(one, depth - 1) for one in chosen}
        if name.lower() == "datetimetimezone":
            found |= {
                "dateTime": "2026-03-02T09:00:00",
                "timeZone": self.pick(("UTC", "Pacific Standard Time", "Europe/Berlin")),
            }
        if self.often(0.2):
            found["@odata.type"] = (
                f"#microsoft.graph.{self.pick((kind.name, 'message', 'event', 'fileAttachment', 'itemAttachment'))}"
            )
        return found

    def of_property(self, one: Any, depth: int) -> Any:
        if one.collection:
            return [self.of_type(one.type, depth) for _ in range(self.chance.randrange(3))]
        return self.of_type(one.type, depth)

    def of_schema(self, schema: Any, depth: int = 6) -> Any:
        """A value that a JSON schema of the control API describes, right more often than not."""
        if not depth or self.often(0.04) or not isinstance(schema, dict):
            return self.anything(2)
        if "$ref" in schema:
            return self.of_schema(SCHEMAS[schema["$ref"].rpartition("/")[2]], depth)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.of_schema(self.pick(schema[several]), depth - 1)
        if "enum" in schema:
            return self.pick(schema["enum"])
        match schema.get("type"):
            case "object":
                wanted = schema.get("required", ())
                members = {
                    name: one for name, one in schema.get("properties", {}).items() if name in wanted or self.often(0.3)
                }
                return {name: self.of_schema(one, depth - 1) for name, one in members.items()}
            case "array":
                return [self.of_schema(schema.get("items", {}), depth - 1) for _ in range(self.chance.randrange(3))]
            case "boolean":
                return self.often(0.5)
            case "integer" | "number":
                return self.pick(NUMBERS)
            case "null":
                return None
        return self.text()

    def encoded(self, value: Any) -> bytes:
        """Write JSON, and now and then damage it."""
        body = json.dumps(value, ensure_ascii=self.often(0.5)).encode("utf-8", "surrogatepass")
        damage = self.chance.random()
        if damage < 0.02:
            return b"[" * 100_000
        if damage < 0.05 and body:
            return body[: self.chance.randrange(len(body))]
        if damage < 0.08 and body:
            place = self.chance.randrange(len(body))
            return body[:place] + self.chance.randbytes(3) + body[place + 1 :]
        return body

    def query(self) -> str:
        pairs = []
        for _ in range(self.pick((0, 0, 1, 1, 2, 3))):
            name = self.pick([*WORDS["query"]])
            pairs.append((name, self.pick(WORDS["query"][name]).replace("%s", self.text())))
        return "?" + urlencode(pairs, quote_via=quote if self.often(0.5) else quote_plus) if pairs else ""

    def headers(self, media: str = "") -> tuple[tuple[str, str], ...]:
        found = [("Content-Type", media)] if media and self.often(0.95) else []
        if self.often(0.2):
            found.append(("Prefer", self.pick(WORDS["preferences"]).replace("%s", self.text())))
        if self.often(0.1):
            found.append((self.pick(WORDS["headers"]), self.text()))
        return tuple((name, re.sub(r"[\r\n\0]", "", value)) for name, value in found)

    def graph(self) -> Asked:
        one: Operation = self.pick([*OPERATIONS.values()])
        path = (
            self.filled(one.path.replace("/users/{user}", "/me" if self.often(0.4) else "/users/{user}", 1))
            + self.query()
        )
        body, media = b"", ""
        if one.name == "batch.batch":
            body, media = (
                self.encoded({"requests": [self.batched(str(i)) for i in range(self.chance.randrange(5))]}),
                "application/json",
            )
        elif isinstance(one.body, Action):
            found = [action for action in bound_operations() if action.name == one.body.name] or [bound_operations()[0]]
            body = self.encoded({each.name: self.of_property(each, 4) for each in found[0].parameters})
            media = "application/json"
        elif one.body is not None or one.method in ("POST", "PATCH", "PUT"):
            body, media = self.encoded(self.of_type(one.body.type if one.body else "message")), "application/json"
        if one.mime and self.often(0.2):
            body, media = self.pick((b"RnJvbTogYQ0KDQp4", b"!", self.chance.randbytes(40))), "text/plain"
        signed = (("Authorization", f"Bearer {self.pick(self.bearer)}"),) if self.bearer and self.often(0.95) else ()
        return (
            one.method,
            f"/{self.pick(('v1.0', 'v1.0', 'v1.0', 'beta'))}{path}",
            (*signed, *self.headers(media)),
            body,
        )

    def batched(self, name: str) -> Any:
        one: Operation = self.pick([*OPERATIONS.values()])
        found = {
            "id": name,
            "method": one.method,
            "url": self.filled(one.path) + self.query(),
            "body": self.of_type("message"),
            "headers": {"Content-Type": "application/json"},
            "dependsOn": [self.pick(("0", "1", self.text()))],
        }
        return found if self.often(0.9) else self.anything()

    def entra(self) -> Asked:
        one = self.pick(ENDPOINTS)
        fields = {name: self.field(name) for name in self.chance.sample(WORDS["form"], self.chance.randrange(10))}
        if self.often(0.5):
            fields |= {"client_id": self.details[self.pick(("client_id", "public_client_id", "web_client_id"))]}
            fields |= {
                "redirect_uri": self.details["redirect_uri"],
                "response_type": self.pick(("code", "id_token", "code id_token")),
            }
            fields |= {"grant_type": self.pick(WORDS["grants"]), "scope": self.field("scope")}
        text = urlencode(fields, quote_via=quote_plus)
        method = self.pick(one.verbs)
        if method == "GET":
            return method, f"{self.filled(one.path)}?{text}", self.headers(), b""
        return method, self.filled(one.path), self.headers("application/x-www-form-urlencoded"), text.encode()

    def field(self, name: str) -> str:
        right = {
            "grant_type": WORDS["grants"],
            "client_id": (self.details["client_id"], self.details["public_client_id"]),
            "client_secret": (self.details["client_secret"],),
            "username": (self.details["user"],),
            "password": (self.details["user_password"],),
            "response_mode": ("query", "fragment", "form_post"),
            "scope": (f"https://{GRAPH}/.default", "Mail.Read offline_access openid"),
            "claims": ('{"access_token":{}}', "{", "[1]"),
        }.get(name, self.tokens)
        return str(self.pick(right)) if self.often(0.8) else self.text()

    def control(self) -> Asked:
        route = self.pick(ROUTES)
        if (route.method, route.path) == ("DELETE", "/worlds/{world}") and self.often(0.9):
            route = ROUTES[0]
        options = {name: self.pick(("0", "1", self.text())) for name in route.query}
        path = f"/_emulator/v1{self.filled(route.path)}" + ("?" + urlencode(options) if options else "")
        body, media = b"", "application/json"
        if route.body is Archive:
            body, media = b"PK\x03\x04" + self.chance.randbytes(60), "application/zip"
        elif route.body is not None:
            body = self.encoded(self.harmless(self.of_schema(SCHEMAS.get(route.body.__name__, {}))))
        return route.method, path, self.headers(media if body else ""), body

    def harmless(self, value: Any) -> Any:
        """Take away what makes a client wait on purpose."""
        if isinstance(value, list):
            return [self.harmless(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {name: self.harmless(one) for name, one in value.items()}
        if str(found.get("kind")) in SLOW:
            found["kind"] = "error"
        return found

    def page(self) -> Asked:
        if self.often(0.5):
            form = {
                "action": self.pick([*ACTIONS]),
                "canary": self.pick(self.known.get("canary", ["x"])),
                "back": self.text(),
            }
            form |= {
                name: self.segment(name)
                for name in ("tenant", "user", "app", "scenario", "amount", "change", "permissions")
            }
            return (
                "POST",
                "/_emulator/web/contoso/do",
                self.headers("application/x-www-form-urlencoded"),
                urlencode(form).encode(),
            )
        path = f"/_emulator/web/{quote(self.segment('world'))}/{self.pick([*NAVIGATION])}"
        further = "".join(
            f"/{quote(self.segment(self.pick(('tenant', 'user', 'folder', 'message'))), safe='')}"
            for _ in range(self.chance.randrange(5))
        )
        return "GET", self.pick((path, path, "/")) + further + self.query(), self.headers(), b""

    def raw(self) -> Question:
        """Bytes that are hardly HTTP, at one of the three ports."""
        host = self.pick((GRAPH, LOGIN, "example.org", "127.0.0.1", "[::1]", self.text(), "management.azure.com"))
        port = self.pick((443, 80, 0, 65536, -1, "x", "9" * 20))
        head = self.pick(
            (
                f"CONNECT {host}:{port} HTTP/1.1",
                f"GET http://{host}:{port}/ HTTP/1.1",
                f"GET {self.text()} HTTP/1.1",
                "GET / HTTP/9.9",
            )
        )
        lines = [
            head,
            f"Host: {host}",
            *(f"{self.pick(WORDS['headers'])}: {self.text()}" for _ in range(self.chance.randrange(3))),
        ]
        if self.often(0.2):
            lines.append(
                self.pick(
                    ("Content-Length: -1", "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked, x")
                )
            )
        data = "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n"
        if self.often(0.5):
            data += self.pick(
                (b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b"5\r\nhello\r\n0\r\n\r\n", self.chance.randbytes(60))
            )
        if self.often(0.3):
            place = self.chance.randrange(len(data))
            data = data[:place] + self.chance.randbytes(2) + data[place + self.chance.randrange(3) :]
        return Question(self.pick(("http", "proxy", "https")), raw=data)

    def question(self) -> Question:
        kind = self.chance.random()
        if kind < 0.06:
            return self.raw()
        if kind < 0.24:
            return Question("control", "", *self.control())
        if kind < 0.3:
            return Question("control", "", *self.page())
        host = self.pick(HOSTS)
        method, target, headers, body = self.entra() if host.startswith("login") else self.graph()
        if self.often(0.03):
            method = self.pick(("HEAD", "OPTIONS", "PUT", "BREW", "DELETE"))
        return Question(self.pick(("http", "http", "https", "proxy")), host, method, target, headers, body)

    def learn(self, question: Question, body: bytes) -> None:
        """Keep what an answer names for later requests."""
        if b'name="canary"' in body and not question.host:
            self.known["canary"] = re.findall(r'name="canary" value="(\w+)"', body.decode())[:1] or ["x"]
        try:
            found = json.loads(body)
        except ValueError:
            return
        if not isinstance(found, dict):
            return
        for name in ("access_token", "refresh_token", "device_code", "user_code"):
            if isinstance(found.get(name), str):
                self.keep(self.bearer if name == "access_token" else self.tokens, found[name])
        for link in re.findall(r"(?:skiptoken|deltatoken)=([^\"&]+)", body.decode("utf-8", "replace")):
            self.keep(self.known["text"], link)
        collection = question.target.partition("?")[0].rstrip("/").rpartition("/")[2]
        name = (
            re.sub("ies$", "y", collection)
            .removesuffix("s")
            .replace("mailFolder", "folder")
            .replace("childFolder", "folder")
        )
        many = found.get("value") if isinstance(found.get("value"), list) else [found]
        for one in many if many and question.host else ():
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                self.keep(self.known.setdefault(name, []), one["id"])

    def keep(self, among: list[str], value: str) -> None:
        among.append(value)
        if len(among) > 40:
            del among[self.chance.randrange(len(among))]


@pytest.fixture(scope="session")
def make_maker() -> Callable[[int, dict[str, Any]], Maker]:
    """`make_maker(seed, details)` makes requests; see `Maker`."""
    return Maker
