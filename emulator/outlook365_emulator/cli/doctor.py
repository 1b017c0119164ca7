"""`outlook365-emulator doctor`: checks ports, trust, proxy and host names, and says what to fix."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from outlook365_emulator.cli.asking import Asked, json_option, tell, url_option
from outlook365_emulator.cli.ca import certificate_of
from outlook365_emulator.cli.serving import Refused

SECONDS = 5.0
HOST = "login.microsoftonline.com"
PATH = "/common/discovery/keys"


class Finding(NamedTuple):
    """What one check found.

    Attributes:
        check: what was looked at.
        state: `good`, `note` (it works, but not unmodified or not for everybody) or `bad`.
        found: what it is like.
        fix: what to do, or "".
    """

    check: str
    state: str
    found: str
    fix: str = ""


@click.command(epilog="\b\nExample:\n  outlook365-emulator doctor --url http://127.0.0.1:8365")
@url_option
@json_option
def doctor(url: str, as_json: bool) -> None:
    """Check that programs of this shell can reach a running emulator; end with status 1 when something is broken."""
    findings = list(examined(url))
    tell([one._asdict() for one in findings], _written, as_json=as_json)
    if any(one.state == "bad" for one in findings):
        click.get_current_context().exit(1)


def _written(findings: list[dict[str, str]]) -> Iterable[str]:
    marks = {"good": click.style("ok  ", fg="green"), "note": click.style("note", fg="yellow")}
    for one in findings:
        yield f"{marks.get(one['state'], click.style('BAD ', fg='red'))}  {one['check']}: {one['found']}"
        if one["fix"]:
            yield f"        {one['fix']}"


def examined(url: str) -> Iterator[Finding]:
    """Make the checks, each as far as those before it allow.

    Args:
        url: root of the emulator's HTTP port.
    """
    try:
        asked = Asked(url)
        details, pem = asked.ready, certificate_of(asked)
    except Refused as error:
        fix = "start one: outlook365-emulator serve; or name another by --url; in a container, publish the port 8365"
        yield Finding("HTTP port", "bad", error.message, fix)
        return
    host = urlsplit(asked.connection.url).hostname or ""
    yield Finding("HTTP port", "good", f"version {details['version']} answers at {asked.connection.url}")
    yield _tls(host, int(details["https_port"]), pem)
    yield _proxy(host, urlsplit(details["proxy_url"]).port or 0, pem)
    yield _names(int(details["https_port"]))
    yield from _environment(pem, details)
    yield _world(details)


def _tls(host: str, port: int, pem: str) -> Finding:
    def ask() -> str:
        with socket.create_connection((host, port), SECONDS) as plain:
            return _asked(plain, pem)

    fix = f"publish the port {port} under the same number, or start with another --tls-port"
    return _tried("HTTPS port", ask, f"port {port} answers as {HOST} with a certificate that its CA vouches for", fix)


def _proxy(host: str, port: int, pem: str) -> Finding:
    def ask() -> str:
        with socket.create_connection((host, port), SECONDS) as plain:
            plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode())
            answer = plain.recv(4096).decode("latin-1")
            if " 200 " not in answer.partition("\r\n")[0]:
                return f"the proxy answered {answer.partition(chr(13))[0]!r}"
            return _asked(plain, pem)

    fix = f"publish the port {port} under the same number, or start with another --proxy-port"
    return _tried("proxy port", ask, f"port {port} leads to {HOST}", fix)


def _asked(plain: socket.socket, pem: str) -> str:
    """Speak TLS and ask for the keys; return "" or what is wrong."""
    context = ssl.create_default_context(cadata=pem)
    with context.wrap_socket(plain, server_hostname=HOST) as secure:
        secure.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        line = secure.recv(4096).decode("latin-1").partition("\r\n")[0]
    return "" if " 200" in line else f"it answered {line!r}"


def _tried(check: str, ask: Callable[[], str], good: str, fix: str) -> Finding:
    try:
        problem = ask()
    except OSError as error:
        problem = str(error) or type(error).__name__
    return Finding(check, "bad", problem, fix) if problem else Finding(check, "good", good)


def _names(port: int) -> Finding:
    fix = (
        f"map the names to the emulator and let it listen on 443 (aliases in compose.yaml, or /etc/hosts), or use the "
        f'proxy: eval "$(outlook365-emulator env)"; the plugin needs neither (HTTPS port {port})'
    )
    try:
        addresses = {str(one[4][0]) for one in socket.getaddrinfo(HOST, 443, type=socket.SOCK_STREAM)}
    except OSError:
        return Finding("host names", "note", f"{HOST} has no address here: only the proxy leads there", fix)
    import ipaddress

    private = all(ipaddress.ip_address(address.partition("%")[0]).is_private for address in addresses)
    where = ", ".join(sorted(addresses))
    if private:
        return Finding("host names", "good", f"{HOST} leads to {where}")
    return Finding("host names", "note", f"{HOST} leads to the real Microsoft ({where})", fix)


def _environment(pem: str, details: dict[str, Any]) -> Iterator[Finding]:
    from pathlib import Path

    from outlook365_emulator.config import environment

    variables = environment()
    proxy = variables.get("HTTPS_PROXY") or variables.get("https_proxy") or ""
    command = 'eval "$(outlook365-emulator env)"'
    ports = {_port(one) for one in (proxy, details["proxy_url"]) if "://" in one}
    if not proxy:
        yield Finding("HTTPS_PROXY", "note", "not set: programs here go by the host names", f"set it: {command}")
    elif len(ports) == 1:
        yield Finding("HTTPS_PROXY", "good", "leads to the emulator's proxy")
    else:
        yield Finding("HTTPS_PROXY", "bad", f"leads to {proxy.rpartition('@')[2]}, past the emulator", f"run {command}")
    excepted = (variables.get("NO_PROXY") or variables.get("no_proxy") or "").split(",")
    over = [one.strip() for one in excepted if one.strip() and HOST.endswith(one.strip().lstrip("*."))]
    if proxy and over:
        yield Finding("NO_PROXY", "bad", f"{over[0]} keeps {HOST} from the proxy", f"take it out: {command}")
    body = "".join(pem.split("-----")[2].split())
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        try:
            text = Path(variables[name]).read_text("latin-1")
        except KeyError:
            yield Finding(name, "note", "not set: such clients do not trust the emulator here", f"set it: {command}")
        except OSError as error:
            yield Finding(name, "bad", f"{variables[name]}: {error.strerror}", f"run {command} again")
        else:
            trusted = body in "".join(text.split())
            found = "holds the emulator's certificate" if trusted else "is of another emulator, or an earlier start"
            yield Finding(name, "good" if trusted else "bad", found, "" if trusted else f"run {command} again")


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _world(details: dict[str, Any]) -> Finding:
    if details.get("world"):
        return Finding("world", "good", f"{details['world']} with the tenant {details.get('domain')}")
    return Finding("world", "note", "no default world", "start with --world contoso, or make one by the control API")
