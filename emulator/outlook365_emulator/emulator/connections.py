"""Faults that act before there is a request.

They are asked here, and carried out by the interception and the proxy (look-ups, connections) and in the TLS handshake.
"""

import ssl
from collections.abc import Callable
from functools import partial

from outlook365_emulator.faults.facts import Facts, Phase
from outlook365_emulator.faults.outcomes import Delay, Wire
from outlook365_emulator.journal import Entry, written_at
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Harm

SENTENCES = {
    "dns": "the look-up of {host} failed",
    "refused": "{host} took no connection",
    "tls": "the TLS handshake with {host} failed",
}


class ConnectionFaults:
    """Asks the faults of worlds about connections.

    Args:
        hosting: the worlds.
        authority: makes the certificates that clients refuse.
    """

    def __init__(self, hosting: Hosting, authority: Authority) -> None:
        self._hosting = hosting
        self._authority = authority

    def judge(self, world: World, phase: Phase, host: str) -> Harm | None:
        """Ask the faults of a world about one connection, and write down what they do.

        Args:
            world: the world that the connection leads to.
            phase: `resolve`, `connect` or `handshake`.
            host: name of the host, or "" where the client did not say it.

        Returns:
            What is done to the connection, or None.
        """
        if not world.faults.connecting:
            return None
        outcome = world.faults.decide(Facts(phase=phase, host=host), world.clock.now())
        if isinstance(outcome, Delay) or not isinstance(outcome, Wire):
            return None
        reason = f"the fault {outcome.fault!r}: {SENTENCES[outcome.kind].format(host=host or 'the host')}"
        world.journal.add(
            Entry(
                at=written_at(world.clock),
                method="CONNECT",
                url=f"https://{host}",
                service="network",
                operation=f"network.{phase}",
                fault=outcome.fault,
                reason=reason,
                placed="lead",
            )
        )
        return Harm(outcome.kind, outcome.settings)

    def tls_for(self, lead: Callable[[], str]) -> ssl.SSLContext | None:
        """Return a context of its own for one connection while a fault is set that acts before there is a request.

        Args:
            lead: returns what the connection leads to; it is called when the client has said hello.
        """
        if not any(world.faults.connecting for world in self._hosting):
            return None
        context = self._authority.context()
        context.sni_callback = partial(self._greet, lead)
        return context

    def refusal(self, host: str, lead: str) -> str | None:
        """Return the sentence with which the proxy refuses a tunnel, or None.

        Args:
            host: the host asked for.
            lead: the user name that the client gave the proxy.
        """
        world = self._world(lead)
        if world is None:
            return None
        harm = self.judge(world, "resolve", host) or self.judge(world, "connect", host)
        return None if harm is None else f"{host} cannot be reached: {SENTENCES[harm.kind].format(host=host)}."

    def _world(self, lead: str) -> World | None:
        hosting = self._hosting
        led = (hosting.by_key(lead) or hosting.by_name(lead)) if lead else None
        return led or hosting.only() or hosting.default

    def _greet(
        self, lead: Callable[[], str], connection: ssl.SSLObject | ssl.SSLSocket, host: str | None, _: ssl.SSLContext
    ) -> int | None:
        world = self._world(lead())
        harm = self.judge(world, "handshake", (host or "").lower()) if world is not None else None
        if harm is None:
            return None
        problem = harm.settings["problem"]
        if problem == "handshake":
            return int(ssl.AlertDescription.ALERT_DESCRIPTION_HANDSHAKE_FAILURE)
        connection.context = self._authority.spoiled(problem)
        return None
