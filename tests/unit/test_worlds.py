"""World files: what they say becomes a world, and what they say wrongly becomes an error with a place."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.directory.applications import application_named
from outlook365_emulator.directory.consent import granted_roles, granted_scopes
from outlook365_emulator.directory.users import right_on, user_named
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds import (
    DocumentConflict,
    DocumentError,
    WorldDocument,
    build_world,
    connection_details,
    load_world_file,
    world_names,
)
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.reading import read_document
from outlook365_emulator.worlds.reference import reference_page
from outlook365_emulator.worlds.schema import world_schema_text
from outlook365_emulator.worlds.shipped import shipped_folder
from outlook365_emulator.worlds.yaml_reading import parse_yaml

GUID = "1c5d7a3e-0f6b-4c8d-9e2a-5b7c9d1e3f50"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def build(document: Any, hosting: Hosting | None = None) -> World:
    return build_world(Hosting() if hosting is None else hosting, read_document(document, WorldDocument))


def tenant_of(world: World) -> Tenant:
    return next(iter(world.tenants.values()))


def with_tenant(**tenant: Any) -> dict[str, Any]:
    return {"tenants": [tenant]}


def with_user(**user: Any) -> dict[str, Any]:
    return with_tenant(users=[{"name": "ada", **user}])


def with_message(**message: Any) -> dict[str, Any]:
    return with_user(messages=[message])


def with_app(**app: Any) -> dict[str, Any]:
    return with_tenant(users=[{"name": "ada"}], apps=[app])


WRONG: list[tuple[Any, str, str]] = [
    # document, place, words of the message
    (None, "", "expected a mapping, got nothing"),
    ([], "", "expected a mapping, got a list"),
    ({"tenant": []}, "tenant", "did you mean 'tenants'?"),
    ({"name": "a b"}, "name", "expected a name of letters"),
    ({"seed": -1}, "seed", "expected a whole number, 0 or more"),
    ({"fixed_ids": True}, "name", "a world with fixed ids needs a name"),
    ({"clock": {"start": "2026-03-02T09:00:00"}}, "clock.start", "an instant with offset"),
    ({"clock": {"frozn": True}}, "clock.frozn", "did you mean 'frozen'?"),
    ({"faults": [{"knd": "error"}]}, "faults[0].knd", "did you mean 'kind'?"),
    ({"faults": [{"kind": "eror"}]}, "faults[0].kind", "did you mean 'error'?"),
    (with_tenant(id=GUID), "tenants[0].id", "needs 'fixed_ids: true'"),
    (with_tenant(id="7"), "tenants[0].id", "expected a GUID"),
    (with_tenant(cloud="glbal"), "tenants[0].cloud", "did you mean global?"),
    (with_tenant(domains=["contoso"]), "tenants[0].domains", "is no domain"),
    (with_tenant(users={}), "tenants[0].users", "expected a list, got a mapping"),
    (with_tenant(users=[{}]), "tenants[0].users[0]", "the key 'name' is missing"),
    (with_tenant(users=[{"nmae": "ada"}]), "tenants[0].users[0].nmae", "did you mean 'name'?"),
    (with_tenant(users=[{"name": "ada"}] * 2), "tenants[0].users[1].name", "is taken"),
    (with_user(id=GUID), "tenants[0].users[0].id", "needs 'fixed_ids: true'"),
    (with_user(password=12345), "tenants[0].users[0].password", "got a whole number; put it in quotes"),
    (with_user(enabled="yes"), "tenants[0].users[0].enabled", "expected true or false, got text"),
    (with_user(roles=["Global Admin"]), "tenants[0].users[0].roles[0]", "did you mean 'Global Administrator'?"),
    (with_user(open_to=["adda"]), "tenants[0].users[0].open_to[0]", "no user 'adda'"),
    (with_user(name="a b"), "tenants[0].users[0].name", "is no user name"),
    (with_user(name="ada@fabrikam.example"), "tenants[0].users[0].name", "does not own the domain"),
    (with_tenant(groups=[{"name": "All", "members": ["bob"]}]), "tenants[0].groups[0].members[0]", "no user 'bob'"),
    (with_message(folder="inbx"), "tenants[0].users[0].messages[0].folder", "no folder 'inbx'; there is inbox"),
    (with_message(received="yesterday"), "tenants[0].users[0].messages[0].received", "(-2d4h30m), got 'yesterday'"),
    (with_message(sender="nobody"), "tenants[0].users[0].messages[0].sender", "expected an address"),
    (with_message(importance="hihg"), "tenants[0].users[0].messages[0].importance", "did you mean 'high'?"),
    (
        with_message(attachments=[{"name": "a", "content": "%"}]),
        "tenants[0].users[0].messages[0].attachments[0].content",
        "expected base64",
    ),
    (
        with_message(attachments=[{"name": "a"}]),
        "tenants[0].users[0].messages[0].attachments[0]",
        "give 'content' (base64) or 'text'",
    ),
    (with_app(auth="client_credential"), "tenants[0].apps[0].auth", "did you mean 'client_credentials'?"),
    (with_app(preset="full"), "tenants[0].apps[0].preset", "a preset belongs to an auth type"),
    (with_app(auth="own_app", preset="most"), "tenants[0].apps[0].preset", "there is all, full, minimum"),
    (
        with_app(auth="own_app", preset="full", permissions=[]),
        "tenants[0].apps[0].preset",
        "'permissions' or 'preset', not both",
    ),
    (
        with_app(auth="own_app", permissions=["Mail.Read", "Mial.Send"]),
        "tenants[0].apps[0].permissions[1]",
        "the nearest delegated permission is Mail.Send",
    ),
    (with_app(auth="client_credentials", consent="user"), "tenants[0].apps[0].consent", "a user cannot consent"),
    (with_app(client_id="x"), "tenants[0].apps[0].client_id", "expected a GUID"),
    (with_app(secrets=[{"expires": "soon"}]), "tenants[0].apps[0].secrets[0].expires", "got 'soon'"),
]


@pytest.mark.parametrize(("document", "place", "words"), WRONG, ids=[place or "document" for _, place, _ in WRONG])
def test_a_mistake_names_its_place_and_the_nearest_right_word(document: Any, place: str, words: str) -> None:
    hosting = Hosting()
    with pytest.raises(DocumentError) as caught:
        build(document, hosting)
    assert caught.value.place == place
    assert words in caught.value.message
    assert len(hosting) == 0, "nothing is left behind"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Mail.Read.Shared", "Mail.Read"),
        ("User.Read", "User.Read.All"),
        ("MailTips.ReadBasic.Shared", ""),
    ],
)
@pytest.mark.parametrize("auth", ["client_credentials", "client_certificate"])
def test_a_delegated_permission_is_refused_for_an_application_type(auth: str, name: str, nearest: str) -> None:
    with pytest.raises(DocumentError, match="permission") as caught:
        build(with_app(auth=auth, permissions=[name]))
    assert f"application permission is {nearest}" in caught.value.message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"name: a\nname: b\n", "line 2, column 1: the key 'name' stands here twice"),
        (b"tenants:\n  - users: [\n", "line 3, column 1"),
        (b"\tname: a", "line 1, column 1"),
        (b"name: !!python/object:os.system {}", "line 1, column 7"),
        (b"? [a]\n: 1", "line 1, column 3: a key must be plain text"),
        (b"a: 1\n---\nb: 2", "line 2, column 1"),
        (b"\xff", "no YAML"),
        (b"a: \x00", "no YAML"),
        (b"[" * 5000, "nesting"),
    ],
)
def test_bad_yaml_is_an_error_with_line_and_column(text: bytes, problem: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_yaml(text)
    assert problem in str(caught.value)


def test_dates_in_yaml_stay_texts_as_in_json() -> None:
    assert parse_yaml(b"start: 2026-03-02T09:00:00Z") == {"start": "2026-03-02T09:00:00Z"}


@given(st.binary(max_size=60))
def test_any_bytes_are_yaml_or_an_error(text: bytes) -> None:
    with suppress(DocumentError):
        read_document(parse_yaml(text), WorldDocument)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted({key for document, *_ in WRONG for key in json.dumps(document).split('"')[1::2]})


@given(st.recursive(PLAIN, lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=4), max_leaves=8))
def test_any_document_is_a_world_or_an_error(document: Any) -> None:
    hosting = Hosting()
    try:
        build(document, hosting)
    except DocumentError:
        assert len(hosting) == 0


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("tenants:\n- users:\n  - {nmae: ada}\n")
    with pytest.raises(DocumentError) as caught:
        load_world_file(file)
    assert caught.value.place == f"{file}: tenants[0].users[0].nmae"
    with pytest.raises(DocumentError, match="cannot be read"):
        load_world_file(tmp_path / "none.yaml")


def test_an_unknown_world_names_the_nearest() -> None:
    with pytest.raises(DocumentError, match="did you mean 'contoso'"):
        load_world_file("contosso")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2d4h", NOW - timedelta(days=2, hours=4)),
        ("+1w", NOW + timedelta(weeks=1)),
        ("30m", NOW + timedelta(minutes=30)),
        ("2026-01-01T00:00:00+01:00", datetime(2025, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_moments(text: str, expected: datetime) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "-", "d", "4h2d", "2026-01-01", "2026-01-01T00:00:00", "-999999w", "1.5h"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|calendar"):
        moment(text, NOW)


def test_names_that_are_taken_leave_nothing_behind() -> None:
    hosting = Hosting()
    build({"name": "first", "tenants": [{"domains": ["contoso.example"]}]}, hosting)
    for document in (
        {"name": "first"},
        {"name": "second", "tenants": [{"domains": ["fabrikam.example"]}, {"domains": ["contoso.example"]}]},
        {"name": "third", "tenants": [{"domains": ["fabrikam.example"]}, {"domains": ["fabrikam.example"]}]},
    ):
        with pytest.raises(DocumentConflict):
            build(document, hosting)
    assert [world.name for world in hosting] == ["first"]
    assert hosting.by_tenant("fabrikam.example") is None
    build({"name": "second", "tenants": [{"domains": ["fabrikam.example"]}]}, hosting)


def test_a_client_id_is_forgotten_with_a_world_that_failed() -> None:
    hosting = Hosting()
    app = {"name": "A", "client_id": GUID}
    with pytest.raises(DocumentError):
        build(with_tenant(apps=[app, {"name": "B", "client_id": "x"}]), hosting)
    with pytest.raises(DocumentError):
        build({**with_tenant(apps=[app]), "faults": [{"kind": "none"}]}, hosting)
    assert hosting.by_client(GUID) is None
    world = build(with_tenant(apps=[app]), hosting)
    assert hosting.by_client(GUID) is world


def test_fixed_ids_are_the_same_on_every_start_and_others_never() -> None:
    fixed = {"name": "same", "fixed_ids": True, **with_user()}
    assert tenant_of(build(fixed)).id == tenant_of(build(fixed)).id
    free = {"name": "same", "seed": 1, **with_user()}
    assert tenant_of(build(free)).id != tenant_of(build(free)).id


def test_who_may_open_a_mailbox() -> None:
    shared = {"name": "support", "open_to": ["ada"], "send_as": ["ada", "ben"], "send_on_behalf": ["ben"]}
    tenant = tenant_of(build(with_tenant(users=[{"name": "ada"}, {"name": "ben"}], shared_mailboxes=[shared])))
    support = user_named(tenant, "support")
    mailbox = tenant.mailbox_of(support)
    assert mailbox is not None
    assert support.purpose == "shared"
    assert not support.enabled
    ada, ben = (right_on(mailbox, user_named(tenant, name).id) for name in ("ada", "ben"))
    assert (ada.full_access, ada.send_as, ada.send_on_behalf) == (True, True, False)
    assert (ben.full_access, ben.send_as, ben.send_on_behalf) == (False, True, True)


def test_messages_arrive_in_order_of_their_dates() -> None:
    messages = [
        {"subject": "old", "received": "-2d", "read": True},
        {"subject": "new", "sender": "Billing <billing@example.org>", "attachments": [{"name": "a.txt", "text": "x"}]},
        {"subject": "mine", "folder": "sentitems"},
    ]
    world = build({"clock": {"start": "2026-03-02T09:00:00Z", "frozen": True}, **with_user(messages=messages)})
    mailbox = tenant_of(world).mailbox_of(user_named(tenant_of(world), "ada"))
    assert mailbox is not None
    inbox = mailbox.folders.well_known("inbox")
    assert inbox is not None
    new, old = list(mailbox.messages.newest_first([inbox.number]))
    assert (new.subject, new.received, new.is_read, new.has_attachments) == ("new", NOW, False, True)
    assert (new.from_name, new.from_address) == ("Billing", "billing@example.org")
    assert (old.subject, old.received, old.is_read) == ("old", NOW - timedelta(days=2), True)
    mine = next(message for message in mailbox.messages if message.subject == "mine")
    assert mine.from_address == user_named(tenant_of(world), "ada").mail


AUTHS = [
    # auth, consented roles, consented scopes, has a secret, has a certificate, public
    ("client_credentials", {"Mail.Read", "User.Read.All"}, set(), True, False, False),
    ("client_certificate", {"Mail.Read", "User.Read.All"}, set(), False, True, False),
    ("authorization_code", set(), {"openid", "offline_access", "email", "User.Read", "Mail.Read"}, False, False, True),
    ("own_app", set(), {"openid", "offline_access", "email", "User.Read", "Mail.Read"}, True, False, False),
]


@pytest.mark.parametrize(("auth", "roles", "scopes", "secret", "certificate", "public"), AUTHS)
def test_auth_types(
    auth: str, roles: set[str], scopes: set[str], secret: bool, certificate: bool, public: bool
) -> None:
    tenant = tenant_of(build(with_app(auth=auth)))
    app = application_named(tenant, "Connector")
    principal = tenant.service_principals.find("client", app.client_id)
    assert principal is not None
    assert granted_roles(tenant, principal) == roles
    assert granted_scopes(tenant, principal, None) == scopes
    assert (bool(app.secrets), bool(app.certificates), app.public_client) == (secret, certificate, public)
    assert bool(app.public_redirect_uris) == public
    assert (app.audience == "AzureADMultipleOrgs") == (auth == "authorization_code")


@pytest.mark.parametrize(
    ("consent", "everybody", "ada"),
    [
        ("admin", {"Mail.Read", "User.Read.All"}, {"Mail.Read", "User.Read.All"}),
        ("user", set(), {"Mail.Read"}),
        (None, set(), set()),
    ],
)
def test_consent(consent: str | None, everybody: set[str], ada: set[str]) -> None:
    app = {"auth": "own_app", "permissions": ["Mail.Read", "User.Read.All"], "consent": consent}
    tenant = tenant_of(build(with_app(**app)))
    principal = next(iter(tenant.service_principals))
    assert granted_scopes(tenant, principal, None) == everybody
    assert granted_scopes(tenant, principal, user_named(tenant, "ada").id) == ada


def test_a_vendor_application_with_a_secret_is_confidential() -> None:
    app = application_named(tenant_of(build(with_app(auth="authorization_code", secret="s"))), "Connector")
    assert not app.public_client
    assert app.web_redirect_uris
    assert app.secrets[0].secret == "s"


def test_the_shipped_schema_is_up_to_date_and_right() -> None:
    file = shipped_folder("world").parent / "schemas" / "world.schema.json"
    assert file.read_text() == world_schema_text(), f"python -m outlook365_emulator.worlds schema > {file}"
    jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text()))


def test_the_reference_page_is_up_to_date(repository: Path) -> None:
    page = repository / "docs" / "reference" / "world-file.md"
    assert page.read_text() == reference_page(), f"python -m outlook365_emulator.worlds reference > {page}"


@pytest.mark.parametrize("name", world_names())
def test_shipped_worlds_fit_the_schema_and_build(name: str) -> None:
    document = parse_yaml((shipped_folder("world") / f"{name}.yaml").read_bytes())
    jsonschema.Draft202012Validator(json.loads(world_schema_text())).validate(document)
    assert build_world(Hosting(), load_world_file(name)).name == name


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(world_schema_text()))
    for document in ({"tenant": []}, with_user(enabled="yes"), with_app(auth="x"), {"faults": [{"kind": "x"}]}):
        assert not validator.is_valid(document), document


def test_contoso_is_documented_and_the_same_on_every_start() -> None:
    world = build_world(Hosting(), load_world_file("contoso"))
    details = connection_details(world)
    again = connection_details(build_world(Hosting(), load_world_file("contoso")))
    made_at_start = {"certificate_pfx_base64"}
    assert {k: v for k, v in details.items() if k not in made_at_start} == {
        k: v for k, v in again.items() if k not in made_at_start
    }
    assert None not in details.values()
    assert details["user"] == "ada@contoso.onmicrosoft.com"
    assert [one["upn"].partition("@")[0] for one in details["other_users"]] == ["ben", "cleo"]
    tenant = tenant_of(world)
    ada, support = user_named(tenant, details["user"]), user_named(tenant, details["shared_mailbox"])
    mailbox, shared = tenant.mailbox_of(ada), tenant.mailbox_of(support)
    assert mailbox is not None
    assert shared is not None
    assert len(mailbox.messages) >= 35
    assert right_on(shared, ada.id).full_access
    assert right_on(shared, ada.id).send_as
    key, certificate, _ = pkcs12.load_key_and_certificates(
        base64.b64decode(details["certificate_pfx_base64"]), details["certificate_password"].encode()
    )
    assert key is not None
    assert certificate is not None
    assert user_named(tenant, details["admin"]).is_administrator
