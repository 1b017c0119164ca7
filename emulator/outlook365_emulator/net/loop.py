"""An event loop in a thread of its own that starts and stops without ticks, and takes calls from other threads."""

import asyncio
import atexit
import concurrent.futures
import contextlib
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

JOIN_SECONDS = 5.0
CANCEL_SECONDS = 0.1
"""How long a task that was cancelled may take to end before it is abandoned."""


class Stopped(RuntimeError):
    """The loop does not run: it was not started, was stopped, or belongs to the parent process."""


class LoopThread:
    """Runs one event loop in a daemon thread.

    Args:
        begin: called on the loop's thread when the loop runs; `start` returns after it and raises what it raises.
        end: awaited on the loop's thread before the remaining tasks are cancelled.
        report: called with each exception that nobody caught; connections that break are not reported.
    """

    def __init__(
        self,
        begin: Callable[[asyncio.AbstractEventLoop], None],
        end: Callable[[], Awaitable[None]],
        report: Callable[[BaseException], None],
    ) -> None:
        self._begin = begin
        self._end = end
        self._report = report
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stop = asyncio.Event()
        self._lock = threading.Lock()
        self._calls: set[concurrent.futures.Future[Any]] = set()
        self._over = False

    @property
    def running(self) -> bool:
        """Whether calls are taken."""
        return self._loop is not None and not self._over

    def start(self) -> None:
        """Start the thread and return when `begin` has run.

        Raises:
            Stopped: it was stopped before.
            RuntimeError: it runs already.
        """
        if self._over:
            raise Stopped("a server that was stopped cannot start again: make a new one")
        if self._thread is not None:
            raise RuntimeError("the server runs already")
        started: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="outlook365-emulator", daemon=True)
        self._thread.start()
        started.result()
        # A daemon thread that is still in the loop while the interpreter goes down may crash it.
        atexit.register(self.stop)

    def stop(self) -> None:
        """End the loop and return when its thread has ended.

        May be called from any thread, from a signal handler, and twice. Called on the loop's own thread it returns
        at once, and the loop ends after the callback that runs.
        """
        thread, loop = self._thread, self._loop
        if thread is None:
            self._over = True
            return
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop may close in the meantime
                loop.call_soon_threadsafe(self._stop.set)
        if thread is threading.current_thread():
            return
        thread.join(JOIN_SECONDS)
        if thread.is_alive():
            self._report(TimeoutError("a request blocks the server's loop, which therefore did not stop"))
        atexit.unregister(self.stop)

    def wait(self) -> None:
        """Block until the loop has ended; signal handlers run meanwhile and may call `stop`."""
        if self._thread is not None:
            self._thread.join()

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function on the loop's thread and return what it returns, or raise what it raises.

        Args:
            function: a plain function that does not block.
            args: its arguments.
            kwargs: its keyword arguments.

        Raises:
            Stopped: the loop does not run, or ended before it came to the function.
        """
        if threading.current_thread() is self._thread:
            return function(*args, **kwargs)
        future: concurrent.futures.Future[T] = concurrent.futures.Future()

        def run() -> None:
            self._calls.discard(future)
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as problem:
                future.set_exception(problem)

        with self._lock_if_running() as loop:
            self._calls.add(future)
            loop.call_soon_threadsafe(run)
        return future.result()

    def abandon(self) -> None:
        """Forget the loop in a forked child, where its thread does not exist."""
        self._over = True
        self._loop = None

    @contextlib.contextmanager
    def _lock_if_running(self) -> Iterator[asyncio.AbstractEventLoop]:
        if not self.running:
            raise Stopped("the server does not run")
        with self._lock:
            if self._loop is None or self._over:
                raise Stopped("the server does not run")
            yield self._loop

    def _run(self, started: "concurrent.futures.Future[None]") -> None:
        loop = new_loop()
        loop.set_exception_handler(self._failed)
        try:
            loop.run_until_complete(self._serve(loop, started))
        except BaseException as problem:
            if started.done():
                self._report(problem)
            else:
                started.set_exception(problem)
        finally:
            with self._lock:
                self._over = True
                self._loop = None
                calls, self._calls = self._calls, set()
            for call in calls:
                call.set_exception(Stopped("the server stopped before it came to the call"))
            loop.close()

    async def _serve(self, loop: asyncio.AbstractEventLoop, started: "concurrent.futures.Future[None]") -> None:
        try:
            self._begin(loop)
            self._loop = loop
            started.set_result(None)
            await self._stop.wait()
        finally:
            await self._end()
            await _cancel_rest()
            await loop.shutdown_asyncgens()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        problem = context.get("exception")
        if problem is not None and not isinstance(problem, OSError | asyncio.CancelledError):
            self._report(problem)


def new_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's event loop where there is one, else asyncio's for selectors (on Windows too)."""
    if sys.platform != "win32":
        try:
            import uvloop
        except ImportError:
            pass
        else:
            return uvloop.new_event_loop()
    return asyncio.SelectorEventLoop()


async def _cancel_rest() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
