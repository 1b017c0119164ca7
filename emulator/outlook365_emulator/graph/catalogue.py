"""The page `docs/reference/operations.md`, written from the declarations.

`python -m outlook365_emulator.graph.catalogue` writes it. For each operation it has the spellings, the permissions that
open it per kind of token, the clouds that have it, its handler and its tests.
"""

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from outlook365_emulator.graph import service
from outlook365_emulator.graph.operation import OPERATIONS, Operation
from outlook365_emulator.tables.clouds import cloud_rows

PAGE = Path("docs/reference/operations.md")
PACKAGE = Path("emulator/outlook365_emulator/graph")
TESTS = Path("tests/contract/graph")

_INTRODUCTION = """\
# Operations

<!-- Written by `python -m outlook365_emulator.graph.catalogue`; do not edit. -->

Every operation of Microsoft Graph that the emulator serves. Any one permission of a column opens it, and so does any
permission that includes it. `/users/{user}` is written `/me` by signed-in people, keys may stand in parentheses, names
in any case, and what lies in a folder or calendar can be addressed through it. `beta` answers as `v1.0` does.
"""


def page(root: Path) -> str:
    """Return the page.

    Args:
        root: the root of the repository, where tests are looked for.
    """
    parts = [_INTRODUCTION, f"\nOperations: {len(OPERATIONS)}\n"]
    for resource, operations in _by_resource():
        parts.append(f"\n## {resource}\n")
        parts += [_section(one, root) for one in operations]
    return "".join(parts)


def _by_resource() -> Iterator[tuple[str, list[Operation]]]:
    found: dict[str, list[Operation]] = {}
    for module in service.DECLARING:
        name = module.__name__.removeprefix("outlook365_emulator.graph.")
        found[name] = [one for one in OPERATIONS.values() if one.handler.__module__ == module.__name__]
    yield from sorted(found.items())


def _section(operation: Operation, root: Path) -> str:
    row = operation.permissions
    lines = [f"\n### {operation.route}\n", f"\n{_summary(operation)}\n"]
    lines.append(f"\n- Name in journal and faults: `{operation.name}`")
    spellings = _spellings(operation)
    if spellings:
        lines.append(f"- Also: {', '.join(f'`{one}`' for one in spellings)}")
    if row is not None and row.open:
        lines.append("- Permissions: any token; what the request carries decides")
    elif row is not None:
        for label, names in (
            ("Delegated, work account", row.work),
            ("Delegated, personal account", row.personal),
            ("Delegated, another person's", row.shared if "user" in operation.placeholders else ()),
            ("Application", row.application),
        ):
            if names or label != "Delegated, another person's":
                lines.append(f"- {label}: {_listed(names) or 'not supported'}")
    clouds = row.clouds if row is not None else ()
    lines.append(f"- Clouds: {'all' if len(clouds) == len(cloud_rows()) else ', '.join(clouds)}")
    lines.append(f"- Handler: {_handler(operation)}")
    tests = _tests(operation, root)
    if tests:
        lines.append(f"- Tests: {', '.join(f'`{one}`' for one in tests)}")
    return lines[0] + lines[1] + "\n".join(lines[2:]) + "\n"


def _summary(operation: Operation) -> str:
    return " ".join((inspect.getdoc(operation.handler) or "").partition("\n\n")[0].split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _spellings(operation: Operation) -> list[str]:
    """Return the spellings of a path that are more than the general ones."""
    path, found = operation.path, []
    if path.startswith("/users/{user}"):
        found.append(path.replace("/users/{user}", "/me", 1))
    for declared, spelled in (
        ("/users/{user}/messages/{message}", "/me/mailFolders/{folder}/messages/{message}"),
        ("/users/{user}/mailFolders/{folder}", "/me/mailFolders/{parent}/childFolders/{folder}"),
        ("/users/{user}/calendars/{calendar}", "/me/calendar"),
        ("/users/{user}/events/{event}", "/me/calendars/{calendar}/events/{event}"),
    ):
        if path.startswith(declared):
            found.append(path.replace(declared, spelled, 1))
    if path.endswith("/delta"):
        found.append(f"{path}()")
    return found


def _handler(operation: Operation) -> str:
    module = operation.handler.__module__.removeprefix("outlook365_emulator.graph.")
    file = PACKAGE / (module.replace(".", "/") + ".py")
    return f"`{operation.handler.__name__}` in `{file.as_posix()}`"


def _tests(operation: Operation, root: Path) -> list[str]:
    """Return the test files of a handler's module: named after it."""
    name = operation.handler.__module__.rpartition(".")[2]
    return sorted(file.relative_to(root).as_posix() for file in (root / TESTS).rglob(f"test_{name}.py"))


def main() -> None:
    """Write the page of the repository that the command runs in."""
    root = Path.cwd()
    if not (root / PACKAGE).is_dir():
        sys.exit("run this at the root of the repository: it writes docs/reference/operations.md")
    (root / PAGE).parent.mkdir(parents=True, exist_ok=True)
    (root / PAGE).write_text(page(root), encoding="utf-8")
    sys.stdout.write(f"{PAGE}: {len(OPERATIONS)} operations\n")


if __name__ == "__main__":
    main()
