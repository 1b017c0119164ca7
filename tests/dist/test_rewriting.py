"""pytest marks every module of an installed plugin's distribution for rewriting; the emulator is imported plainly."""

from typing import Any

SUITE = """
import sys


def is_rewritten(module):
    return "rewrite" in type(module.__spec__.loader).__module__


def test_it(outlook365):
    loaded = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == "outlook365_emulator"]
    assert len(loaded) > 50
    assert [module.__name__ for module in loaded if is_rewritten(module)] == []
"""


def test_the_emulator_is_not_rewritten(installed: Any) -> None:
    (installed.folder / "test_theirs.py").write_text(SUITE)
    said = installed.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_theirs.py")
    assert "1 passed" in said


def test_without_our_care_it_would_be(from_wheel: Any) -> None:
    """Whether pytest still works as `import_plainly` believes: a change there shows here and not as a slow start."""
    mark = "import pytest_outlook365.plugin as plugin\nplugin.import_plainly = lambda plugins: None\n"
    (from_wheel.folder / "careless.py").write_text(mark)
    (from_wheel.folder / "test_careless.py").write_text(SUITE)
    said = from_wheel.run(
        "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "careless", "test_careless.py", status=1
    )
    assert "1 failed" in said
    assert "outlook365_emulator" in said
