"""Every operation: it is covered by a test, and every spelling of its path reaches it (reference graph-core 1)."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.graph import service  # noqa: F401 - importing it declares the operations
from outlook365_emulator.graph.operation import OPERATIONS, Operation
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.store.snapshot import restore, take

ALL = [pytest.param(one, id=one.route) for one in OPERATIONS.values()]
ON_USERS = [pytest.param(one, id=one.route) for one in OPERATIONS.values() if one.placeholders[:1] == ("user",)]
VERBS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "TRACE")
HERE = Path(__file__).parent
PACKAGE = "outlook365_emulator.graph."


def covered(file: Path) -> Iterator[str]:
    """The operations that a file's `@covers(...)` name, as modules and functions: `mail.messages.list_`."""
    tree = ast.parse(file.read_text())
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}".removeprefix(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE.rstrip("."))
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "covers":
            for one in node.args:
                module, _, function = ast.unparse(one).rpartition(".")
                yield f"{modules[module]}.{function}"


@pytest.fixture(scope="module")
def proved() -> set[str]:
    return {name for file in HERE.rglob("test_*.py") for name in covered(file)}


@pytest.mark.parametrize("operation", ALL)
def test_a_test_class_covers_it(operation: Operation, proved: set[str]) -> None:
    name = f"{operation.handler.__module__.removeprefix(PACKAGE)}.{operation.handler.__name__}"
    folder, _, module = operation.handler.__module__.removeprefix(PACKAGE).rpartition(".")
    file = f"tests/contract/graph/{folder.replace('.', '/')}/test_{module}.py"
    assert name in proved, (
        f"{operation.route} has no test: write a class in {file} under @covers({module}.{name.rpartition('.')[2]})"
    )


@pytest.mark.parametrize("operation", ALL)
def test_it_says_what_it_does(operation: Operation) -> None:
    assert operation.handler.__doc__, f"{operation.name} needs a docstring: docs/reference/operations.md prints it"
    assert operation.handler.__doc__.partition("\n")[0].endswith((".", ";", ","))


@pytest.fixture
def path_to(graph: Any, org: Any) -> Any:
    """Write a path that leads to an operation, with keys that exist."""
    message = graph.post("/me/messages", {"subject": "x"}, as_=org.ada).json["id"]
    box = org.mailbox(org.ada)
    with org.world.unit() as unit:
        unit.put_item(box, box.folders, MailFolder(number=900, parent=0x010C, display_name="Projects"))
    folder = box.ids.folder(900)
    known = {"user": org.ada.id, "message": message, "folder": folder}

    def write(operation: Operation, **keys: str) -> str:
        path = operation.path
        for name in operation.placeholders:
            path = path.replace(f"{{{name}}}", {**known, **keys}.get(name, "xyz"))
        return path

    return write


def reaches(graph: Any, operation: Operation, path: str, **options: Any) -> Any:
    answer = graph.ask(operation.method, path, **options)
    assert answer.entry.operation == operation.name, f"{path}: {answer.status} {answer.body!r} {answer.entry.reason}"
    return answer


def reaches_all(graph: Any, operation: Operation, paths: Iterable[str], **options: Any) -> list[Any]:
    """Ask for every path of one operation, each in the world as it is; a failure names all that lead elsewhere."""
    world, answers = graph.org.world, []
    before = take(world)
    for path in paths:
        restore(world, before)
        answers.append((path, graph.ask(operation.method, path, **options)))
    lost = [
        f"{path}: {a.status} {a.body!r} {a.entry.reason}" for path, a in answers if a.entry.operation != operation.name
    ]
    assert not lost, "\n".join(lost)
    return [answer for _, answer in answers]


def open_to_applications(operation: Operation) -> bool:
    return operation.permissions is None or bool(operation.permissions.application)


@pytest.mark.parametrize("operation", ALL)
class TestSpelling:
    def test_as_declared(self, graph: Any, path_to: Any, operation: Operation) -> None:
        assert reaches(graph, operation, path_to(operation)).status < 500

    def test_slashes(self, graph: Any, path_to: Any, operation: Operation) -> None:
        path = path_to(operation)
        doubled = path.replace("/", "//")
        assert graph.ask(operation.method, f"/.{path}").entry.operation == ""
        reaches_all(graph, operation, (f"//{doubled}", f"{path}/", f"{doubled}//"))

    def test_names_in_capitals(self, graph: Any, path_to: Any, operation: Operation) -> None:
        path = path_to(operation)
        names = {part for part in operation.path.split("/") if part and not part.startswith("{")}
        shouted = "/".join(part.upper() if part in names else part for part in path.split("/"))
        reaches(graph, operation, shouted)

    def test_version_in_capitals_and_beta(self, graph: Any, path_to: Any, operation: Operation) -> None:
        for version in ("V1.0", "beta", "Beta"):
            reaches(graph, operation, f"/{version}{path_to(operation)}", raw=True)

    def test_beta_is_written_back(self, graph: Any, path_to: Any, operation: Operation) -> None:
        answer = reaches(graph, operation, f"/beta{path_to(operation)}", raw=True)
        if b"@odata.context" in answer.body:
            assert answer.json["@odata.context"].startswith("https://graph.microsoft.com/beta/$metadata#")

    def test_the_wrong_verb(self, graph: Any, path_to: Any, operation: Operation) -> None:
        known = {one.method for one in OPERATIONS.values() if one.path == operation.path}
        for verb in VERBS:
            if verb not in known:
                answer = graph.ask(verb, path_to(operation))
                assert answer.status in (405, 501), f"{verb}: {answer.body!r}"
                if answer.status == 405:
                    assert answer.code == "Request_BadRequest"
                    assert answer.message == "Specified HTTP method is not allowed for the request target."
                    assert known <= set(answer.headers["allow"].split(", "))

    def test_something_below_or_beside_it(self, graph: Any, path_to: Any, operation: Operation) -> None:
        closed = () if open_to_applications(operation) else (403,)
        for path in (f"{path_to(operation)}/frobnicate/x", f"{path_to(operation)}x"):
            assert graph.ask(operation.method, path).status in (400, 404, 405, 501, *closed)


@pytest.mark.parametrize("operation", ON_USERS)
class TestSpellingOfUsers:
    def test_me(self, graph: Any, org: Any, path_to: Any, operation: Operation) -> None:
        keys = ("/me", "/ME", "/users/me-token-to-replace")
        paths = [path_to(operation).replace(f"/users/{org.ada.id}", key) for key in keys]
        reaches_all(graph, operation, paths, as_=org.ada)

    def test_key_in_parentheses(self, graph: Any, org: Any, path_to: Any, operation: Operation) -> None:
        keys = (
            "users('ada@contoso.example')",
            "Users('ada%40contoso.example')",
            "users/ADA@contoso.example",
            "users(%27ada@contoso.example%27)",
        )
        paths = [path_to(operation).replace(f"users/{org.ada.id}", key) for key in keys]
        for answer in reaches_all(graph, operation, paths):
            assert answer.status != 401, answer.body
            assert answer.status != 403 or not open_to_applications(operation), answer.body

    def test_every_key_in_parentheses(self, graph: Any, path_to: Any, operation: Operation) -> None:
        path = path_to(operation)
        for name in operation.placeholders:
            key = path_to(operation).split("/")[operation.path.split("/").index(f"{{{name}}}")]
            path = path.replace(f"/{key}", f"('{key}')")
        answer = reaches(graph, operation, path)
        assert answer.status != 401
        assert answer.status != 403 or not open_to_applications(operation)

    def test_a_message_through_its_folder(self, graph: Any, path_to: Any, operation: Operation) -> None:
        if "/messages/{message}" not in operation.path or "{folder}" in operation.path:
            return
        for folder in ("mailFolders/drafts", "mailFolders('Drafts')"):
            path = path_to(operation).replace("/messages/", f"/{folder}/messages/")
            answer = reaches(graph, operation, path)
            found = 404 if operation.path.endswith("/event") else 200  # no event is behind a draft
            assert operation.method != "GET" or "xyz" in path or answer.status == found


UNKNOWN = [
    ("/nowhere", "nowhere"),
    ("/me/nowhere", "nowhere"),
    ("/me/Messages/x/nowhere", "nowhere"),
    ("/users/x/messages/x/nowhere", "nowhere"),
    ("/me/mailFolders/inbox/Elsewhere", "Elsewhere"),
]


@pytest.mark.parametrize(("path", "segment"), UNKNOWN)
def test_an_unknown_segment(graph: Any, org: Any, path: str, segment: str) -> None:
    answer = graph.get(path, as_=org.ada)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert answer.message == f"Resource not found for the segment '{segment}'."
    assert set(answer.json["error"]["innerError"]) == {"date", "request-id", "client-request-id"}


@pytest.mark.parametrize("path", ["/me/planner", "/devices", "/sites", "/me/insights"])
def test_what_graph_has_and_we_have_not(graph: Any, org: Any, path: str) -> None:
    answer = graph.get(path, as_=org.ada)
    assert (answer.status, answer.code) == (501, "NotEmulated")
    assert path in answer.message
    assert path in answer.entry.reason


@pytest.mark.parametrize("path", ["/applications", "/groups"])
def test_a_method_that_graph_has_and_we_have_not(graph: Any, org: Any, path: str) -> None:
    for method, target in (("POST", path), ("PATCH", f"{path}/x"), ("DELETE", f"{path}/x")):
        answer = graph.ask(method, target, as_=org.ada)
        assert (answer.status, answer.code) == (501, "NotEmulated")
    assert graph.ask("PUT", path, as_=org.ada).status == 405


@pytest.mark.parametrize("path", ["", "/", "/v2.0/me", "/me", "/v1.0x/me", "/%00", "/v1.0%2Fme"])
def test_without_a_version(graph: Any, path: str) -> None:
    answer = graph.get(path, raw=True)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert answer.message.startswith("Invalid version: ")
