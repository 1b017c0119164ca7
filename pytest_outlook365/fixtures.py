"""The fixtures."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from pytest_outlook365 import remote, survival, trouble
from pytest_outlook365.combinations import Combination
from pytest_outlook365.marker import Options, options_of, refusal
from pytest_outlook365.report import WORLD, bugs_text, not_emulated_text
from pytest_outlook365.session import Session

if TYPE_CHECKING:
    from outlook365_emulator.client import ConnectionDetails, Control, World
    from outlook365_emulator.config import Settings


@pytest.fixture(scope="session")
def outlook365_settings() -> "Settings":
    """How the session's emulator is started; override it in your conftest.py to return other `Settings`."""
    from outlook365_emulator.config import Settings

    return Settings()


@pytest.fixture(scope="session")
def _outlook365_session(outlook365_settings: "Settings", request: pytest.FixtureRequest) -> Iterator[Session]:
    session = Session(outlook365_settings, remote.url_of(request.config), remote.webhook_host_of(request.config))
    yield session
    session.stop()


@pytest.fixture(scope="session")
def outlook365_emulator(_outlook365_session: Session) -> "Control":
    """The emulator that the tests of this process share: where it is, and `add_world()` for further worlds."""
    return _outlook365_session.control


@pytest.fixture
def _outlook365_combination(request: pytest.FixtureRequest) -> Combination | None:
    found: Combination | None = getattr(request, "param", None)
    return found


@pytest.fixture
def _outlook365_scenario(request: pytest.FixtureRequest) -> str | None:
    return getattr(request, "param", None)


@pytest.fixture
def outlook365_connection(outlook365: "World") -> "ConnectionDetails":
    """What a connector's connection form asks for, in the world of the test: `outlook365.connection()`."""
    return outlook365.connection()


@pytest.fixture
def outlook365(
    request: pytest.FixtureRequest,
    _outlook365_session: Session,
    _outlook365_combination: Combination | None,
    _outlook365_scenario: str | None,
) -> Iterator["World"]:
    """A fresh world with one tenant in an emulator of Microsoft Entra ID and Microsoft Graph, dropped after the test.

    While the test runs, connections of this process to Microsoft's hosts reach it.
    """
    __tracebackhide__ = True
    item: pytest.Item = request.node
    options = options_of(item)
    world = _world(_outlook365_session, options, item)
    world.auth = options.auth
    item.stash[WORLD] = world
    with ExitStack() as stack:
        stack.callback(_drop, _outlook365_session, item, world, fail=options.not_emulated == "fail")
        if options.intercept:
            stack.enter_context(_outlook365_session.intercepted(world))
        survival.begin(world, item.config)
        own = _scenario(options, item)
        trouble.begin(world, item.config, own=own, chosen=_outlook365_scenario, trouble=options.trouble)
        _add_faults(world, options)
        yield world


@pytest.fixture
def outlook365_auto_advance(outlook365: "World") -> Iterator[None]:
    """While the test runs, `time.sleep` and `asyncio.sleep` move the world's clock instead of waiting."""
    from pytest_outlook365.waits import auto_advance

    with auto_advance(outlook365):
        yield


def _world(session: Session, options: Options, item: pytest.Item) -> "World":
    __tracebackhide__ = True
    from outlook365_emulator.client import ControlError

    try:
        return session.control.add_world(**_document(options, item))
    except (ControlError, ValueError) as error:
        asked = f"world={options.world!r}" if options.world is not None else f"environment={options.environment!r}"
        raise refusal(f"{asked}: {error}") from None


def _document(options: Options, item: pytest.Item) -> Any:
    seed = trouble.seed_of(item.config, item.nodeid)
    drawn = {} if seed is None else {"seed": seed}
    if options.world is None:
        return {"tenants": [{"cloud": options.environment or "global"}], **drawn}
    from outlook365_emulator.emulator import documents

    beside = item.path.parent / options.world
    return {**documents.world_document(beside if beside.is_file() else options.world), **drawn}


def _scenario(options: Options, item: pytest.Item) -> Any:
    __tracebackhide__ = True
    if options.scenario is None:
        return None
    from outlook365_emulator.emulator import documents

    beside = item.path.parent / options.scenario
    try:
        return documents.scenario_document(beside if beside.is_file() else options.scenario)
    except ValueError as error:
        raise refusal(f"scenario={options.scenario!r}: {error}") from None


def _add_faults(world: "World", options: Options) -> None:
    __tracebackhide__ = True
    from outlook365_emulator.client import ControlError

    for i, fault in enumerate(options.faults):
        try:
            world.faults.add(fault)
        except (ControlError, ValueError, TypeError, AttributeError) as error:
            raise refusal(f"faults[{i}]: {error}") from None


def _drop(session: Session, item: pytest.Item, world: "World", *, fail: bool) -> None:
    __tracebackhide__ = True
    del item.stash[WORLD]
    if world.name not in session.control.living:
        return  # the test has dropped it itself
    journal = world.journal
    bugs, asked = journal.bugs, journal.not_emulated if fail else {}
    survival.record(world, item)
    world.drop()
    if bugs:
        pytest.fail(bugs_text(bugs), pytrace=False)
    if asked:
        pytest.fail(not_emulated_text(asked), pytrace=False)
