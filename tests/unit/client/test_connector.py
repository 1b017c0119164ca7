"""The table of environments, and names that do not exist."""

from typing import Any

import pytest
from outlook365_emulator.client.connector import AUTH_TYPES, ENVIRONMENTS, MINIMUM_FOR_PEOPLE, connection_details
from outlook365_emulator.clouds import CLOUDS
from outlook365_emulator.worlds.permissions import AUTH_TYPES as SERVED
from outlook365_emulator.worlds.permissions import preset_permissions


def test_environments_are_the_clouds() -> None:
    assert list(ENVIRONMENTS) == list(CLOUDS)
    for name, row in CLOUDS.items():
        assert (ENVIRONMENTS[name].login_host, ENVIRONMENTS[name].graph_root) == (row.login_host, row.graph_url)


def test_auth_types_are_those_of_the_emulator() -> None:
    assert set(AUTH_TYPES) == set(SERVED)


def test_the_minimum_is_the_preset() -> None:
    assert set(MINIMUM_FOR_PEOPLE) == set(preset_permissions("minimum", "own_app")[0])


@pytest.mark.parametrize(
    ("auth", "options", "says"),
    [
        ("client_credential", {}, "did you mean 'client_credentials'"),
        ("own_app", {"environment": "usgof"}, "did you mean 'usgov'"),
        ("sesame", {}, "there are client_certificate"),
    ],
)
def test_a_name_that_does_not_exist(auth: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        connection_details(None, None, auth, **options)
