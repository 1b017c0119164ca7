"""All worlds of an emulator, and how one is found."""

from collections.abc import Iterator

from outlook365_emulator.store.recording import Recorder
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import KEY_LENGTH, World


class NameTaken(ValueError):
    """A world, tenant or domain of that name lives in this emulator already."""


class Hosting:
    """The worlds of one emulator, with the names that lead to them.

    Names, tenant ids and domains are unique; a client id may be known in several worlds, since programs carry their
    vendor's.

    Attributes:
        default: the world of requests that lead nowhere, or None.
        recorder: writes the worlds where they last, or None.
    """

    __slots__ = ("_by_key", "_by_name", "_clients", "_tenants", "default", "recorder")

    def __init__(self) -> None:
        self._by_key: dict[str, World] = {}
        self._by_name: dict[str, World] = {}
        self._tenants: dict[str, tuple[World, Tenant]] = {}
        self._clients: dict[str, dict[str, World]] = {}
        self.default: World | None = None
        self.recorder: Recorder | None = None

    def add(self, world: World) -> None:
        """Take in a world and the tenants that it has.

        Raises:
            NameTaken: its name, or an id or domain of a tenant, is in use.
        """
        if world.name in self._by_name:
            raise NameTaken(f"a world named {world.name!r} exists already: drop it first or choose another name")
        self._check_free(world, [name for tenant in world.tenants.values() for name in (tenant.id, *tenant.domains)])
        self._by_key[world.key] = world
        self._by_name[world.name] = world
        for tenant in world.tenants.values():
            self._index(world, tenant)
        if self.recorder is not None:
            self.recorder.host(world)

    def add_tenant(self, world: World, tenant: Tenant) -> None:
        """Take in a tenant of a world that is hosted already.

        Raises:
            NameTaken: its id or one of its domains is in use, or stands twice.
        """
        self._check_free(world, [tenant.id, *tenant.domains])
        world.tenants[tenant.id] = tenant
        self._index(world, tenant)

    def _check_free(self, world: World, names: list[str]) -> None:
        for name in names:
            holder = self._tenants.get(name)
            if holder is not None:
                raise NameTaken(f"tenant id or domain {name!r} is in use in the world {holder[0].name!r}")
            if names.count(name) > 1:
                raise NameTaken(f"tenant id or domain {name!r} stands twice in the world {world.name!r}")

    def _index(self, world: World, tenant: Tenant) -> None:
        for name in (tenant.id, *tenant.domains):
            self._tenants[name] = (world, tenant)
        for application in tenant.applications:
            self.add_client(world, application.client_id)

    def add_client(self, world: World, client_id: str) -> None:
        """Remember that a client id is known in a world."""
        self._clients.setdefault(client_id, {})[world.key] = world

    def drop(self, world: World) -> None:
        """Forget a world and everything in it.

        Raises:
            NotKept: it is recorded, and that it is gone cannot be written.
        """
        if world.recorder is not None:
            world.recorder.drop(world)
        self._by_key.pop(world.key, None)
        self._by_name.pop(world.name, None)
        for tenant in list(world.tenants.values()):
            self._unindex(world, tenant)
        if self.default is world:
            self.default = None
        world.blobs.close()

    def drop_tenant(self, world: World, tenant: Tenant) -> None:
        """Forget a tenant of a hosted world and everything in it."""
        world.tenants.pop(tenant.id, None)
        self._unindex(world, tenant)
        for other in world.tenants.values():
            for application in other.applications:
                self.add_client(world, application.client_id)

    def _unindex(self, world: World, tenant: Tenant) -> None:
        for name in (tenant.id, *tenant.domains):
            self._tenants.pop(name, None)
        for application in tenant.applications:
            self.forget_client(world, application.client_id)

    def forget_client(self, world: World, client_id: str) -> None:
        """Forget that a client id is known in a world; nothing happens where it was not."""
        known = self._clients.get(client_id, {})
        known.pop(world.key, None)
        if not known:
            self._clients.pop(client_id, None)

    def by_name(self, name: str) -> World | None:
        """Return the world with a name, or None."""
        return self._by_name.get(name)

    def by_key(self, key: str) -> World | None:
        """Return the world with a key, or None."""
        return self._by_key.get(key)

    def by_opaque(self, value: str, prefix: int) -> World | None:
        """Return the world that issued an opaque value, or None.

        Args:
            value: the code, token or cookie.
            prefix: length of the text in front of the world's key.
        """
        return self._by_key.get(value[prefix : prefix + KEY_LENGTH])

    def by_tenant(self, name: str) -> tuple[World, Tenant] | None:
        """Return world and tenant by tenant id or domain, in any case, or None."""
        return self._tenants.get(name.lower())

    def by_client(self, client_id: str) -> World | None:
        """Return the world that knows a client id, if just one does."""
        known = self._clients.get(client_id.lower(), {})
        return next(iter(known.values())) if len(known) == 1 else None

    def only(self) -> World | None:
        """Return the only world there is, or None."""
        return next(iter(self._by_key.values())) if len(self._by_key) == 1 else None

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._by_key.values()))

    def __len__(self) -> int:
        return len(self._by_key)
