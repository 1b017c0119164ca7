"""Runs at the start of a Python child process: interception there, then the `sitecustomize` that this one shadows.

Where the child's interpreter has no `outlook365_emulator`, nothing happens and the proxy variables serve. Interception
starts when the child first imports `socket`, so that a child that never uses the network does not pay for it.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from os import sep
from os.path import realpath

_HERE = realpath(__file__).rpartition(sep)[0]


def _intercept() -> None:
    try:
        from outlook365_emulator.net.imports import AfterImport
    except ImportError:
        return
    if "socket" in sys.modules:
        _start()
    else:
        AfterImport({"socket": _start}).install()


def _start() -> None:
    try:
        from outlook365_emulator.net.child.start import start
    except ImportError:
        return
    start()


def _run_shadowed() -> None:
    elsewhere = [entry for entry in sys.path if realpath(entry or ".") != _HERE]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_intercept()
_run_shadowed()
