"""While a test uses the fixture, no other Microsoft host is reached."""

import httpx
import pytest
import requests
from outlook365_emulator.client import World

from pytest_outlook365 import RefusedHost


@pytest.mark.parametrize(
    "host", ["management.azure.com", "outlook.live.com", "contoso.sharepoint.com", "api.office.net"]
)
def test_other_hosts_of_microsoft_are_refused(outlook365: World, host: str) -> None:
    import socket

    with pytest.raises(RefusedHost, match=host):
        socket.create_connection((host, 443), timeout=5)
    with pytest.raises(requests.ConnectionError, match="is not emulated"):
        requests.get(f"https://{host}/", timeout=5)
    with pytest.raises(httpx.ConnectError, match="is not emulated"):
        httpx.get(f"https://{host}/")
