"""The commands that ask a running emulator, in this process, against an emulator of their own."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from outlook365_emulator.emulator import Emulator


class Told:
    """What a command said.

    Attributes:
        status: its exit status.
        text: standard output.
        problem: standard error.
    """

    def __init__(self, result: Any) -> None:
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.status: int = result.exit_code
        self.text: str = result.stdout
        self.problem: str = result.stderr

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@pytest.fixture(scope="session")
def served() -> Iterator["Emulator"]:
    """An emulator with the world contoso that these tests may change."""
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator

    with Emulator(Settings(world="contoso")) as running:
        yield running
        errors = running.errors
    assert not errors


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of an emulator."""
    for name in ("OUTLOOK365_URL", "OUTLOOK365_EMULATOR_CONTROL_TOKEN", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(bare: None) -> Callable[..., Told]:
    """`run("world", "list")` runs a command; an exception that is none of click's fails the test."""
    from click.testing import CliRunner
    from outlook365_emulator.cli import main

    def call(*arguments: str, stdin: str | None = None) -> Told:
        return Told(CliRunner().invoke(main, arguments, input=stdin, prog_name="outlook365-emulator"))

    return call


@pytest.fixture
def ask(run: Callable[..., Told], served: "Emulator", monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """`ask("user", "list")` runs a command against the emulator."""
    monkeypatch.setenv("OUTLOOK365_URL", served.http_url)
    return run
