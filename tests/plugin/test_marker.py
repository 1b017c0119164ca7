"""`@pytest.mark.outlook365(...)`: what its options do, and what a wrong one says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from outlook365_emulator.client import World

Run = Callable[..., pytest.RunResult]


@pytest.mark.parametrize(
    ("environment", "authority"),
    [
        pytest.param(name, host, marks=pytest.mark.outlook365(environment=name))
        for name, host in [
            ("global", "login.microsoftonline.com"),
            ("usgov", "login.microsoftonline.us"),
            ("usgov_dod", "login.microsoftonline.us"),
            ("china", "login.partner.microsoftonline.cn"),
        ]
    ],
)
def test_an_environment_is_the_cloud_of_the_tenant(outlook365: World, environment: str, authority: str) -> None:
    assert outlook365.tenant.cloud == environment
    app = outlook365.tenant.add_app(auth="client_credentials", permissions=["Mail.Read"])
    assert app.authority.startswith(f"https://{authority}/")


@pytest.mark.outlook365(world="contoso")
def test_a_world_by_its_name(outlook365: World) -> None:
    assert outlook365.tenant.name == "Contoso"
    assert outlook365.tenant.users
    assert outlook365.tenant.apps


def test_the_closest_marker_wins_and_the_others_add_to_it(run: Run) -> None:
    result = run(
        """
        import socket
        import pytest

        pytestmark = pytest.mark.outlook365(environment="china", intercept=False)

        def test_of_the_module(outlook365):
            assert outlook365.tenant.cloud == "china"

        @pytest.mark.outlook365(environment="usgov")
        class TestGov:
            def test_of_the_class(self, outlook365):
                assert outlook365.tenant.cloud == "usgov"
                assert "127.36." not in str(socket.getaddrinfo)

            @pytest.mark.outlook365(world="contoso", intercept=True)
            def test_of_the_function(self, outlook365):
                assert outlook365.tenant.cloud == "global"
                assert socket.gethostbyname("graph.microsoft.com").startswith("127.36.5.")
        """
    )
    result.assert_outcomes(passed=3)


def test_a_world_file_beside_the_test(run: Run, pytester: pytest.Pytester) -> None:
    folder = pytester.path / "worlds"
    folder.mkdir()
    (folder / "small.yaml").write_text("tenants: [{name: Small, users: [{name: ada}]}]\n")
    result = run(
        """
        import pytest

        @pytest.mark.outlook365(world="worlds/small.yaml")
        @pytest.mark.parametrize("again", [1, 2])
        def test_small(outlook365, again):
            assert [user.upn.partition("@")[0] for user in outlook365.tenant.users] == ["ada"]
        """
    )
    result.assert_outcomes(passed=2)


WRONG = (
    ('enviroment="usgov"', "unknown option 'enviroment'; did you mean 'environment'?"),
    (
        "zzz=1",
        "unknown option 'zzz'; there are auth, environment, world, scenario, faults, trouble, intercept, not_emulated",
    ),
    ('"usgov"', "takes keywords only, got 'usgov'"),
    ('environment="usgv"', "did you mean usgov"),
    ('environment="usgov", world="contoso"', "give environment or world, not both"),
    ('world="contos"', "contoso"),
    ('world="none.yaml"', "none.yaml"),
    ("intercept=1", "intercept is True or False, not 1"),
    ("environment=[]", "environment is the id of a cloud, '*', or a list of ids, not []"),
    ('world={"tenants": []}', "world is the name of a shipped world or the path of a world file, not {'tenants': []}"),
    ("scenario=5", "scenario is the name of a shipped scenario or the path of a scenario file, not 5"),
    ("faults=[17]", "faults[0]: a fault is the name of an error ('throttled') or a fault document, not 17"),
    ('not_emulated="warn"', "not_emulated is 'fail' or 'allow', not 'warn'"),
)


def test_a_wrong_option_fails_the_test_and_says_why(run: Run) -> None:
    tests = [
        f"@pytest.mark.outlook365({options})\ndef test_{i}(outlook365): ..." for i, (options, _) in enumerate(WRONG)
    ]
    result = run("\n\n".join(["import pytest", *tests]))
    result.assert_outcomes(errors=len(WRONG))
    text = result.stdout.str()
    parts = re.split(r"_+ ERROR at setup of test_\d+ _+", text.partition("= short test summary info =")[0])[1:]
    for part, (options, told) in zip(parts, WRONG, strict=True):
        assert "@pytest.mark.outlook365: " in part, options
        assert told in part, options
    assert "During handling" not in text
    assert "Traceback" not in text
    assert "def outlook365" not in text


def test_without_interception_nothing_is_changed(run: Run, repository: Path) -> None:
    result = run(
        """
        import os, socket, ssl
        import pytest

        functions = (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.wrap_socket)
        variables = dict(os.environ)

        @pytest.mark.outlook365(intercept=False)
        def test_it(outlook365):
            assert functions == (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.wrap_socket)
            # pytest writes its own variable into the environment.
            kept = {key: value for key, value in os.environ.items() if key in variables and key[:7] != "PYTEST_"}
            assert kept == {key: value for key, value in variables.items() if key[:7] != "PYTEST_"}
            assert outlook365.tenant.add_user("ada").upn
        """
    )
    result.assert_outcomes(passed=1)
