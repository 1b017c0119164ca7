"""The rules of the house, held for every file of the tree; CONTRIBUTING.md says why each is there."""

import ast
import re
import tokenize
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "emulator" / "outlook365_emulator"
PLUGIN = ROOT / "pytest_outlook365"
FIXTURES = ROOT / "fixtures" / "outlook365_fixtures"
TESTS = ROOT / "tests"

# A part imports only parts that stand before it.
LAYERS = """
__init__ clock ids config wire journal tables errors clouds faults store directory odata net entra graph
worlds scenarios report control app emulator client cli __main__
""".split()
RANK = {part: rank for rank, part in enumerate(LAYERS)}

# What a part may import besides itself, where that is less than everything before it.
ONLY = {
    "faults": {"clock", "ids", "errors", "wire", "tables", "journal"},
    "client": {"__init__", "clock", "ids", "config"},
    "pytest_outlook365": {"__init__", "clock", "ids", "config", "net", "emulator", "client"},
}

DRAWERS = {"util", "utils", "helper", "helpers", "common", "base", "core", "misc"}

# Test files that are named after a behaviour which no single module holds; every other one is named after a module.
FEATURES = {
    "unit": {"house", "against_odata_query", "filters", "robustness"},
    "contract": {
        "client_credentials",
        "delivery",
        "fuzz",
        "garbage",
        "isolation",
        "paging",
        "password",
        "permissions",
        "serve",
        "soak",
        "tokens",
    },
    "plugin": {"environment", "fixtures", "fork", "guard", "interception", "isolation", "marker", "parallel", "report"},
    "browser": set(),
    "image": {"image"},
    "clients": {
        *("curl", "day", "graph_js", "msal_flows", "msal_node", "msgraph_mail", "node", "o365", "oidc", "subprocess"),
        *("triggers", "urllib"),
    },
    "docs": {"a_request", "ci_recipes", "containers", "examples", "faults_pages", "site", "snippets"},
    "dist": {"editable", "import_budget", "versions", "wheel", "corpus"},
}

LINES = 400
TYPED_AS_CONSTANT = re.compile(r"\b(Mapping|Sequence|Collection|Iterable|Set|AbstractSet|MappingProxyType)\b")
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MUTABLE_CALLS = {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray", "ChainMap"}
MUTABLE_CALLS |= {"WeakKeyDictionary", "WeakValueDictionary", "WeakSet"}
MUTATORS = set("append extend insert add update setdefault pop popitem clear remove discard sort __setitem__".split())
FORBIDDEN_WORDS = re.compile(
    r"\b(TODO|FIXME|XXX|HACK)\b|\b(?i:previously|formerly|refactored|legacy|blazing\w*|seamless\w*|powerful|effortless\w*"
    r"|cutting[- ]edge|state[- ]of[- ]the[- ]art|chatgpt|claude|anthropic|openai|llms?|ai[- ]generated)\b"
)


def python_files(*folders: Path) -> list[Path]:
    return sorted(chain.from_iterable(folder.rglob("*.py") for folder in folders))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def part_of(file: Path) -> str:
    """The part of the emulator that a file belongs to: the first name below the package, without `.py`."""
    return file.relative_to(SERVER).parts[0].removesuffix(".py")


def package_of(file: Path) -> list[str]:
    """The dotted package that a file lies in, as a list; relative imports start there."""
    root = next((root for root in (SERVER.parent, FIXTURES.parent) if file.is_relative_to(root)), ROOT)
    return list(file.relative_to(root).parts[:-1])


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """Each line that imports something, also inside functions, with the absolute name of what it imports."""
    package = package_of(file)
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def emulator_imports(file: Path) -> Iterator[tuple[int, str, str]]:
    """Each import of the emulator in a file: line, part, absolute name."""
    for line, target in imported(file):
        root, part = [*target.split("."), "__init__"][:2]
        if root == SERVER.name:
            exists = part in RANK or (SERVER / part).is_dir() or (SERVER / f"{part}.py").is_file()
            yield line, part if exists else "__init__", target


@pytest.mark.parametrize("file", python_files(SERVER), ids=name)
def test_imports_point_down(file: Path) -> None:
    part = part_of(file)
    assert part in RANK, f"{name(file)}: give the part '{part}' its place in LAYERS ({name(Path(__file__))})"
    allowed = ONLY.get(part, {other for other in LAYERS if RANK[other] < RANK[part]}) | {part, "__init__"}
    wrong = [
        f"{name(file)}:{line} '{part}' imports {target}; it may import only: {', '.join(sorted(allowed))}"
        for line, other, target in emulator_imports(file)
        if other not in allowed
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", python_files(PLUGIN), ids=name)
def test_the_plugin_is_wiring(file: Path) -> None:
    allowed = ONLY["pytest_outlook365"]
    wrong = [
        f"{name(file)}:{line} imports {target}; the plugin may import only: {', '.join(sorted(allowed))}"
        for line, part, target in emulator_imports(file)
        if part not in allowed
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("folder", "banned", "why"),
    [
        (
            SERVER / "graph" / "mail",
            "outlook365_emulator.graph.calendar",
            "calendar may import mail.delivery, not back",
        ),
        (SERVER, "pytest_outlook365", "the emulator does not know the plugin"),
        (SERVER, "pytest", "the emulator runs without pytest"),
        (FIXTURES, "outlook365_emulator", "the fixtures are data"),
    ],
    ids=["mail-calendar", "emulator-plugin", "emulator-pytest", "fixtures-emulator"],
)
def test_one_way_rules(folder: Path, banned: str, why: str) -> None:
    wrong = [
        f"{name(file)}:{line} imports {target}: {why}"
        for file in python_files(folder)
        for line, target in imported(file)
        if target == banned or target.startswith(f"{banned}.")
    ]
    assert not wrong, "\n".join(wrong)


def test_one_file_touches_uvicorn() -> None:
    files = python_files(SERVER, PLUGIN)
    users = {file for file in files for _, target in imported(file) if target.split(".")[0] == "uvicorn"}
    told = f"a new uvicorn may break one file of net/, not these: {sorted(map(name, users))}"
    assert len(users) <= 1, told
    assert all(file.parent == SERVER / "net" for file in users), told


def test_files_stay_readable_in_one_sitting() -> None:
    long = []
    for file in python_files(SERVER, PLUGIN, FIXTURES, TESTS, ROOT / ".ci", ROOT / "benchmarks", ROOT / "examples"):
        lines = len(file.read_text().splitlines())
        if lines > LINES:
            long.append(f"{name(file)}: {lines} lines, at most {LINES}: split it where a second concept begins")
    assert not long, "\n".join(long)


def test_no_module_is_a_drawer() -> None:
    files = python_files(SERVER, PLUGIN, FIXTURES, TESTS)
    wrong = [
        f"{name(file)}: name it after what it holds"
        for file in files
        if DRAWERS & {part.removesuffix(".py").removeprefix("test_") for part in file.relative_to(ROOT).parts}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", [SERVER.parent, FIXTURES.parent, TESTS], ids=name)
def test_folders_that_are_no_packages(folder: Path) -> None:
    found = [folder / "__init__.py", *(folder.rglob("__init__.py") if folder == TESTS else ())]
    assert not [name(file) for file in found if file.exists()], (
        "the wheel or pytest's importlib mode would lose its way"
    )


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import, also below `if` and `try`."""
    for statement in body:
        yield statement
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from statements(getattr(statement, inner, []))


def written_names() -> set[str]:
    """Upper-case names that some statement writes to: `NAME[key] = ...`, `del NAME[key]`, `NAME.update(...)`."""
    changed = []
    for node in chain.from_iterable(ast.walk(ast.parse(file.read_text())) for file in python_files(SERVER, PLUGIN)):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed.append(node.value)
        elif isinstance(node, ast.AugAssign):
            changed.append(node.target)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            changed.append(node.func.value)
    return {found for node in changed if (found := ast.unparse(node).split(".")[-1]).isupper()}


def mutable_globals(tree: ast.Module, written: set[str]) -> Iterator[tuple[int, str]]:
    """Each name that a module binds to something mutable; a filled table in capitals that nobody writes to is none."""
    for statement in statements(tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target), *_], value=value):
                annotation = ""
            case ast.AnnAssign(target=ast.Name(id=target), value=value, annotation=annotated):
                annotation = ast.unparse(annotated)
            case _:
                continue
        called = ast.unparse(value.func).split(".")[-1] if isinstance(value, ast.Call) else ""
        filled = isinstance(value, ast.DictComp) or (isinstance(value, ast.Dict) and value.keys)
        table = filled and target.isupper() and target not in written
        exempt = (
            target in {"OPERATIONS", "__all__"} or target.endswith("_CACHE") or TYPED_AS_CONSTANT.search(annotation)
        )
        if (isinstance(value, MUTABLE_DISPLAYS) or called in MUTABLE_CALLS) and not (table or exempt):
            yield statement.lineno, target


@pytest.fixture(scope="module")
def written() -> set[str]:
    return written_names()


@pytest.mark.parametrize("file", python_files(SERVER, PLUGIN, FIXTURES), ids=name)
def test_no_mutable_module_globals(file: Path, written: set[str]) -> None:
    tree = ast.parse(file.read_text())
    wrong = [
        f"{name(file)}:{line} {target}: make it a tuple, a frozenset, or a table in capitals (or a Mapping[...]) that "
        "nothing writes to; only OPERATIONS and a ..._CACHE keyed by text may grow"
        for line, target in mutable_globals(tree, written)
    ]
    rebound = [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    wrong += [f"{name(file)}:{node.lineno} global {node.names[0]}: hand the state down instead" for node in rebound]
    assert not wrong, "\n".join(wrong)


def module_names() -> set[str]:
    """Every name that a test file may carry: `messages`, `mail_messages`, `graph_mail_messages`, also of packages."""
    names = set()
    for file in python_files(SERVER, PLUGIN, FIXTURES):
        parts = list(file.relative_to(ROOT).with_suffix("").parts)
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        names |= {"_".join(parts[start:]).strip("_") for start in range(len(parts))}
    return names


def client_names() -> set[str]:
    """The libraries that the tests install: a client's test carries its name."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["test"]
    return {re.match(r"[\w-]+", requirement)[0].lower().replace("-", "_") for requirement in extras}


@pytest.mark.parametrize("file", sorted(TESTS.rglob("test_*.py")), ids=name)
def test_a_test_is_found_by_name(file: Path) -> None:
    folder, subject = file.relative_to(TESTS).parts[0], file.stem.removeprefix("test_")
    assert folder in FEATURES, f"{name(file)}: tests live in {', '.join(sorted(FEATURES))}"
    allowed = module_names() | FEATURES[folder] | (client_names() if folder in {"clients", "plugin"} else set())
    assert subject in allowed, (
        f"{name(file)}: no module is called '{subject}'; name the file after the module it tests (a prefix of packages "
        f"is fine: mail_messages), or add the behaviour to FEATURES['{folder}'] in {name(Path(__file__))}"
    )


def test_no_test_is_skipped_by_hand() -> None:
    banned = re.compile(r"mark\.skip\b(?!if)|importorskip|\bpytest\.skip\(|unittest\.skip")
    wrong = [
        f"{name(file)}:{number} ask the fixture `needs` instead of skipping"
        for file in python_files(TESTS)
        if file not in {TESTS / "conftest.py", Path(__file__)}
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if banned.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def prose(file: Path) -> Iterator[tuple[int, str]]:
    """The comments and docstrings of a module, or the lines of a page, each with its line number."""
    if file.suffix == ".md":
        yield from enumerate(file.read_text().splitlines(), 1)
        return
    with file.open("rb") as source:
        yield from ((t.start[0], t.string) for t in tokenize.tokenize(source.readline) if t.type == tokenize.COMMENT)
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = ast.get_docstring(node)
            if first:
                yield getattr(node, "lineno", 1), first


def test_prose_states_facts() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    wrong = [
        f"{name(file)}:{number} says '{found[0]}': no history, no advertising, no notes to oneself"
        for file in [*python_files(SERVER, PLUGIN, FIXTURES, TESTS), *pages]
        for number, text in prose(file)
        if (found := FORBIDDEN_WORDS.search(text))
    ]
    assert not wrong, "\n".join(wrong)
