"""Continuous access evaluation: who gets long tokens, how long, and how the answer and the token say so."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.users import revoke_sessions
from outlook365_emulator.entra.instants import marked_instant
from outlook365_emulator.entra.tokens import read_token

CP1 = '{"access_token":{"xms_cc":{"values":["CP1"]}}}'


def test_a_user_gets_a_long_token_with_refresh_in(scene: Any) -> None:
    body = scene.password(claims=CP1).json
    assert 72000 <= body["expires_in"] + 1 <= 86400
    assert body["refresh_in"] == body["expires_in"] // 2
    claims = read_token(body["access_token"], scene.keys)
    assert claims.raw["xms_cc"] == ["CP1"]
    assert claims.exp - claims.iat == 300 + body["expires_in"] + 1
    assert marked_instant(claims.raw["aio"]) == scene.world.clock.now()


def test_an_application_gets_one_for_a_day(scene: Any) -> None:
    body = scene.credentials(claims=CP1).json
    assert (body["expires_in"], body["refresh_in"]) == (86399, 43199)
    assert list(body) == ["token_type", "expires_in", "ext_expires_in", "refresh_in", "access_token"]
    assert read_token(body["access_token"], scene.keys).raw["xms_cc"] == ["CP1"]


def test_at_v1_the_numbers_are_texts(scene: Any) -> None:
    form = {"grant_type": "client_credentials", "client_id": "{daemon}", "client_secret": "{daemon.secret}"}
    form |= {"resource": "https://graph.microsoft.com", "claims": CP1}
    body = scene.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/token", form).json
    assert (body["expires_in"], body["refresh_in"]) == ("86399", "43199")


@pytest.mark.parametrize(
    "claims",
    [
        '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
        '{"access_token":{"nbf":{"essential":true,"value":"1"},"xms_cc":{"values":["foo","CP1"]}}}',
        '{"id_token":{"sub":null},"access_token":{"xms_cc":{"values":["CP1"]}}}',
    ],
)
def test_however_the_capability_is_written(scene: Any, claims: str) -> None:
    assert scene.password(claims=claims).json["expires_in"] > 70000


@pytest.mark.parametrize(
    "claims",
    [
        "",
        " ",
        "{}",
        '{"access_token":null}',
        '{"access_token":[]}',
        '{"access_token":{"xms_cc":null}}',
        '{"access_token":{"xms_cc":{"values":"CP1"}}}',
        '{"access_token":{"xms_cc":{"values":["CP2",1]}}}',
        '{"access_token":{"nbf":{"essential":true,"value":"1"}}}',
        '{"id_token":{"xms_cc":{"values":["CP1"]}}}',
    ],
)
def test_others_get_short_tokens(scene: Any, claims: str) -> None:
    body = scene.password(claims=claims).json
    assert body["expires_in"] < 5400
    assert "refresh_in" not in body
    assert "xms_cc" not in read_token(body["access_token"], scene.keys).raw


@pytest.mark.parametrize("claims", ["CP1", "[1]", "{", '"x"', "[" * 5000])
def test_claims_that_are_no_object(scene: Any, claims: str) -> None:
    answer = scene.password(claims=claims)
    assert (answer.status, answer.json["error_codes"]) == (400, [9002313])


def test_graph_evaluates_in_the_worldwide_cloud_only(scene: Any) -> None:
    sent = {"client_id": "{bureau}", "client_secret": "{bureau.secret}", "claims": CP1}
    scope = "https://graph.microsoft.us/.default"
    answer = scene.token("{gov}", "login.microsoftonline.us", grant_type="client_credentials", scope=scope, **sent)
    assert answer.json["expires_in"] == 3599


def test_a_token_after_a_revocation_is_dated_after_it(scene: Any) -> None:
    with scene.world.unit() as unit:
        user = revoke_sessions(scene.tenants["contoso"], unit, scene.users["ada"])
    body = scene.password(claims=CP1).json
    assert marked_instant(read_token(body["access_token"], scene.keys).raw["aio"]) == user.sessions_valid_from


def test_a_challenge_is_met_by_signing_in_again(scene: Any) -> None:
    token = scene.password(claims=CP1).json["refresh_token"]
    scene.world.clock.set(scene.world.clock.now() + timedelta(minutes=1))
    with scene.world.unit() as unit:
        revoke_sessions(scene.tenants["contoso"], unit, scene.users["ada"])
    wanted = '{"access_token":{"nbf":{"essential":true,"value":"1772442060"},"xms_cc":{"values":["cp1"]}}}'
    assert scene.refresh(token, claims=wanted).json["error_codes"] == [50173]
    assert scene.password(claims=wanted).json["expires_in"] > 70000


@pytest.mark.parametrize("claim", [None, 1, "", "k2", "é" * 11, "AXQAi/8TAAAA", "_" * 11, "-" * 40])
def test_an_aio_that_is_not_ours_does_no_harm(claim: object) -> None:
    found = marked_instant(claim)
    assert found is None or found.year >= 1970
