"""Replay the conformance corpus against a standalone emulator and hold its pass count above a floor.

The corpus consists of Microsoft's own examples, so it is no part of this repository: it is looked for beside the
clone, in `../shared/conformance`. The floor (`.ci/corpus-floor`) and the ids that passed when it was set
(`.ci/corpus-passing.txt`) only rise: `--update` writes both after a better run and refuses a worse one.

Exit status: 0 the floor holds, 1 it does not, 2 the replay could not run.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FLOOR = HERE / "corpus-floor"
PASSING = HERE / "corpus-passing.txt"


class ReplayError(Exception):
    """The replay could not be run, so nothing can be said about the floor."""


@contextmanager
def emulator(folder: Path, limit: float) -> Iterator[Path]:
    """Run `serve --world contoso` on free ports until the block ends.

    Args:
        folder: where the ready file and the log go.
        limit: seconds to wait for the ready file.

    Yields:
        The ready file.

    Raises:
        ReplayError: it ended early or was not ready in time; the text ends with its log.
    """
    ready, log = folder / "ready.json", folder / "serve.log"
    ports = ["--port", "0", "--tls-port", "0", "--proxy-port", "0"]
    command = [sys.executable, "-m", "outlook365_emulator", "serve", "--world", "contoso", *ports]
    with log.open("wb") as output:
        process = subprocess.Popen([*command, "--ready-file", str(ready)], stdout=output, stderr=output, cwd=folder)
    try:
        deadline = time.monotonic() + limit
        while not ready.exists():
            if process.poll() is not None:
                raise ReplayError(f"serve ended with status {process.returncode}:\n{tail(log)}")
            if time.monotonic() > deadline:
                raise ReplayError(f"serve was not ready after {limit:.0f} s:\n{tail(log)}")
            time.sleep(0.05)
        yield ready
        if process.poll() is not None:
            raise ReplayError(f"serve ended during the replay with status {process.returncode}:\n{tail(log)}")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tail(log: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-30:])


def replay(corpus: Path, ready: Path, results: Path, limit: float) -> set[str]:
    """Replay every example and return the ids of those that passed.

    Raises:
        ReplayError: the replay program could not start or did not end within `limit` seconds.
    """
    command = [sys.executable, str(corpus / "replay.py"), str(ready), str(corpus / "open.jsonl"), "--json"]
    try:
        status = subprocess.run([*command, str(results)], timeout=limit, cwd=results.parent).returncode
    except subprocess.TimeoutExpired:
        raise ReplayError(f"replay.py did not end within {limit:.0f} s") from None
    if status not in (0, 1):  # 1 only says that some example failed
        raise ReplayError(f"replay.py ended with status {status}")
    return {row["id"] for row in json.loads(results.read_text())["results"] if row["outcome"] == "pass"}


def verdict(passed: set[str], floor: int, known: set[str]) -> tuple[bool, list[str]]:
    """Judge a run: whether the floor holds, and what to tell the reader."""
    lost = sorted(known - passed)
    lines = [f"corpus: {len(passed)} examples pass, the floor is {floor}"]
    lines += [f"  passed before, fails here: {name}" for name in lost]
    if len(passed) < floor:
        lines.append(f"corpus: below the floor by {floor - len(passed)}")
    elif len(passed) > floor:
        lines.append(f"corpus: raise the floor to {len(passed)}: python .ci/corpus.py --update")
    return len(passed) >= floor, lines


def stop(_signal: int, _frame: FrameType | None) -> None:
    """End through the `finally` blocks when a time limit is reached, so that no emulator is left running."""
    raise SystemExit(1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "conformance", metavar="DIR")
    about.add_argument("--json", type=Path, metavar="FILE", help="keep the results of every example")
    about.add_argument("--ready-limit", type=float, default=30, metavar="S", help="seconds to wait for the emulator")
    about.add_argument("--limit", type=float, default=220, metavar="S", help="seconds that the replay may take")
    about.add_argument("--update", action="store_true", help="raise the floor to this run's count")
    options = about.parse_args(arguments)
    if not (options.corpus / "replay.py").is_file():
        print(f"corpus: {options.corpus} has no replay.py, so nothing was replayed", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    signal.signal(signal.SIGTERM, stop)
    with tempfile.TemporaryDirectory(prefix="outlook365-corpus-") as name:
        folder = Path(name)
        results = options.json.resolve() if options.json else folder / "results.json"
        try:
            with emulator(folder, options.ready_limit) as ready:
                passed = replay(options.corpus.resolve(), ready, results, options.limit)
        except ReplayError as error:
            print(f"corpus: {error}", file=sys.stderr)
            return 2
    floor, known = int(FLOOR.read_text()), set(PASSING.read_text().split())
    holds, lines = verdict(passed, floor, known)
    print("\n".join(lines))
    if options.update and holds:
        FLOOR.write_text(f"{len(passed)}\n")
        PASSING.write_text("".join(f"{name}\n" for name in sorted(passed)))
        print(f"corpus: the floor is {len(passed)}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
