"""What all commands have: help with an example, JSON, one line for whatever is wrong."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import click
import pytest
from outlook365_emulator.cli import main

Run = Callable[..., Any]


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))
        else:
            yield (*path, name), found


ALL = dict(commands())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_each_help_holds_an_example(run: Run, path: tuple[str, ...]) -> None:
    told = run(*path, "--help")
    assert told.status == 0
    assert "Example" in told.text
    assert f"outlook365-emulator {path[0]}" in told.text
    assert "--json" in told.text


def test_every_command_of_the_reference_page(repository: Any) -> None:
    page = (repository / "docs/reference/command-line.md").read_text()
    assert [
        " ".join(path) for path in ALL if f"`{' '.join(path)}" not in page and f"## {' '.join(path)}" not in page
    ] == []


ARGUMENTS = {
    **{key: ["x"] for key in ("tenant show", "user create", "user show", "app show")},
    **{key: ["--user", "x"] for key in ("mail list", "event list", "mail create", "mail fill")},
    **{key: ["--user", "x", "1"] for key in ("mail show", "event show")},
    "event create": ["--user", "x", "--subject", "s", "--start", "2026-03-02"],
    "world load": ["contoso"],
    "world export": ["contoso", "contoso.zip"],
    "world import": [__file__],
    "scenario apply": ["throttled"],
}
"""What a command needs beside its options."""


@pytest.mark.parametrize(
    "path", [path for path, one in ALL.items() if any(p.name == "url" for p in one.params)], ids=" ".join
)
def test_nobody_there_is_one_line(run: Run, path: tuple[str, ...]) -> None:
    if path == ("doctor",):
        return
    given = ARGUMENTS.get(" ".join(path), [])
    for url, sentence in (
        ("http://127.0.0.1:1", "no emulator answers at"),
        ("nonsense", "no emulator answers at nonsense"),
    ):
        told = run(*path, *given, "--url", url)
        assert (told.status, sentence in told.problem, told.problem.count("\n")) == (2, True, 1), told.problem


@pytest.fixture(scope="module", params=[b"<html>", b"{}", b'{"worlds": 5}', b"null", b"[]"])
def stranger(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a program that is no emulator and answers everything with one text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(request.param)))
            self.end_headers()
            self.wfile.write(request.param)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", [("world", "list"), ("user", "list"), ("ready",), ("env",), ("ca", "install")])
def test_another_program_there_is_one_line(run: Run, stranger: str, path: tuple[str, ...]) -> None:
    told = run(*path, "--url", stranger)
    assert (told.status, told.problem.count("\n")) == (2, 1), told.problem
    assert "emulator" in told.problem


def test_a_misspelt_command_names_the_nearest(run: Run) -> None:
    assert "did you mean 'doctor'?" in run("docter").problem.lower()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("user", "show", "adda"), "ada"),
        (("app", "show", "Conector (public)"), "Connector (public)"),
        (("tenant", "show", "contosso.onmicrosoft.com"), "contoso.onmicrosoft.com"),
        (("user", "list", "--world", "contosso"), "did you mean 'contoso'?"),
        (("app", "create", "--permission", "Mail.Raed"), "Mail.Read"),
        (("mail", "list", "--user", "ada", "--folder", "inbocks"), "inbocks"),
        (("mail", "show", "--user", "ada", "9999"), "give an id, or a number from 1"),
        (("event", "create", "--user", "ada", "--subject", "x", "--start", "soon"), "soon"),
        (("token", "mint", "--app", "Connector (public)"), "AADSTS"),
        (("permissions", "GET", "/me/mesages"), "mesages"),
        (("permissions", "GET", "/me/drive"), "/me/drive"),
        (("token", "decode", "a.b.c"), "base64url"),
        (("token", "decode", "é.ü.x"), "base64url"),
        (("token", "decode", f"{'W1tb' * 40_000}.W10.x"), "base64url"),
        (("ca", "install", "nodde"), "did you mean 'node'?"),
        (("ca", "export", "/nowhere/ca.pem"), "cannot be written"),
    ],
)
def test_bad_input_is_a_sentence(ask: Run, arguments: tuple[str, ...], sentence: str) -> None:
    told = ask(*arguments)
    assert told.status == 2
    assert sentence in told.problem
    assert "Traceback" not in told.problem
