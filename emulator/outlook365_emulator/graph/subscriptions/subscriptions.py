"""Subscriptions: list, get, create, renew, reauthorize, delete (reference `graph-core.md` section 10)."""

from typing import Any, Final

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Entity, NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.subscriptions.convertors import is_callers, load_subscription
from outlook365_emulator.graph.subscriptions.lifecycle import authorized_from, plan, reauthorized
from outlook365_emulator.graph.subscriptions.requests import Wanted, read_members, read_renewal, read_wanted
from outlook365_emulator.graph.subscriptions.resources import Target, find_target
from outlook365_emulator.graph.subscriptions.subscription_resource import subscription_resource
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.unit import UnitOfWork

MOST: Final = 1000
"""Active subscriptions for one mailbox, over all applications."""


@operation("GET /subscriptions", least="", workload="directory")
def list_(call: Call) -> Page:
    """List the subscriptions of the calling application; for a signed-in person, those made in their name.

    Lists do not tell `clientState` (docs: subscription-list.md).
    """
    seen = [one for one in call.tenant.subscriptions if one.standing != "ended" and is_callers(call, one)]
    live = [msgspec.structs.replace(one, client_state=None) for one in seen]
    return Page(resource=subscription_resource(), records=live, path="subscriptions", total=len(live))


@operation("GET /subscriptions/{subscription}", least="", workload="directory")
def get(call: Call, subscription: Subscription) -> Entity:
    """Get a subscription."""
    return _answer(subscription)


@operation("POST /subscriptions", least="", workload="directory")
async def create(call: Call) -> Entity:
    """Subscribe to the changes of a resource; the endpoints must answer the validation request first."""
    wanted = read_wanted(call, read_members(call))
    target = find_target(call, wanted.resource, with_data=wanted.with_data)
    _judge_number(call, target)
    await call.courier.validate(call, wanted.notification_url, wanted.lifecycle_url)
    if call.tenant.mailboxes.get(target.owner.id) is not target.mailbox:
        raise graph_error(
            "subscription_target_not_found",
            operation="Create",
            reason="The mailbox is gone.",
            because="the mailbox was removed while the endpoint was validated",
        )
    _judge_number(call, target)
    call.courier.watch(call.world)
    with call.world.unit() as unit:
        one = unit.put(call.tenant.subscriptions, _made(call, wanted, target, unit))
        plan(call.world, unit, one)
    return _answer(one, 201, subscription_resource(certificate=True))


@operation("PATCH /subscriptions/{subscription}", least="", workload="directory")
async def renew(call: Call, subscription: Subscription) -> Entity:
    """Move the expiration of a subscription, its endpoint, or the certificate; the endpoint is validated again."""
    fields = read_renewal(call, read_members(call), subscription)
    find_target(call, subscription.resource, with_data=subscription.with_data, operation="Update")
    await call.courier.validate(call, fields.get("notification_url", subscription.notification_url), None)
    held = load_subscription(call, subscription.id)
    with call.world.unit() as unit:
        changed = msgspec.structs.replace(held, **fields)
        one = unit.put(call.tenant.subscriptions, reauthorized(call.world, unit, changed, call.caller, call.claims.exp))
        plan(call.world, unit, one)
    return _answer(one)


@operation("POST /subscriptions/{subscription}/reauthorize", least="", workload="directory")
def reauthorize(call: Call, subscription: Subscription) -> NoContent:
    """Show that the application may still read what it watches; notifications that were paused go on."""
    find_target(call, subscription.resource, with_data=subscription.with_data, operation="Reauthorize")
    one = reauthorized(call.world, call.unit, subscription, call.caller, call.claims.exp)
    plan(call.world, call.unit, call.unit.put(call.tenant.subscriptions, one))
    return NoContent()


@operation("DELETE /subscriptions/{subscription}", least="", workload="directory")
def delete(call: Call, subscription: Subscription) -> NoContent:
    """End a subscription."""
    call.unit.remove(call.tenant.subscriptions, subscription)
    return NoContent()


def _answer(one: Subscription, status: int = 200, resource: Resource | None = None) -> Entity:
    location = f"subscriptions/{one.id}" if status == 201 else ""
    resource = resource or subscription_resource()
    return Entity(resource=resource, record=one, path="subscriptions", status=status, location=location)


def _judge_number(call: Call, target: Target) -> None:
    held = sum(one.standing != "ended" for one in call.tenant.subscriptions.of(target.owner.id))
    if held >= MOST:
        raise _too_many(target, held)


def _too_many(target: Target, held: int) -> GraphError:
    because = f"{held} subscriptions watch the mailbox of {target.owner.user_principal_name} already"
    return graph_error("subscription_limit_reached", because=because)


def _made(call: Call, wanted: Wanted, target: Target, unit: UnitOfWork) -> Subscription:
    from datetime import UTC, datetime

    shared: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    return Subscription(
        **shared,
        id=call.world.ids.guid(),
        application=call.claims.appid,
        creator=call.claims.oid,
        delegated=not call.claims.is_app,
        mailbox=target.owner.id,
        watched=target.watched,
        folder=target.folder,
        filter=target.filter,
        select=target.select,
        properties=target.properties,
        authorized=authorized_from(unit.now, call.caller),
        authorized_until=datetime.fromtimestamp(call.claims.exp, UTC),
        immutable_ids=call.preferences.immutable_ids,
    )
