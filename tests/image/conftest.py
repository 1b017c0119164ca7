"""The container image, run by `.ci/image` in a network of its own, and what a client in that network sees."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

USER = 10365
PORTS = {"port": 8365, "tls_port": 443, "proxy_port": 8888}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("image")
            item.add_marker("system")
            item.add_marker(pytest.mark.xdist_group("image"))


@pytest.fixture(scope="session")
def tag(needs: Callable[[str], str]) -> str:
    """Name of the image: `make image` builds it and says its name."""
    needs("root")
    return needs("image")


class Network:
    """A network and a file system view of their own, where ports below 1024 are free for everybody, as in a container.

    Attributes:
        enter: the command that runs another one in there.
    """

    def __init__(self, hosts: Path) -> None:
        self._holder = subprocess.Popen(["unshare", "--net", "--mount", "sleep", "600"])
        self.enter = ["nsenter", f"--target={self._holder.pid}", "--net", "--mount"]
        deadline = time.monotonic() + 10
        while self("readlink", "/proc/self/ns/net").stdout == f"{Path('/proc/self/ns/net').readlink()}\n":
            assert time.monotonic() < deadline
        self("sh", "-ec", "ip link set lo up; echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start", check=True)
        self("mount", "--bind", str(hosts), "/etc/hosts", check=True)

    def __call__(self, *command: str, check: bool = False, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.enter, *command], capture_output=True, text=True, timeout=110, check=check, **options
        )

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()


@pytest.fixture(scope="session")
def network(tag: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A network where Microsoft's names lead to this machine's loopback address, as aliases do in compose.yaml."""
    from outlook365_emulator.clouds import EMULATED_HOSTS

    hosts = tmp_path_factory.mktemp("network") / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"127.0.0.1 {host}\n" for host in EMULATED_HOSTS))
    made = Network(hosts)
    yield made
    made.close()


class Container:
    """A running container of the image.

    Attributes:
        data: the folder that is mounted at /data.
        seconds: from its start until it was healthy.
    """

    def __init__(self, network: Network, repository: Path, tag: str, data: Path, **environment: str) -> None:
        options = [part for name, value in environment.items() for part in ("-e", f"{name}={value}")]
        self.data, self._repository, self._tag, self._network = data, repository, tag, network
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()
        command = [str(repository / ".ci/image"), "run", tag, "-u", f"{USER}:{USER}", "-v", f"{data}:/data"]
        self._process = subprocess.Popen(
            [*network.enter, *command, *options, "--", "outlook365-emulator", "serve"],
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self.seconds = self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> float:
        """Wait until the process of the emulator is there, and then until it is healthy."""
        deadline = time.monotonic() + 60
        while not self.pids():
            assert time.monotonic() < deadline, self.text
            assert self._process.poll() is None, self.text
            time.sleep(0.01)
        began = time.monotonic()
        while self._network("curl", "-sf", "http://127.0.0.1:8365/_emulator/v1/health").returncode:
            assert time.monotonic() < deadline, self.text
            assert self._process.poll() is None, self.text
            time.sleep(0.02)
        return time.monotonic() - began

    @property
    def text(self) -> str:
        self._log.seek(0)
        return self._log.read().decode()

    def pids(self) -> list[int]:
        """Numbers of the emulator's own processes, as this machine counts them."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].startswith(b"/opt/outlook365/bin/python") and b"serve" in words:
                found.append(int(entry.name))
        return found

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a further container of the image, as its user, beside this one."""
        image = [
            str(self._repository / ".ci/image"),
            "run",
            self._tag,
            "-u",
            f"{USER}:{USER}",
            "-v",
            f"{self.data}:/data",
        ]
        return self._network(*image, "--", *command)

    def stop(self) -> int:
        """Send SIGTERM as `docker stop` does, and return the status."""
        for number in self.pids():
            os.kill(number, 15)
        status = self._process.wait(30)
        self._log.close()
        return status


@pytest.fixture(scope="session")
def container(
    network: Network, repository: Path, tag: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """The emulator in a container, as compose.yaml starts it."""
    data = Path(tempfile.mkdtemp(prefix="outlook365-image-", dir="/var/tmp"))
    os.chown(data, USER, USER)
    data.chmod(0o755)
    started = Container(
        network, repository, tag, data, OUTLOOK365_EMULATOR_TLS_PORT="443", OUTLOOK365_EMULATOR_DATA="/data/store"
    )
    yield started
    assert started.stop() == 0
    subprocess.run(["rm", "-rf", str(data)], check=True)


@pytest.fixture(scope="session")
def configuration(repository: Path, tag: str) -> dict[str, Any]:
    """What the image says of itself."""
    inspect = subprocess.run([repository / ".ci/image", "inspect", tag], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(inspect.stdout)
    return found
