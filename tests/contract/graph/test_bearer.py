"""Every way in which a token is refused: reference graph-core 5.2."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.users import change_user, delete_user
from outlook365_emulator.entra.keys import KeyRing


def changed(token: str, **claims: Any) -> str:
    """The token with other claims, its signature as it was."""
    header, payload, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    payload = base64.urlsafe_b64encode(json.dumps({**content, **claims}).encode()).decode().rstrip("=")
    return ".".join((header, payload, signature))


def with_header(token: str, **members: Any) -> str:
    header, payload, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(header + "=="))
    header = base64.urlsafe_b64encode(json.dumps({**content, **members}).encode()).decode().rstrip("=")
    return ".".join((header, payload, signature))


def refused(answer: Any, message: str, code: str = "InvalidAuthenticationToken") -> None:
    assert answer.status == 401
    assert answer.code == code
    assert answer.message.startswith(message)
    assert set(answer.json["error"]["innerError"]) == {"date", "request-id", "client-request-id"}
    assert answer.entry.reason, "the journal says why"
    field = answer.headers["www-authenticate"]
    assert field.startswith('Bearer realm="", authorization_uri="https://login.')
    assert 'client_id="00000003-0000-0000-c000-000000000000"' in field


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "ada"])
def test_no_token(graph: Any, header: str | None) -> None:
    headers = [] if header is None else [("Authorization", header)]
    refused(graph.get("/me", token="", headers=headers), "Access token is empty.")


@pytest.mark.parametrize("text", ["garbage", "a.b", "a.b.c", "....", "e30.e30.", "Z.Z.Z", "é.é.é", "W10.W10.W10"])
def test_what_is_no_token(graph: Any, text: str) -> None:
    answer = graph.get("/me", token="", headers=[("Authorization", f"Bearer {text}")])
    assert answer.status == 401
    assert answer.code == "InvalidAuthenticationToken"


def test_the_scheme_may_be_written_in_any_case(graph: Any, org: Any) -> None:
    answer = graph.get("/me", token="", headers=[("Authorization", f"bEaReR  {graph.token(org.ada)}")])
    assert answer.status == 200


@pytest.mark.parametrize("seconds", [3600, 3601, 86400])
def test_an_expired_token(graph: Any, org: Any, seconds: int) -> None:
    token = graph.token(org.ada)
    org.world.clock.set(org.world.clock.now() + timedelta(seconds=seconds))
    answer = graph.get("/me", token=token)
    refused(answer, "Lifetime validation failed, the token is expired.")
    assert "world's clock" in answer.entry.reason


def test_a_token_lives_to_its_last_second(graph: Any, org: Any) -> None:
    token = graph.token(org.ada)
    org.world.clock.set(org.world.clock.now() + timedelta(seconds=3599))
    assert graph.get("/me", token=token).status == 200


def test_a_token_from_the_future(graph: Any, org: Any) -> None:
    token = graph.token(org.ada)
    org.world.clock.set(org.world.clock.now() - timedelta(hours=1))
    refused(graph.get("/me", token=token), "Access token has expired or is not yet valid.")


def test_a_changed_token(graph: Any, org: Any) -> None:
    token = changed(graph.token(org.ada, scopes=["User.Read"]), scp="Mail.ReadWrite")
    refused(graph.get("/me/messages", token=token), "Signature is invalid.")


def test_an_unsigned_token(graph: Any, org: Any) -> None:
    token = with_header(graph.token(org.ada), alg="none")
    refused(graph.get("/me", token=token), "Access token validation failure.")


def test_a_token_signed_with_an_unknown_key(graph: Any, org: Any) -> None:
    token = with_header(graph.token(org.ada), kid="nobody's")
    refused(graph.get("/me", token=token), "Signing key is invalid.")


def test_a_token_of_another_emulator(graph: Any, org: Any) -> None:
    own, other = graph.keys, KeyRing()
    other.start()
    graph.keys = other
    token = graph.token(org.ada)
    graph.keys = own
    assert graph.get("/me", token=token).status == 401


@pytest.mark.parametrize(
    "audience",
    [
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/",
        "00000003-0000-0000-c000-000000000000",
    ],
)
def test_graph_is_the_audience_by_url_or_by_id(graph: Any, org: Any, audience: str) -> None:
    assert graph.get("/me", token=graph.token(org.ada, audience=audience)).status == 200


@pytest.mark.parametrize(
    "audience",
    ["https://outlook.office365.com", "https://graph.microsoft.us", "api://own", "https://graph.windows.net"],
)
def test_another_audience(graph: Any, org: Any, audience: str) -> None:
    token = graph.token(org.ada, audience=audience)
    refused(graph.get("/me", token=token), "Access token validation failure. Invalid audience.")


def test_a_tenant_that_is_gone(graph: Any, org: Any) -> None:
    token = graph.token(org.ada)
    org.world.tenants.clear()
    answer = graph.get("/me", token=token)
    refused(answer, f"The tenant for tenant guid '{org.tenant.id}'", "OrganizationFromTenantGuidNotFound")


def test_an_application_without_service_principal(graph: Any, org: Any) -> None:
    token = graph.token()
    with org.world.unit() as unit:
        unit.remove(org.tenant.service_principals, org.tenant.service_principals.find("client", org.app.client_id))
    refused(
        graph.get("/users", token=token),
        "The identity of the calling application could not be established.",
        "Authorization_IdentityNotFound",
    )


def test_a_deleted_user(graph: Any, org: Any) -> None:
    token = graph.token(org.ben)
    with org.world.unit() as unit:
        delete_user(org.tenant, unit, org.ben)
    refused(graph.get("/me", token=token), "Access token validation failure.")


def test_a_disabled_user_keeps_a_token_that_is_not_evaluated_continuously(graph: Any, org: Any) -> None:
    token = graph.token(org.ben)
    with org.world.unit() as unit:
        change_user(org.tenant, unit, org.ben, enabled=False)
    assert graph.get("/me", token=token).status == 200


@pytest.mark.parametrize("cloud", ["global", "usgov", "usgov_dod", "china"])
class TestClouds:
    def test_graph_of_a_cloud_takes_its_own_tokens(self, new_graph: Any, cloud: str) -> None:
        graph = new_graph(cloud)
        answer = graph.get("/me", as_=graph.org.ada)
        assert answer.status == 200
        host = {
            "global": "graph.microsoft.com",
            "usgov": "graph.microsoft.us",
            "usgov_dod": "dod-graph.microsoft.us",
            "china": "microsoftgraph.chinacloudapi.cn",
        }[cloud]
        assert answer.json["@odata.context"] == f"https://{host}/v1.0/$metadata#users/$entity"

    @pytest.mark.parametrize("other", ["global", "usgov", "usgov_dod", "china"])
    def test_and_of_no_other(self, new_graph: Any, cloud: str, other: str) -> None:
        graph = new_graph(cloud)
        token = graph.token(graph.org.ada)
        by_id = graph.token(graph.org.ada, audience="00000003-0000-0000-c000-000000000000")
        graph.cloud = other
        expected = 200 if cloud == other else 401
        assert graph.get("/me", token=token).status == expected
        assert graph.get("/me", token=by_id).status == expected

    def test_the_challenge_names_the_login_host_of_the_cloud(self, new_graph: Any, cloud: str) -> None:
        field = new_graph(cloud).get("/me", token="").headers["www-authenticate"]
        host = {"global": "microsoftonline.com", "china": "partner.microsoftonline.cn"}.get(cloud, "microsoftonline.us")
        assert f'authorization_uri="https://login.{host}/common/oauth2/authorize"' in field


def test_the_path_comes_after_the_token(graph: Any) -> None:
    assert graph.get("/nowhere", token="").status == 401


def test_the_version_comes_before_the_token(graph: Any) -> None:
    answer = graph.get("/v3.0/me", raw=True, token="")
    assert (answer.status, answer.code, answer.message) == (400, "BadRequest", "Invalid version: v3.0")


@pytest.mark.parametrize("path", ["/me", "/me/messages", "/me/sendMail", "/ME/mailFolders"])
def test_me_is_nobody_for_an_application(graph: Any, path: str) -> None:
    answer = graph.get(path)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert answer.message == "/me request is only valid with delegated authentication flow."


def test_the_journal_names_who_asked(graph: Any, org: Any) -> None:
    entry = graph.get("/me/messages", as_=org.ada, scopes=["Mail.Read"]).entry
    assert (entry.service, entry.operation) == ("graph", "mail.messages.list")
    assert (entry.tenant, entry.application, entry.user) == (org.tenant.id, org.app.client_id, "ada@contoso.example")
    assert (entry.mailbox, entry.permissions, entry.missing) == ("ada@contoso.example", ["Mail.Read"], [])


def test_the_token_stays_out_of_the_journal(graph: Any, org: Any) -> None:
    token = graph.token(org.ada)
    entry = graph.get("/me", token=changed(token, scp="x")).entry
    assert token.split(".")[2] not in repr(entry)
    assert token.split(".")[1] not in repr(entry)
