"""States of accounts, conditional access and other rules of the tenant that a world document states."""

from typing import Any

import pytest
from outlook365_emulator.directory.consent_policy import consent_policy
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.worlds import DocumentError, WorldDocument, build_world
from outlook365_emulator.worlds.reading import read_document


def build(**tenant: Any) -> Tenant:
    """Build a world of one tenant, and return the tenant."""
    world = build_world(Hosting(), read_document({"tenants": [tenant]}, WorldDocument))
    [made] = world.tenants.values()
    return made


def test_states_of_accounts_and_what_the_tenant_demands() -> None:
    tenant = build(
        users=[
            {"name": "ada", "locked": True, "mfa_required": True, "mfa_registered": False},
            {"name": "ben", "password_expired": True},
        ],
        groups=[{"name": "Sales", "members": ["ada"]}],
        apps=[{"name": "Site", "optional_claims": ["auth_time", "upn"]}],
        low_impact=["User.Read", "mail.send"],
        stay_signed_in=False,
        conditional_access=[
            {"control": "mfa", "users": ["Sales", "ben"], "apps": ["Site"]},
            {"control": "sign_in_frequency", "hours": 4, "name": "Daily"},
        ],
    )
    ada, ben = user_named(tenant, "ada"), user_named(tenant, "ben")
    assert (ada.locked, ada.mfa_required, ada.mfa_registered, ben.password_expired) == (True, True, False, True)
    assert (ben.locked, ben.mfa_required, ben.mfa_registered) == (False, False, True)
    policy = consent_policy(tenant)
    assert (policy.low_impact, policy.stay_signed_in) == (("User.Read", "Mail.Send"), False)
    [site] = tenant.applications
    assert site.optional_claims == ("auth_time", "upn")
    [group] = tenant.groups
    mfa, daily = sorted(tenant.access_policies, key=lambda one: one.hours)
    assert (mfa.control, mfa.users, mfa.applications) == ("mfa", (group.id, ben.id), (site.client_id,))
    assert (daily.control, daily.name, daily.hours) == ("sign_in_frequency", "Daily", 4)


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"conditional_access": [{"control": "mfaa"}]}, "tenants[0].conditional_access[0].control", "mfa"),
        ({"conditional_access": [{"control": "mfa", "hours": 1}]}, "tenants[0].conditional_access[0].hours", "only"),
        ({"conditional_access": [{"control": "mfa", "users": ["addo"]}]}, "tenants[0].conditional_access[0]", "ada"),
        ({"low_impact": ["Mail.Raed"]}, "tenants[0].low_impact", "Mail.Read"),
        ({"apps": [{"optional_claims": ["auth_tme"]}]}, "tenants[0].apps[0].optional_claims[0]", "auth_time"),
    ],
)
def test_mistakes_in_what_the_tenant_demands(fields: Any, place: str, words: str) -> None:
    with pytest.raises(DocumentError) as raised:
        build(users=[{"name": "ada"}], **fields)
    assert place in str(raised.value)
    assert words in str(raised.value)
