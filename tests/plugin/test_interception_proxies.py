"""A proxy of the environment is not asked for emulated hosts while interception is active."""

import os
from collections.abc import Callable

import pytest
import requests
from outlook365_emulator.net.interception import Interception

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"
URL = f"https://{GRAPH}/"
UNUSED = "http://127.0.0.1:1"

Ask = Callable[..., str]

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


class TestProxyOfTheEnvironment:
    @pytest.fixture(autouse=True)
    def _proxy(self, no_proxy_variables: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", UNUSED)

    @pytest.mark.parametrize("stack", ["requests", "httpx", "httpx async, http2", "urllib.request"])
    def test_is_not_asked(self, active: Interception, stack: str, ask: Ask) -> None:
        assert ask(URL, stack=stack) == GRAPH

    @pytest.mark.parametrize("stack", ["requests", "urllib.request"])
    def test_is_not_asked_by_clients_made_before(self, interception: Interception, stack: str, ask: Ask) -> None:
        assert ask(URL, stack=stack, begin=interception.start) == GRAPH

    def test_is_not_asked_for_refused_hosts_either(
        self, interception_for: Callable[..., Interception], ask: Ask
    ) -> None:
        with (
            interception_for(refused_domains=[".azure.com"]),
            pytest.raises(requests.ConnectionError, match="is not emulated"),
        ):
            ask(f"https://{REAL}/")

    @pytest.mark.parametrize(
        "before",
        [
            {},
            {"NO_PROXY": "a.example"},
            {"no_proxy": "a.example, b.example"},
            {"NO_PROXY": "a", "no_proxy": ""},
            {"no_proxy": "*"},
        ],
    )
    def test_exceptions_are_put_back(
        self, interception: Interception, monkeypatch: pytest.MonkeyPatch, before: dict[str, str]
    ) -> None:
        for name, value in before.items():
            monkeypatch.setenv(name, value)
        with interception:
            assert requests.utils.should_bypass_proxies(URL, None)
            interception.start()
        assert {name: os.environ[name] for name in ("NO_PROXY", "no_proxy") if name in os.environ} == before

    def test_another_value_set_meanwhile_stays_until_its_owner_takes_it_back(self, interception: Interception) -> None:
        with pytest.MonkeyPatch.context() as patch:
            with interception:
                patch.setenv("NO_PROXY", "c.example")
            assert os.environ["NO_PROXY"] == "c.example"
        with interception:
            pass
        assert not {"NO_PROXY", "no_proxy"} & set(os.environ)

    def test_a_value_that_a_test_set_and_took_back_leaves_no_trace(self, interception: Interception) -> None:
        with interception, pytest.MonkeyPatch.context() as patch:
            patch.setenv("NO_PROXY", "c.example")
            patch.setenv("no_proxy", "c.example")
            interception.start()
            assert requests.utils.should_bypass_proxies(URL, None)
        assert not {"NO_PROXY", "no_proxy"} & set(os.environ)


def test_without_a_proxy_no_variable_changes(interception: Interception) -> None:
    before = dict(os.environ)
    with interception:
        assert dict(os.environ) == before
