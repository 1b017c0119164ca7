"""Answers of the control API about consent settings, requests to administrators, and assignments."""

from datetime import datetime

import msgspec


class ConsentPolicyView(msgspec.Struct):
    """What the users of a tenant may consent to."""

    user_consent: str
    workflow: bool
    low_impact: list[str]
    stay_signed_in: bool


class ConsentRequestView(msgspec.Struct):
    """A person's request that an administrator consents to an application."""

    id: str
    client_id: str
    app: str
    user: str
    permissions: list[str]
    reason: str
    state: str
    created: datetime
    decided: datetime | None


class ConsentRequestList(msgspec.Struct):
    """The requests of a tenant's people."""

    requests: list[ConsentRequestView]


class AssignmentView(msgspec.Struct):
    """A user or group that is assigned to an application."""

    id: str
    principal: str
    principal_type: str


class AssignmentList(msgspec.Struct):
    """Who is assigned to an application."""

    assignments: list[AssignmentView]
