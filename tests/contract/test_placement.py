"""Which world a request belongs to: each rule, their order, and that no input breaks them."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.app.placement import OPAQUE_VALUES, RULES, place
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Headers, Request

LOGIN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
TENANTS = {"red": "11111111-1111-4111-8111-111111111111", "blue": "22222222-2222-4222-8222-222222222222"}
CLIENT = "33333333-3333-4333-8333-333333333333"
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]


def hosting_of(*names: str) -> Hosting:
    hosting = Hosting()
    for name in names:
        world = World(name, nonce=name.encode())
        hosting.add(world)
        hosting.add_tenant(world, Tenant(TENANTS[name], "global", (f"{name}.example",), name.title()))
    return hosting


@pytest.fixture
def hosting() -> Hosting:
    """The worlds red and blue; only red knows the client."""
    found = hosting_of("red", "blue")
    red = found.by_name("red")
    assert red is not None
    found.add_client(red, CLIENT)
    return found


def token(**claims: object) -> str:
    parts = ({"alg": "RS256"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def request(host: str, path: str, query: str = "", form: str = "", authorization: str = "", lead: str = "") -> Request:
    headers = [*FORM] if form else []
    if authorization:
        headers.append((b"authorization", authorization.encode("latin-1")))
    verb = "POST" if form else "GET"
    return Request(verb, host, path, query, Headers(headers), form.encode("utf-8", "surrogatepass"), lead=lead)


BLUE = TENANTS["blue"]
TOKEN = token(tid=BLUE)
BASIC = base64.b64encode(f"{CLIENT}:secret".encode()).decode()

CASES = {
    "tenant id in the path": (request(LOGIN, f"/{BLUE}/oauth2/v2.0/token"), "blue", "tenant"),
    "tenant id in capitals": (request(LOGIN, f"/{BLUE.upper()}/oauth2/v2.0/token"), "blue", "tenant"),
    "domain in the path": (request(LOGIN, "/blue.example/oauth2/v2.0/token"), "blue", "tenant"),
    "domain, percent-encoded": (request(LOGIN, "/blue%2Eexample/v2.0"), "blue", "tenant"),
    "instance discovery": (
        request(LOGIN, "/common/discovery/instance", f"authorization_endpoint=https://{LOGIN}/{BLUE}/oauth2/authorize"),
        "blue",
        "tenant",
    ),
    "tid of a bearer token": (request(GRAPH, "/v1.0/me", authorization=f"Bearer {TOKEN}"), "blue", "tenant"),
    "tid of an assertion": (request(LOGIN, "/common/oauth2/v2.0/token", form=f"assertion={TOKEN}"), "blue", "tenant"),
    "user name of a sign-in": (
        request(LOGIN, "/organizations/oauth2/v2.0/token", form="username=ada%40blue.example&password=x"),
        "blue",
        "user",
    ),
    "login hint": (request(LOGIN, "/common/oauth2/v2.0/authorize", "login_hint=ada@blue.example"), "blue", "user"),
    "user in the path": (request(GRAPH, "/v1.0/users/ada@blue.example/messages"), "blue", "user"),
    "user realm": (request(LOGIN, "/common/userrealm/ada@blue.example"), "blue", "user"),
    "client id of a form": (request(LOGIN, "/common/oauth2/v2.0/token", form=f"client_id={CLIENT}"), "red", "client"),
    "client id in capitals": (
        request(LOGIN, "/common/oauth2/authorize", f"client_id={CLIENT.upper()}"),
        "red",
        "client",
    ),
    "client of a basic header": (
        request(LOGIN, "/common/oauth2/v2.0/token", form="a=b", authorization=f"Basic {BASIC}"),
        "red",
        "client",
    ),
    "client assertion": (
        request(LOGIN, "/common/oauth2/v2.0/token", form=f"client_assertion={token(iss=CLIENT)}"),
        "red",
        "client",
    ),
    "user name of the proxy": (request(LOGIN, "/common/v2.0", lead="blue"), "blue", "lead"),
    "nothing": (request(LOGIN, "/common/v2.0"), None, "unplaced"),
    "a tenant of nobody": (request(LOGIN, "/green.example/v2.0"), None, "unplaced"),
    "a token of nobody": (request(GRAPH, "/v1.0/me", authorization=f"Bearer {token(tid='x')}"), None, "unplaced"),
    "a lead to nowhere": (request(LOGIN, "/common/v2.0", lead="green"), None, "unplaced"),
    "tenant before client": (request(LOGIN, "/blue.example/v2.0", form=f"client_id={CLIENT}"), "blue", "tenant"),
    "user before client": (
        request(LOGIN, "/common/v2.0", form=f"client_id={CLIENT}&username=ada@blue.example"),
        "blue",
        "user",
    ),
    "client before lead": (request(LOGIN, "/common/v2.0", f"client_id={CLIENT}", lead="blue"), "red", "client"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_leads_to_a_world(hosting: Hosting, case: str) -> None:
    asked, world, how = CASES[case]
    placed = place(hosting, asked)
    assert (placed.world.name if placed.world else None, placed.how) == (world, how)


@pytest.mark.parametrize("opaque", OPAQUE_VALUES, ids=lambda opaque: f"{opaque.place} {opaque.name}")
def test_an_opaque_value_leads_back_before_everything_else(hosting: Hosting, opaque: tuple[str, str, str]) -> None:
    red = hosting.by_name("red")
    assert red is not None
    where, name, prefix = opaque
    value = red.opaque(prefix)
    asked = {
        "form": request(LOGIN, "/blue.example/oauth2/v2.0/token", form=f"{name}={value}"),
        "query": request(GRAPH, "/v1.0/users/ada@blue.example/messages", f"{name}={value}"),
        "path": request(GRAPH, f"/v1.0/{name}/{value}", authorization=f"Bearer {TOKEN}"),
    }[where]
    assert place(hosting, asked) == (red, "opaque value")


def test_the_key_of_a_world_leads(hosting: Hosting) -> None:
    blue = hosting.by_name("blue")
    assert blue is not None
    assert place(hosting, request(LOGIN, "/common/v2.0", lead=blue.key)) == (blue, "lead")


def test_a_client_known_in_two_worlds_leads_to_none(hosting: Hosting) -> None:
    blue = hosting.by_name("blue")
    assert blue is not None
    hosting.add_client(blue, CLIENT)
    assert place(hosting, request(LOGIN, "/common/v2.0", f"client_id={CLIENT}")) == (None, "unplaced")


def test_the_only_world_takes_what_nothing_leads_anywhere() -> None:
    hosting = hosting_of("red")
    assert place(hosting, request(LOGIN, "/common/v2.0")) == (hosting.by_name("red"), "unplaced")


def test_the_default_world_takes_what_nothing_leads_anywhere(hosting: Hosting) -> None:
    hosting.default = hosting.by_name("blue")
    assert place(hosting, request(LOGIN, "/common/v2.0")) == (hosting.default, "unplaced")


def test_a_dropped_world_is_led_to_no_more(hosting: Hosting) -> None:
    red, blue = hosting.by_name("red"), hosting.by_name("blue")
    assert red is not None
    assert blue is not None
    hosting.default = red
    hosting.drop(blue)
    assert place(hosting, request(LOGIN, "/blue.example/v2.0")) == (red, "unplaced")


def test_the_rules_are_in_the_documented_order() -> None:
    assert [name for name, _ in RULES] == [
        "opaque value",
        "user code",
        "tenant",
        "user",
        "client",
        "lead",
        "cookie",
        "unplaced",
    ]


texts = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]))
junk_tokens = st.lists(st.text('eyJ0-_=.{}"\\', max_size=40), max_size=4).map(".".join)


@given(
    path=texts,
    query=st.one_of(texts, st.sampled_from(["authorization_endpoint=http://[", "%", "=&=&"])),
    form=st.text(),
    authorization=st.one_of(texts, st.builds("{} {}".format, st.sampled_from(["Bearer", "Basic"]), junk_tokens)),
    lead=st.text(),
)
def test_junk_never_raises(path: str, query: str, form: str, authorization: str, lead: str) -> None:
    hosting = hosting_of("red", "blue")
    placed = place(hosting, request(GRAPH, f"/{path}", query, form, authorization, lead))
    assert placed.how in dict(RULES)
    unread = Request("POST", GRAPH, path, query, Headers([*FORM]), b"\xff\xfe" + form.encode("utf-8", "replace"))
    assert place(hosting, unread).how in dict(RULES)


@given(st.binary())
def test_junk_in_a_token_never_raises(claims: bytes) -> None:
    text = "x." + base64.urlsafe_b64encode(claims).decode() + ".x"
    place(hosting_of("red", "blue"), request(GRAPH, "/v1.0/me", authorization=f"Bearer {text}"))


def cookie(value: str, path: str = "/common/oauth2/v2.0/logout", form: str = "", **options: str) -> Request:
    asked = request(LOGIN, path, form=form, **options)
    headers = [(b"cookie", f"x=y; ESTSAUTH={value}; z".encode()), *(FORM if form else [])]
    asked.headers = Headers(headers)
    return asked


def test_a_cookie_leads_where_nothing_else_does(hosting: Hosting) -> None:
    red, blue = hosting.by_name("red"), hosting.by_name("blue")
    assert red is not None
    assert blue is not None
    value = blue.opaque("1.", 60)
    assert place(hosting, cookie(value)) == (blue, "cookie")
    assert place(hosting, cookie(value, "/red.example/oauth2/v2.0/authorize")) == (red, "tenant")
    assert place(hosting, cookie(value, form=f"client_id={CLIENT}")) == (red, "client")
    assert place(hosting, cookie(value, lead="red")) == (red, "lead")
    assert place(hosting, cookie("1.nonsense")).how == "unplaced"


def test_a_sent_page_goes_back_to_its_world(hosting: Hosting) -> None:
    red, blue = hosting.by_name("red"), hosting.by_name("blue")
    assert red is not None
    assert blue is not None
    form = f"ctx={blue.opaque('1.')}&canary=x"
    assert place(hosting, cookie(red.opaque("1."), "/common/login", form)) == (blue, "opaque value")


@pytest.mark.parametrize("typed", ["BCDFGHJK2", "bcdf-ghjk2", " BCDF GHJK2 "])
def test_a_user_code_leads_to_its_world(hosting: Hosting, typed: str) -> None:
    from datetime import UTC, datetime
    from urllib.parse import urlencode

    from outlook365_emulator.store.records.sign_in import DeviceCode

    blue = hosting.by_name("blue")
    assert blue is not None
    code = DeviceCode(
        value=blue.opaque("1.D"),
        user_code="BCDFGHJK2",
        client_id=CLIENT,
        tenant="",
        segment="common",
        scopes=(),
        version=2,
        expires=datetime(2030, 1, 1, tzinfo=UTC),
    )
    blue.sign_ins.device_codes.put(code)
    page = "/common/oauth2/deviceauth"
    assert place(hosting, request(LOGIN, page, form=urlencode({"otc": typed}))) == (blue, "user code")
    assert place(hosting, request(LOGIN, page, urlencode({"otc": typed}))) == (blue, "user code")
    assert place(hosting, request(LOGIN, page, form="otc=ZZZZZZZZZ")).how == "unplaced"
    poll = request(LOGIN, "/common/oauth2/v2.0/token", form=f"device_code={code.value}")
    assert place(hosting, poll) == (blue, "opaque value")
