"""Records of what a tenant demands of a sign-in: conditional access."""

from typing import Literal

import msgspec

Control = Literal["block", "mfa", "compliant_device", "domain_joined_device", "sign_in_frequency"]
"""What a policy demands: that nobody comes in, a second factor, a device's state, or a sign-in of a certain age."""


class AccessPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A conditional access policy (Graph resource `conditionalAccessPolicy`, reduced to what a connector meets).

    Attributes:
        id: GUID, which claims challenges name (`capolids`).
        name: display name.
        control: what it demands.
        users: object ids of the users and groups that it is for; empty for everybody.
        applications: client ids that it is for; empty for all.
        hours: for `sign_in_frequency`: how old a sign-in may be, in hours; 0 for every time.
        enabled: whether it is enforced.
    """

    id: str
    name: str
    control: Control
    users: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    hours: float = 0
    enabled: bool = True
