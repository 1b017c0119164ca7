"""Every shipped scenario finds the mistake that it says: a naive client makes it, a correct one comes through."""

import base64
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from outlook365_emulator.client import App, NeedsAdministrator, SignInFailed, World
from outlook365_emulator.scenarios import scenario_names

CLIENTS = Path(__file__).parents[1] / "data" / "scenario_clients"
SUBJECTS = [f"Message {i}" for i in range(1, 8)]


class Case(NamedTuple):
    """A scenario and what clients make of it.

    `fails` is what the naive client raises (type and text), or the wrong thing that it returns; `finds` is what the
    report counts of it and not of the correct one.
    """

    work: str
    right: Any
    fails: Any
    finds: str = ""


READ = SUBJECTS[::-1]
GONE = (httpx.HTTPStatusError, "404")
TIRED = (RuntimeError, "does not answer")

CASES: dict[str, Case] = {
    "throttled": Case("reading.read_all", READ, (httpx.HTTPStatusError, "429")),
    "throttled_batch": Case("reading.read_batch", READ, [READ[0], None, *READ[2:5], None, *READ[6:]]),
    "flaky_network": Case("reading.read_all", READ, (httpx.TransportError, "reset|closed|disconnected")),
    "slow_network": Case("reading.read_all", READ, (httpx.ReadTimeout, "timed out")),
    "outage": Case("reading.read_all", READ, (httpx.HTTPStatusError, "503")),
    "token_expired": Case("reading.read_all", READ, (httpx.HTTPStatusError, "401")),
    "cae": Case("reading.read_all", READ, (httpx.HTTPStatusError, "401")),
    "hostile": Case("reading.read_all", READ, (httpx.HTTPStatusError, "429")),
    "mailbox_gone": Case("reading.read_mailboxes", "gone in the middle", GONE),
    "eventual_consistency": Case("writing.create_and_read", "New", GONE),
    "lost_answer": Case("writing.send", "sent", "sent", "duplicate_sends"),
    "mailbox_full": Case("writing.store", "the mailbox is full", TIRED, "identical_repeats"),
    "refresh_token_revoked": Case("signing_in.work_for_person", "sign in again", TIRED, "refused_grants_repeated"),
    "consent_withdrawn": Case("signing_in.work_for_person", "consent is needed", TIRED, "refused_grants_repeated"),
    "admin_consent_required": Case(
        "signing_in.work_and_ask_again", "an administrator has to consent", "done", "refused_grants_repeated"
    ),
    "mfa_required": Case("signing_in.work_for_person", "a second factor is needed", TIRED, "refused_grants_repeated"),
    "conditional_access": Case("signing_in.work_for_person", "blocked by a policy", TIRED, "refused_grants_repeated"),
    "account_disabled": Case("signing_in.work_for_person", "the account is disabled", TIRED, "refused_grants_repeated"),
    "secret_expired": Case("signing_in.work_as_daemon", "the secret has expired", TIRED, "identical_repeats"),
    "certificate_rolled": Case("signing_in.work_as_daemon", "the certificate is not registered", TIRED),
    "wrong_cloud": Case("signing_in.work_as_daemon", "the tenant is not in this cloud", TIRED, "identical_repeats"),
    "delta_expired": Case("syncing.sync", ["Later", "Later", *SUBJECTS], (httpx.HTTPStatusError, "410")),
    "webhook_flaky": Case(
        "syncing.follow", [*SUBJECTS, "New 1", "New 2", "New 3"], ["New 1", "New 1", "New 2", "New 3"]
    ),
    "webhook_lost": Case("syncing.follow", [*SUBJECTS, "New 1", "New 2", "New 3"], []),
}

BY_CERTIFICATE = ("certificate_rolled",)


@pytest.fixture(scope="module")
def load() -> Iterator[Callable[[str], ModuleType]]:
    """`load("naive.reading")` is a module of the clients in tests/data."""
    before = set(sys.modules)

    def module(name: str) -> ModuleType:
        full = f"scenario_clients.{name}"
        if full not in sys.modules:
            for package in ("scenario_clients", full.rpartition(".")[0]):
                if package not in sys.modules:
                    sys.modules[package] = ModuleType(package)
                    sys.modules[package].__path__ = [str(CLIENTS.joinpath(*package.split(".")[1:]))]
            spec = importlib.util.spec_from_file_location(full, CLIENTS.joinpath(*name.split(".")).with_suffix(".py"))
            assert spec is not None
            assert spec.loader is not None
            sys.modules[full] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[full])
        return sys.modules[full]

    yield module
    for name in set(sys.modules) - before:
        if name.startswith("scenario_clients"):
            del sys.modules[name]


@pytest.fixture
def account(outlook365: World, request: pytest.FixtureRequest) -> SimpleNamespace:
    """Three people, the first with seven messages; applications for a daemon and for a person who has signed in."""
    tenant = outlook365.tenant
    people = [tenant.add_user(name) for name in ("ada", "ben", "cleo")]
    for i, subject in enumerate(SUBJECTS):
        people[0].mailbox.receive(subject=subject, sender="eve@example.org", received=f"-{len(SUBJECTS) - i}h")
    permissions = ["Mail.ReadWrite", "Mail.Send"]
    daemon = tenant.add_app(name="Daemon", auth="client_credentials", permissions=permissions)
    certified = tenant.add_app(name="Certified", auth="client_certificate", permissions=permissions)
    public = tenant.add_app(name="Public", auth="authorization_code", permissions=["Mail.ReadWrite"])
    sign_in = {
        "grant_type": "password",
        "client_id": public.client_id,
        "username": people[0].upn,
        "password": people[0].password,
        "scope": "offline_access Mail.ReadWrite",
    }
    with httpx.Client() as client:
        answer = client.post(f"https://login.microsoftonline.com/{tenant.id}/oauth2/v2.0/token", data=sign_in)
    name = str(request.node.callspec.params["name"])
    secret = {"client_id": daemon.client_id, "client_secret": daemon.client_secret}
    return SimpleNamespace(
        tenant=tenant.id,
        user=people[0].upn,
        people=[one.upn for one in people],
        client_id=daemon.client_id,
        client_secret=daemon.client_secret,
        public_id=public.client_id,
        refresh_token=answer.json()["refresh_token"],
        ask_person=lambda: people[0].sign_in(authorize_url(public, tenant.id)),
        administrator_needed=NeedsAdministrator,
        sign_in_failed=SignInFailed,
        proof=(lambda: assertion_of(certified, tenant.id)) if name in BY_CERTIFICATE else lambda: secret,
    )


def authorize_url(app: App, tenant: str) -> str:
    """The address of the page on which a person signs in and consents, as a client opens it in a browser."""
    asked = {
        "client_id": app.client_id,
        "response_type": "code",
        "redirect_uri": app.redirect_uri,
        "scope": "offline_access Mail.ReadWrite",
        "prompt": "consent",
    }
    return f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize?{urlencode(asked)}"


def assertion_of(app: App, tenant: str) -> dict[str, str]:
    """What an application proves itself with by its certificate: an assertion dated by the real clock."""
    pfx = load_pkcs12(base64.b64decode(str(app.certificate_pfx_base64)), str(app.certificate_password).encode())
    now, audience = int(time.time()), f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    claims = {
        "aud": audience,
        "iss": app.client_id,
        "sub": app.client_id,
        "jti": str(now),
        "nbf": now,
        "exp": now + 600,
    }
    thumbprint = base64.urlsafe_b64encode(bytes.fromhex(str(app.thumbprint))).rstrip(b"=").decode()
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    signed = jwt.encode(claims, pfx.key, algorithm="RS256", headers={"x5t": thumbprint})
    return {"client_id": app.client_id, "client_assertion_type": kind, "client_assertion": signed}


def run(outlook365: World, load: Callable[[str], ModuleType], kind: str, name: str, account: SimpleNamespace) -> Any:
    """Let a client work under a scenario; return what it makes of it."""
    case = CASES[name]
    module, _, function = case.work.partition(".")
    work = getattr(load(f"{kind}.{module}"), function)
    ada = next(user for user in outlook365.tenant.users if user.upn == account.user)
    outlook365.observe()
    if function == "follow":
        return work(account, notified(outlook365, ada, name))
    outlook365.scenarios.start(name)
    if function == "sync":
        return work(account, lambda: ada.mailbox.receive(subject="Later", sender="eve@example.org"))
    return work(account)


def notified(outlook365: World, ada: Any, name: str) -> list[dict[str, Any]]:
    """Subscribe to an inbox, let three messages arrive under a scenario, and return what a webhook was told."""
    hook = outlook365.webhook()
    subscription = {
        "changeType": "created",
        "notificationUrl": hook.url,
        "resource": "me/mailFolders('inbox')/messages",
        "expirationDateTime": (outlook365.clock.now + timedelta(hours=1)).isoformat(),
    }
    with outlook365.graph(ada) as client:
        assert client.post("/subscriptions", json=subscription).status_code == 201
    outlook365.scenarios.start(name)
    outlook365.clock.freeze()
    for i in (1, 2, 3):
        ada.mailbox.receive(subject=f"New {i}", sender="eve@example.org")
        outlook365.notifications.deliver_pending(everything=False)
    outlook365.clock.resume()
    outlook365.notifications.deliver_pending()
    return hook.notifications


def test_every_scenario_has_its_two_clients() -> None:
    assert sorted(CASES) == scenario_names()


@pytest.mark.usefixtures("outlook365_auto_advance")
@pytest.mark.parametrize("name", CASES)
def test_a_correct_client_comes_through(
    outlook365: World, load: Callable[[str], ModuleType], account: SimpleNamespace, name: str
) -> None:
    case = CASES[name]
    found = run(outlook365, load, "correct", name, account)
    if name == "mailbox_gone":
        assert found == {account.people[0]: READ[:10], account.people[1]: "gone", account.people[2]: []}
    else:
        assert found == case.right
    findings = outlook365.report()["findings"]
    assert {key: findings[key] for key in PATIENT} == dict.fromkeys(PATIENT, 0)


PATIENT = ("early_retries", "duplicate_sends", "refused_grants_repeated", "identical_repeats")


@pytest.mark.parametrize("name", CASES)
def test_a_naive_client_fails_for_the_stated_reason(
    outlook365: World, load: Callable[[str], ModuleType], account: SimpleNamespace, name: str
) -> None:
    case = CASES[name]
    if isinstance(case.fails, tuple):
        kind, text = case.fails
        with pytest.raises(kind, match=text):
            run(outlook365, load, "naive", name, account)
    else:
        assert run(outlook365, load, "naive", name, account) == case.fails
    report = outlook365.report()
    if case.finds:
        assert report["findings"][case.finds] >= 1


@pytest.mark.usefixtures("outlook365_auto_advance")
@pytest.mark.parametrize("name", ["chaos"])
def test_a_correct_client_survives_chaos(
    outlook365: World, load: Callable[[str], ModuleType], account: SimpleNamespace, name: str
) -> None:
    assert name == "chaos"
    outlook365.observe()
    outlook365.scenarios.chaos(0.6)
    for _ in range(5):
        assert load("correct.reading").read_all(account) == READ
    report = outlook365.report()
    assert report["findings"]["early_retries"] == 0
    assert len({cell["fault"] for cell in report["cells"]}) >= 4
