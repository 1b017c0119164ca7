"""What a tenant demands of sign-ins and consent, as a document says it."""

from outlook365_emulator.directory.conditional_access import add_policy
from outlook365_emulator.directory.consent_policy import set_consent_policy
from outlook365_emulator.store.records.policies import AccessPolicy
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.documents import PolicyDocument, TenantDocument
from outlook365_emulator.worlds.reading import DocumentError, at, inside


def add_policy_of(
    world: World, tenant: Tenant, unit: UnitOfWork, document: PolicyDocument, place: str = ""
) -> AccessPolicy:
    """Add a conditional access policy; it is enforced at once.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        document: the policy.
        place: place of the document, for errors.

    Raises:
        DocumentError: `hours` stands where it means nothing.
        LookupError: nobody and no application has a name.
        Taken: a policy has that name.
    """
    if (document.control == "sign_in_frequency") != (document.hours is not None):
        raise DocumentError(inside(place, "hours"), "give it with the control sign_in_frequency, and only there")
    return add_policy(
        world,
        tenant,
        unit,
        document.control,
        name=document.name,
        users=document.users,
        applications=document.apps,
        hours=document.hours or 0,
    )


def set_consent_policy_of(tenant: Tenant, document: TenantDocument, place: str) -> None:
    """Set what the users of a tenant may consent to.

    Raises:
        DocumentError: a permission does not exist.
    """
    low_impact = {} if document.low_impact is None else {"low_impact": document.low_impact}
    with at(inside(place, "low_impact")):
        set_consent_policy(
            tenant,
            user_consent=document.user_consent,
            workflow=document.consent_workflow,
            stay_signed_in=document.stay_signed_in,
            **low_impact,
        )
