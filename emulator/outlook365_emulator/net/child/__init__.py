"""The environment of a child process whose requests shall reach the emulator.

Two roads lead there. Languages with an entry at start are led by the same interception as the test process: Python by
a `sitecustomize.py`, Node by a preload. Everything else, and Python and Node without them, goes through the proxy.

What each language needs of the variables (reference interception, child processes):

- Python: `PYTHONPATH` (interception) or `HTTPS_PROXY` with `SSL_CERT_FILE` (ssl, httpx) and `REQUESTS_CA_BUNDLE`
  (requests, msal). An interpreter without this package does not run the interception; the proxy serves it. `python -I`,
  `-E` and `-S` ignore `PYTHONPATH` or `sitecustomize`; the proxy serves them too.
- Node: `NODE_OPTIONS` (preload) and `NODE_EXTRA_CA_CERTS`; it reads both once, when it starts. From 22.21 and 24 on
  `NODE_USE_ENV_PROXY` makes its own `fetch` and `https` use the proxy.
- curl and libcurl (pycurl, PHP): `HTTPS_PROXY`, `CURL_CA_BUNDLE`.
- Go, Ruby, .NET on Linux: `HTTPS_PROXY`, `SSL_CERT_FILE`. On Windows and macOS they read the system's store only.
- Java: reads none of them. Give it `-Dhttps.proxyHost`, `-Dhttps.proxyPort` and `-Djavax.net.ssl.trustStore` (a store
  that `keytool -importcert -file CA_FILE` made), for example in `JAVA_TOOL_OPTIONS`.

`SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` replace what a program trusts, so they name the combined
file; `NODE_EXTRA_CA_CERTS` adds to it. `HTTP_PROXY` is left alone: the emulated hosts speak HTTPS only.

Setting `OUTLOOK365_INTERCEPT=0` on top switches the interception of Python and Node off: the child uses the proxy.
"""

from collections.abc import Iterable, Mapping
from os import pathsep
from pathlib import Path

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def child_variables(
    *,
    parent: Mapping[str, str],
    proxy_url: str,
    ca_file: str,
    combined_bundle: str,
    hosts: Iterable[str],
    tls_port: int,
    directory: str | None = None,
    refused_domains: Iterable[str] = (),
    address: str = "127.0.0.1",
) -> dict[str, str]:
    """Return the variables to set for a child process on top of its parent's.

    Args:
        parent: the environment that the child would get otherwise.
        proxy_url: URL of the emulator's proxy; a world's name as user name leads requests to that world.
        ca_file: path of the emulator's CA certificate (PEM).
        combined_bundle: path of a PEM file with what was trusted before and the emulator's CA.
        hosts: emulated hosts; an entry with a leading dot or `*.` stands for every host under that domain.
        tls_port: the emulator's HTTPS port.
        directory: folder that holds `sitecustomize/` and `node_preload.cjs`; the package's own where None.
        refused_domains: domains whose other hosts interception refuses (`microsoft.com`); the proxy does so by itself.
        address: the emulator's IPv4 address.

    Returns:
        The variables, `NO_PROXY` without the emulated hosts among them.
    """
    folder = Path(directory) if directory is not None else Path(__file__).parent
    emulated = sorted({_entry(host) for host in hosts})
    no_proxy = ",".join(_exceptions(parent.get("no_proxy") or parent.get("NO_PROXY") or "", emulated))
    variables = {
        "HTTPS_PROXY": proxy_url,
        "https_proxy": proxy_url,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "SSL_CERT_FILE": combined_bundle,
        "REQUESTS_CA_BUNDLE": combined_bundle,
        "CURL_CA_BUNDLE": combined_bundle,
        # Node takes one file only: where another was set, the combined one stands for both.
        "NODE_EXTRA_CA_CERTS": combined_bundle if parent.get("NODE_EXTRA_CA_CERTS", ca_file) != ca_file else ca_file,
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": _with_preload(parent.get("NODE_OPTIONS", ""), folder / "node_preload.cjs"),
        "PYTHONPATH": _first(str(folder / "sitecustomize"), parent.get("PYTHONPATH", "")),
        "OUTLOOK365_TLS_PORT": str(tls_port),
        "OUTLOOK365_ADDRESS": address,
        "OUTLOOK365_CA_FILE": ca_file,
        "OUTLOOK365_HOSTS": ",".join(emulated),
        "OUTLOOK365_REFUSED_DOMAINS": ",".join(sorted({_domain(domain) for domain in refused_domains})),
    }
    return {name: value for name, value in variables.items() if parent.get(name) != value}


def _entry(host: str) -> str:
    return host.rstrip(".").lower().removeprefix("*")


def _domain(domain: str) -> str:
    return _entry(domain).lstrip(".")


def _exceptions(value: str, emulated: list[str]) -> list[str]:
    entries = [entry.strip() for entry in value.split(",") if entry.strip()]
    kept = [entry for entry in entries if not _covers_one(entry, emulated)]
    return kept + [name for name in _LOOPBACK if name not in kept]


def _covers_one(entry: str, emulated: list[str]) -> bool:
    # Clients differ: with and without a leading dot or star, some compare ends of names without looking for a dot.
    name = entry.lower().split(":")[0].lstrip("*.")
    if not name:
        return "*" in entry
    return any(host.endswith(name) or (host.startswith(".") and name.endswith(host)) for host in emulated)


def _first(entry: str, path: str) -> str:
    others = [other for other in path.split(pathsep) if other and other != entry]
    return pathsep.join([entry, *others])


def _with_preload(options: str, preload: Path) -> str:
    # Node splits NODE_OPTIONS at spaces outside of double quotes, in which a backslash escapes.
    path = str(preload).replace("\\", "\\\\").replace('"', '\\"')
    require = f'--require="{path}"'
    return options if require in options else f"{options} {require}".strip()
