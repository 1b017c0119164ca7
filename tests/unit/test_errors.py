"""Errors as values: every row can be made, and a misuse is told at the call."""

import re

import pytest
from outlook365_emulator.errors import EntraError, GraphError, entra_error, graph_error
from outlook365_emulator.tables.aadsts import entra_error_rows, entra_places
from outlook365_emulator.tables.graph_errors import graph_error_rows

PARAMETER = re.compile(r"\{([a-z_]+)\}")


def parameters(text: str) -> dict[str, object]:
    return {name: f"<{name}>" for name in PARAMETER.findall(text)}


@pytest.mark.parametrize("name", list(graph_error_rows()))
def test_every_graph_error_takes_the_parameters_that_its_text_names(name: str) -> None:
    row = graph_error_rows()[name]
    error = graph_error(name, **parameters(row.message))
    assert (error.name, error.status, error.code, error.envelope) == (name, row.status, row.code, row.envelope)
    assert not PARAMETER.search(error.message)
    assert 400 <= error.status < 600


@pytest.mark.parametrize("name", [row.name for row in graph_error_rows().values() if PARAMETER.search(row.message)])
def test_a_missing_parameter_is_named(name: str) -> None:
    needed = PARAMETER.findall(graph_error_rows()[name].message)
    with pytest.raises(KeyError, match=needed[0]):
        graph_error(name)


@pytest.mark.parametrize(
    ("name", "params", "status", "code", "message"),
    [
        ("token_empty", {}, 401, "InvalidAuthenticationToken", "Access token is empty."),
        ("access_denied", {}, 403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."),
        ("invalid_user", {"user": "ada"}, 404, "ErrorInvalidUser", "The requested user 'ada' is invalid."),
        ("header_name_invalid", {"name": "To"}, 400, "InvalidInternetMessageHeader", None),
        ("change_key_conflict", {}, 412, "ErrorIrresolvableConflict", None),
        ("me_needs_delegated", {}, 400, "BadRequest", "/me request is only valid with delegated authentication flow."),
        ("not_emulated", {"operation": "GET /me/contacts"}, 501, "NotEmulated", None),
    ],
)
def test_texts_are_those_of_microsoft(
    name: str, params: dict[str, object], status: int, code: str, message: str | None
) -> None:
    error = graph_error(name, **params)
    assert (error.status, error.code) == (status, code)
    assert message is None or error.message == message


def test_an_explanation_headers_and_members_travel_with_the_error() -> None:
    error = graph_error(
        "throttled",
        limit="MailboxConcurrency",
        because="five requests at once; four are allowed",
        headers=[("Retry-After", "1")],
        members={"@event.existingEventId": "AAMk"},
    )
    assert isinstance(error, GraphError)
    assert error.because == "five requests at once; four are allowed"
    assert error.headers == [("Retry-After", "1")]
    assert error.members == {"@event.existingEventId": "AAMk"}
    assert "five requests" not in error.message


def test_the_explanation_is_empty_unless_given() -> None:
    error = graph_error("item_not_found")
    assert (error.because, error.headers, error.members) == ("", [], {})


def test_an_unknown_graph_error_names_the_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean item_not_found"):
        graph_error("item_notfound")


@pytest.mark.parametrize("number", list(entra_error_rows()))
def test_every_entra_error_can_be_made_wherever_it_is_answered(number: int) -> None:
    row = entra_error_rows()[number]
    for place in {"token", *row.elsewhere}:
        there = row.elsewhere.get(place)
        text = row.text if there is None or there.text is None else there.text
        error = entra_error(number, where=place, **parameters(text))
        assert error.numbers == (number,)
        assert error.description.startswith(f"AADSTS{number}: ")
        assert not PARAMETER.search(error.description)
        assert error.error
        assert 400 <= error.status < 600


@pytest.mark.parametrize(
    ("number", "error", "status", "suberror", "has_uri"),
    [
        (7000215, "invalid_client", 401, "", True),
        (7000218, "invalid_client", 401, "", True),
        (700016, "unauthorized_client", 400, "", True),
        (700038, "unauthorized_client", 400, "", False),
        (70003, "unsupported_grant_type", 400, "", False),
        (70016, "authorization_pending", 400, "", False),
        (70043, "invalid_grant", 400, "token_expired", False),
        (1002012, "invalid_scope", 400, "", False),
        (50173, "invalid_grant", 400, "bad_token", True),
        (50076, "invalid_grant", 400, "basic_action", True),
        (50034, "invalid_grant", 400, "bad_token", True),
        (65001, "invalid_grant", 400, "consent_required", True),
        (90055, "temporarily_unavailable", 429, "", True),
    ],
)
def test_rows_that_clients_tell_apart(number: int, error: str, status: int, suberror: str, has_uri: bool) -> None:
    row = entra_error_rows()[number]
    assert (row.error, row.status, row.suberror, row.has_uri) == (error, status, suberror, has_uri)


def test_statuses_follow_the_oauth_error() -> None:
    for row in entra_error_rows().values():
        if row.error == "invalid_client":
            assert row.status in (400, 401)
        elif row.error == "temporarily_unavailable":
            assert row.status in (429, 503)
        elif row.error == "server_error":
            assert row.status == 500
        else:
            assert row.status == 400


def test_an_error_may_differ_by_where_it_is_answered() -> None:
    params = {"app_id": "1", "app": "Connector"}
    assert entra_error(65001, **params).error == "invalid_grant"
    assert entra_error(65001, where="authorize", **params).error == "consent_required"
    assert entra_error(90002, where="metadata", tenant="x").error == "invalid_tenant"
    assert entra_error(90002, tenant="x").error == "invalid_request"
    assert entra_error(50055, where="v1").error == "user_password_expired"


def test_the_v1_endpoint_chains_two_numbers() -> None:
    error = entra_error(54005, within=70002)
    assert error.numbers == (70002, 54005)
    assert error.number == 54005
    assert error.description.startswith("AADSTS70002: Error validating credentials. AADSTS54005: OAuth2 Authorization")


def test_the_caller_may_override_what_the_row_says() -> None:
    claims = '{"access_token":{"capolids":{"essential":true,"values":["p"]}}}'
    error = entra_error(53003, error="invalid_grant", status=401, suberror="", claims=claims, because="a policy blocks")
    assert isinstance(error, EntraError)
    assert (error.error, error.status, error.suberror, error.claims) == ("invalid_grant", 401, "", claims)
    assert error.because == "a policy blocks"


def test_an_unknown_number_place_or_parameter_is_told() -> None:
    with pytest.raises(LookupError, match="did you mean 700082"):
        entra_error(70082)
    with pytest.raises(LookupError, match="did you mean authorize"):
        entra_error(50126, where="autorize")
    with pytest.raises(KeyError, match="app_id"):
        entra_error(700016, tenant="Contoso")


def test_every_place_of_a_row_is_known() -> None:
    assert {place for row in entra_error_rows().values() for place in row.elsewhere} <= entra_places()


def test_braces_in_a_value_are_no_parameters() -> None:
    assert graph_error("segment_not_found", segment="{user}").message.endswith("'{user}'.")
