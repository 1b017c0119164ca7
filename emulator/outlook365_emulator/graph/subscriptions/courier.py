"""The courier of an emulator: sends notifications from the server's event loop, after the requests that caused them.

A request only leaves notifications behind (`watching.notify`); tasks of the courier send them, one at a time for each
endpoint of a world, several at once over all. What is to be sent again waits on the agenda of its world.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from outlook365_emulator.clock import monotonic
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.graph.subscriptions.attempts import ANSWER_SECONDS
from outlook365_emulator.graph.subscriptions.deliveries import Sent, record_sent, record_validation
from outlook365_emulator.graph.subscriptions.endpoints import ask, judge_answer, validation_token
from outlook365_emulator.graph.subscriptions.judging import Judge, answer_of, fault_of
from outlook365_emulator.graph.subscriptions.parcels import Parcel, Writer, Written, groups_of, parcel_of
from outlook365_emulator.graph.subscriptions.watching import notify
from outlook365_emulator.net.send import SendFailed, post
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.notices import Notice
from outlook365_emulator.store.world import RunEffect, World

if TYPE_CHECKING:
    from outlook365_emulator.graph.call import Call

BATCH: Final = 100
"""How many notifications are sent together at most."""

SLICE: Final = 20
"""After so many notifications have been made, requests that came meanwhile go first."""

GATHER_SECONDS: Final = 0.1
"""After a delivery, what comes about in this time goes together, so that a burst of changes does not slow requests.

Nothing is gathered where somebody waits for it (`recorded`, `settle`).
"""

AT_ONCE: Final = 8
"""How many deliveries of all worlds are under way at once."""

SETTLE_SECONDS: Final = 8.0
"""How long `settle` waits for endpoints, in real time."""

_JSON: Final = "application/json; charset=utf-8"

Key = tuple[str, str]


class Courier:
    """Sends the notifications of all worlds of an emulator.

    Args:
        hosting: the worlds; those of a world that is dropped are not sent.
        keys: sign validation tokens.
        allowed: hosts besides loopback that may be delivered to (`Settings.allow_webhooks`).
        ca_pem: certificate of the emulator's authority, trusted at hosts that are not loopback.
        report: called with an exception that should never come, or None to raise it in its task.
        planned: called with a world on whose agenda something was put outside of a request.

    Attributes:
        allowed: hosts besides loopback that may be delivered to.
    """

    def __init__(
        self,
        hosting: Hosting,
        keys: KeyRing,
        *,
        allowed: tuple[str, ...] = (),
        ca_pem: str = "",
        report: Callable[[BaseException], None] | None = None,
        planned: Callable[[World], None] | None = None,
    ) -> None:
        self.allowed = allowed
        self._hosting = hosting
        self._keys = keys
        self._ca_pem = ca_pem
        self._report = report
        self._planned = planned
        self._slots: asyncio.Semaphore | None = None
        self._timers: dict[Key, asyncio.TimerHandle] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._sent_at: dict[Key, float] = {}
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def watch(self, world: World) -> None:
        """Have the changes of a world notified; further calls do nothing."""
        if notify not in world.committed:
            world.committed.append(notify)
        world.notices.on_ready = partial(self._wake, world)
        world.notices.on_recorded = partial(self._recorded, world)

    def resume(self, world: World) -> None:
        """Go on with a world that was read back: watch it, and send what can be sent; call on the event loop."""
        self.watch(world)
        for url in list(world.notices.ready):
            self._wake(world, url)

    async def validate(self, call: "Call", url: str, lifecycle_url: str | None) -> None:
        """Have the endpoints of a subscription prove that they listen, both at once.

        Args:
            call: the call that subscribes.
            url: the endpoint for notifications.
            lifecycle_url: the endpoint for lifecycle notifications, or None.

        Raises:
            GraphError: an endpoint did not.
        """
        urls = [url, *([lifecycle_url] if lifecycle_url else [])]
        found = await asyncio.gather(*(self._validated(call, one) for one in urls))
        problem = next(filter(None, found), None)
        if problem is not None:
            raise problem

    async def _validated(self, call: "Call", url: str) -> Exception | None:
        token = validation_token(call.world)
        started = monotonic()
        outcome = fault_of(call.world, call.tenant, url, "notifications.validate", call.claims.appid, call.caller, b"")
        answer = answer_of(outcome) or await ask(url, token, self._ca_pem)
        problem = judge_answer(answer, token)
        fault = outcome.fault if outcome is not None else ""
        record_validation(call, url, answer, problem, monotonic() - started, fault)
        return problem

    async def settle(self, world: World, *, everything: bool = False, seconds: float = SETTLE_SECONDS) -> bool:
        """Send what can be sent and return when it is answered.

        Args:
            world: the world.
            everything: also send what waits for its time.
            seconds: how long to wait for endpoints, in real time.

        Returns:
            Whether all was answered in time.
        """
        notices = world.notices
        if everything:
            notices.release(notices.waiting)
        until = monotonic() + seconds
        while True:
            for url in list(notices.ready):
                self._start(world, url)
            tasks = [task for (key, _), task in self._tasks.items() if key == world.key]
            if not tasks:
                return True
            left = until - monotonic()
            if left <= 0:
                return False
            await asyncio.wait(tasks, timeout=left)

    async def move_clock(self, world: World, to: datetime, run: RunEffect) -> None:
        """Go to an instant; what falls due on the way runs, and what is sent is answered, each at its own instant.

        Endpoints that do not answer hold this up for a while only; then their answers come later.

        Args:
            world: the world.
            to: an aware datetime; an earlier one than the present turns the clock back and runs nothing.
            run: runs one entry of the agenda.
        """
        until = monotonic() + SETTLE_SECONDS
        if to >= world.clock.now():
            await self.settle(world)
            while (at := world.agenda.next_at()) is not None and at <= to:
                world.move_clock(max(at, world.clock.now()), run)
                await self.settle(world, seconds=until - monotonic())
        world.move_clock(to, run)

    async def recorded(self, world: World, since: int, seconds: float) -> None:
        """Return when a world has a delivery after the one with a number, or when some time has passed.

        Args:
            world: the world.
            since: number of a delivery.
            seconds: how long to wait, in real time.
        """
        until = monotonic() + seconds
        for url in list(world.notices.ready):
            self._start(world, url)
        while world.notices.total <= since and (left := until - monotonic()) > 0:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting = self._waiting.setdefault(world.key, set())
            waiting.add(future)
            try:
                await asyncio.wait([future], timeout=left)
            finally:
                waiting.discard(future)
                if not waiting:
                    self._waiting.pop(world.key, None)

    def _recorded(self, world: World) -> None:
        for future in self._waiting.get(world.key, ()):
            if not future.done():
                future.set_result(None)

    def _wake(self, world: World, url: str) -> None:
        key = world.key, url
        if key in self._timers or key in self._tasks:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # no loop runs, as in a world that is only looked at: `settle` sends later
        gathering = 0.0 if world.key in self._waiting else GATHER_SECONDS
        pause = max(0.0, self._sent_at.get(key, 0.0) + gathering - monotonic())
        self._timers[key] = loop.call_later(pause, self._start, world, url)

    def _start(self, world: World, url: str) -> None:
        key = world.key, url
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        if key in self._tasks or url not in world.notices.ready:
            return
        task = asyncio.get_running_loop().create_task(self._work(world, url))
        self._tasks[key] = task
        task.add_done_callback(partial(self._worked, world, url))

    def _worked(self, world: World, url: str, task: "asyncio.Task[None]") -> None:
        key = world.key, url
        del self._tasks[key]
        self._sent_at[key] = monotonic()
        if len(self._sent_at) > 10_000:
            self._sent_at.clear()
        if not task.cancelled() and (problem := task.exception()) is not None and self._report is not None:
            self._report(problem)
        if self._planned is not None:
            self._planned(world)
        if url in world.notices.ready and not task.cancelled():
            self._wake(world, url)

    async def _work(self, world: World, url: str) -> None:
        if self._slots is None:
            self._slots = asyncio.Semaphore(AT_ONCE)
        async with self._slots:
            notices = world.notices
            taken = notices.take(url, BATCH)
            if self._hosting.by_key(world.key) is not world:
                return
            notices.sending += len(taken)
            try:
                await self._send(world, url, taken)
            finally:
                notices.sending -= len(taken)

    async def _send(self, world: World, url: str, taken: list[Notice]) -> None:
        judge, writer = Judge(world, url), Writer()
        written: list[Written] = []
        for number, notice in enumerate(taken, 1):
            fit = judge.fit(notice)
            if fit is not None:
                written.append(writer.write(fit))
            if number % SLICE == 0:
                await asyncio.sleep(0)  # requests that came meanwhile go first
        for group in groups_of(world, written):
            parcel = parcel_of(world, url, group, self._keys)
            record_sent(world, parcel, await self._posted(parcel))

    async def _posted(self, parcel: Parcel) -> Sent:
        if parcel.answer is not None:  # a fault answers in place of the endpoint
            return parcel.answer
        started = monotonic()
        try:
            reply = await post(parcel.url, parcel.body, content_type=_JSON, seconds=ANSWER_SECONDS, ca_pem=self._ca_pem)
        except SendFailed as failed:
            return Sent(0, monotonic() - started, str(failed), failed.failure == "timeout")
        return Sent(reply.status, monotonic() - started)
