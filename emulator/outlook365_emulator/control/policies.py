"""The consent settings of a tenant: what its users may consent to, and whether they can ask an administrator."""

import msgspec

from outlook365_emulator.control.consent_views import ConsentPolicyView
from outlook365_emulator.control.context import Call
from outlook365_emulator.control.requests import ConsentPolicyChange
from outlook365_emulator.directory.consent_policy import consent_policy, set_consent_policy
from outlook365_emulator.worlds.reading import at


def show_consent_policy(call: Call) -> ConsentPolicyView:
    """Show what the users of a tenant may consent to."""
    return msgspec.convert(msgspec.to_builtins(consent_policy(call.tenant)), ConsentPolicyView)


def change_consent_policy(call: Call, body: ConsentPolicyChange) -> ConsentPolicyView:
    """Change what the users of a tenant may consent to; what is left out stays."""
    given = {name: getattr(body, name) for name in body.__struct_fields__}
    with at("low_impact"):
        set_consent_policy(call.tenant, **{name: value for name, value in given.items() if value is not msgspec.UNSET})
    return show_consent_policy(call)
