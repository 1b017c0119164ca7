"""One call of an operation: everything that the steps of the gate find out and a handler may need."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from outlook365_emulator.clouds import Cloud
from outlook365_emulator.entra.tokens import Claims
from outlook365_emulator.graph.operation import Operation
from outlook365_emulator.graph.paths import Place
from outlook365_emulator.graph.preferences import NONE, Preferences
from outlook365_emulator.journal import Entry
from outlook365_emulator.odata.options import QueryOptions
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, Response

if TYPE_CHECKING:
    from outlook365_emulator.graph.mail.sending import Take
    from outlook365_emulator.graph.subscriptions.courier import Courier

NO_OPTIONS = QueryOptions()

Ask = Callable[[Request, Entry], Response | Awaitable[Response]]


class Call:
    """A call on its way through the gate.

    Attributes:
        ask: answers another request in the same world, for the items of a batch.
        courier: sends notifications.
        request: the request.
        cloud: the cloud whose Graph was addressed.
        hosting: all worlds, for look-ups of tenants by domain.
        entry: the journal entry that grows with the call.
        event_of: returns what `$expand` of the event behind a meeting message adds; mail knows no calendar.
        take_meetings: lets the recipients' calendars act on mail that was sent.
        now: the instant of the request, by the world's clock.
        world: the world that the request was placed in.
        tenant: the token's tenant.
        claims: what the token says.
        caller: the signed-in user, or None for an application.
        place: the path as read.
        operation: the operation that was found.
        keys: the keys in the path.
        options: the query options.
        preferences: what `Prefer` says.
        user: the user addressed, for operations below `/users/{user}`.
        mailbox: that user's mailbox, for operations of Exchange.
        loaded: what the convertors loaded, by placeholder.
        body: the decoded request body.
        unit: the unit of work of a writing operation.
        permissions: the delegated scopes or application roles that the call may use.
        unusual: what faults let the steps to come do differently, with particulars.
    """

    __slots__ = (
        "_mailbox",
        "_unit",
        "_user",
        "ask",
        "body",
        "caller",
        "claims",
        "cloud",
        "courier",
        "entry",
        "event_of",
        "hosting",
        "keys",
        "loaded",
        "now",
        "operation",
        "options",
        "permissions",
        "place",
        "preferences",
        "request",
        "take_meetings",
        "tenant",
        "unusual",
        "world",
    )

    claims: Claims
    courier: "Courier"
    event_of: "Callable[[Call, Message], dict[str, Any]]"
    take_meetings: "Take"
    tenant: Tenant
    place: Place
    operation: Operation
    keys: list[str]

    def __init__(self, request: Request, cloud: Cloud, hosting: Hosting, world: World, entry: Entry, ask: Ask) -> None:
        self.request = request
        self.ask = ask
        self.cloud = cloud
        self.hosting = hosting
        self.world = world
        self.entry = entry
        self.now: datetime = world.clock.now()
        self.caller: User | None = None
        self.permissions: frozenset[str] = frozenset()
        self.preferences: Preferences = NONE
        self.options = NO_OPTIONS
        self.loaded: dict[str, Any] = {}
        self.unusual: dict[str, Mapping[str, Any]] = {}
        self.body: Any = None
        self._user: User | None = None
        self._mailbox: Mailbox | None = None
        self._unit: UnitOfWork | None = None

    @property
    def user(self) -> User:
        """The user addressed."""
        assert self._user is not None, "the operation addresses no user"
        return self._user

    @user.setter
    def user(self, user: User) -> None:
        self._user = user

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox addressed."""
        assert self._mailbox is not None, "the operation addresses no mailbox"
        return self._mailbox

    @mailbox.setter
    def mailbox(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    @property
    def unit(self) -> UnitOfWork:
        """The unit of work that a writing operation runs in."""
        assert self._unit is not None, "the operation is declared as reading: it has no unit of work"
        return self._unit

    @unit.setter
    def unit(self, unit: UnitOfWork) -> None:
        self._unit = unit

    @property
    def root(self) -> str:
        """Root URL of Graph with the version, in the form in which the request came in."""
        return f"{self.request.root_of(self.request.host)}/{self.place.version}"

    def context(self, path: str) -> str:
        """Return the `@odata.context` of what lies at a path below `$metadata#`.

        The padding of ids is percent-encoded there, unlike in the ids themselves (examples of the page
        event-post-attachments).
        """
        return f"{self.root}/$metadata#{path.replace('=', '%3D')}"

    @property
    def user_path(self) -> str:
        """The user as `@odata.context` and `Location` write it: `users('{oid}')`."""
        return f"users('{self.user.id}')"
