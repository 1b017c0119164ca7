"""THE page of routes of the control API: method, path, handler, body, answer."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from outlook365_emulator.control import (
    access,
    apps,
    archives,
    assignments,
    calendars,
    clock,
    consent,
    consent_requests,
    consent_views,
    faults,
    journal,
    mail,
    mailboxes,
    notifications,
    outbox,
    overview,
    policies,
    scenarios,
    snapshots,
    tenants,
    trust,
    users,
    views,
    worlds,
)
from outlook365_emulator.control.requests import (
    AppChange,
    Assignment,
    ClockChange,
    ConsentChange,
    ConsentPolicyChange,
    Password,
    Rights,
    SnapshotName,
    UserChange,
)
from outlook365_emulator.faults.fault import Envelope
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.report import ReportView
from outlook365_emulator.worlds.contents import EventDocument, MessageDocument, RepliesDocument, RuleDocument
from outlook365_emulator.worlds.documents import (
    AppDocument,
    CertificateDocument,
    GroupDocument,
    MailboxDocument,
    PolicyDocument,
    SecretDocument,
    TenantDocument,
    UserDocument,
    WorldDocument,
)

PREFIX = "/_emulator/v1"

HOME = "/"
"""Where the web page begins."""

PLACE = "/_emulator/web"
"""What its further pages lie below."""

W = "/worlds/{world}"
T = W + "/tenants/{tenant}"
U = T + "/users/{user}"
A = T + "/apps/{app}"
R = T + "/consent-requests/{request}"
F = A + "/federated/{credential}/assertion"


class Route(NamedTuple):
    """One route.

    Attributes:
        method: verb.
        path: path below `PREFIX`, with placeholders.
        handler: takes the call and, where there is one, the body; its docstring describes the route.
        body: struct of the request body, or None.
        answer: type of the answer, or None for 204.
        status: status of success.
        query: names that the query string may have.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    body: type[msgspec.Struct] | None = None
    answer: Any = None
    status: int = 200
    query: tuple[str, ...] = ()


JSON = dict[str, Any]

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", overview.show_overview, None, overview.Overview),
    Route("GET", "/ready", overview.show_ready, None, JSON),
    Route("POST", "/worlds", worlds.create_world, WorldDocument, views.WorldView, 201),
    Route("GET", "/worlds", worlds.list_worlds, None, views.WorldList),
    Route("GET", W, worlds.show_world, None, views.WorldView),
    Route("DELETE", W, worlds.drop_world, None, None, 204),
    Route("POST", W + "/port", worlds.open_port, None, views.PortView),
    Route("GET", W + "/export", archives.export_world, None, archives.Archive),
    Route("POST", "/import", archives.import_world, archives.Archive, views.WorldView, 201),
    Route("GET", W + "/clock", clock.show_clock, None, views.ClockView),
    Route("POST", W + "/clock", clock.change_clock, ClockChange, views.ClockView),
    Route("POST", W + "/faults", faults.add_fault, Envelope, JSON, 201),
    Route("GET", W + "/faults", faults.list_faults, None, views.FaultList),
    Route("DELETE", W + "/faults", faults.clear_faults, None, None, 204),
    Route("DELETE", W + "/faults/{fault}", faults.remove_fault, None, None, 204),
    Route("GET", "/scenarios", scenarios.list_shipped, None, scenarios.ShippedList),
    Route("POST", W + "/scenarios", scenarios.begin_scenario, scenarios.ScenarioStart, scenarios.ScenarioView, 201),
    Route("GET", W + "/scenarios", scenarios.list_scenarios, None, scenarios.ScenarioList),
    Route("DELETE", W + "/scenarios/{scenario}", scenarios.end_scenario, None, None, 204),
    Route("POST", W + "/changes", scenarios.change_world, Change, None, 204),
    Route(
        "POST", W + "/connections", scenarios.judge_connection, scenarios.ConnectionQuestion, scenarios.ConnectionView
    ),
    Route("POST", W + "/report", scenarios.begin_report, None, ReportView),
    Route("GET", W + "/report", scenarios.show_report, None, ReportView),
    Route("GET", W + "/journal", journal.show_journal, None, views.JournalView, 200, ("since", "operation", "status")),
    Route("GET", W + "/journal/privileges", journal.show_privileges, None, journal.PrivilegesView),
    Route("GET", W + "/outbox", outbox.show_outbox, None, views.OutboxView),
    Route(
        "GET",
        W + "/notifications",
        notifications.show_notifications,
        None,
        notifications.NotificationsView,
        200,
        ("since",),
    ),
    Route(
        "GET",
        W + "/notifications/wait",
        notifications.wait_for_notifications,
        None,
        notifications.NotificationsView,
        200,
        ("since", "milliseconds"),
    ),
    Route(
        "POST",
        W + "/notifications/deliver",
        notifications.deliver_notifications,
        notifications.DeliverRequest,
        notifications.DeliveredView,
    ),
    Route("POST", W + "/snapshots", snapshots.take_snapshot, SnapshotName, views.SnapshotView, 201),
    Route("GET", W + "/snapshots", snapshots.list_snapshots, None, views.SnapshotList),
    Route("POST", W + "/snapshots/{snapshot}/restore", snapshots.restore_snapshot, None, None, 204),
    Route("GET", W + "/signing-keys", trust.show_signing_keys, None, trust.KeysView),
    Route("POST", W + "/signing-keys", trust.roll_signing_key, None, trust.KeysView, 201),
    Route("POST", W + "/tenants", tenants.create_tenant, TenantDocument, views.TenantView, 201),
    Route("GET", W + "/tenants", tenants.list_tenants, None, views.TenantList),
    Route("GET", T, tenants.show_tenant, None, views.TenantView),
    Route("GET", T + "/limits", access.show_limits, None, access.LimitsView),
    Route("PATCH", T + "/limits", access.change_limits, access.LimitsChange, access.LimitsView),
    Route("POST", T + "/conditional-access", access.create_policy, PolicyDocument, access.PolicyView, 201),
    Route("GET", T + "/conditional-access", access.list_policies, None, access.PolicyList),
    Route("PATCH", T + "/conditional-access/{policy}", access.update_policy, access.PolicyChange, access.PolicyView),
    Route("DELETE", T + "/conditional-access/{policy}", access.remove_policy, None, None, 204),
    Route("GET", T + "/consent-policy", policies.show_consent_policy, None, consent_views.ConsentPolicyView),
    Route(
        "PATCH",
        T + "/consent-policy",
        policies.change_consent_policy,
        ConsentPolicyChange,
        consent_views.ConsentPolicyView,
    ),
    Route(
        "GET", T + "/consent-requests", consent_requests.list_consent_requests, None, consent_views.ConsentRequestList
    ),
    Route("POST", R + "/approve", consent_requests.approve_consent_request, None, consent_views.ConsentRequestView),
    Route("POST", R + "/deny", consent_requests.deny_consent_request, None, consent_views.ConsentRequestView),
    Route("POST", T + "/users", users.create_user, UserDocument, views.UserView, 201),
    Route("GET", T + "/users", users.list_users, None, views.UserList),
    Route("POST", T + "/shared-mailboxes", users.create_shared_mailbox, MailboxDocument, views.UserView, 201),
    Route("POST", T + "/groups", users.create_group, GroupDocument, views.GroupView, 201),
    Route("GET", U, users.show_user, None, views.UserView),
    Route("PATCH", U, users.update_user, UserChange, views.UserView),
    Route("DELETE", U, users.remove_user, None, None, 204),
    Route("POST", U + "/revoke-sessions", users.revoke_user_sessions, None, None, 204),
    Route("POST", U + "/password", users.reset_password, Password, None, 204),
    Route("PUT", U + "/rights/{grantee}", mailboxes.set_rights, Rights, None, 204),
    Route("POST", U + "/messages", mailboxes.receive_mail, MessageDocument, JSON, 201),
    Route("GET", U + "/messages", mailboxes.list_messages, None, views.GraphList, 200, ("folder", "skip", "top")),
    Route("GET", U + "/folders", mailboxes.list_folders, None, views.GraphList),
    Route("POST", U + "/events", calendars.create_event, EventDocument, JSON, 201),
    Route("GET", U + "/events", calendars.list_events, None, views.GraphList, 200, ("start", "end", "calendar")),
    Route("POST", U + "/respond", calendars.respond_to_meeting, calendars.ResponseDocument, None, 204),
    Route("POST", U + "/replies", calendars.receive_reply, calendars.ReplyDocument, JSON, 201),
    Route("POST", U + "/calendar/fill", calendars.fill_calendar, calendars.WeeksRequest, calendars.WeeksView, 201),
    Route("POST", U + "/folders", mail.create_folder, mail.FolderDocument, JSON, 201),
    Route("POST", U + "/fill", mail.fill_mailbox, mail.FillRequest, mail.FilledView, 201),
    Route("POST", U + "/mime", mail.receive_texts, mail.MimeDocument, views.GraphList, 201),
    Route("GET", U + "/messages/{message}/mime", mail.show_mime, None, mail.MimeView),
    Route("PUT", U + "/automatic-replies", mail.start_automatic_replies, RepliesDocument, None, 204),
    Route("DELETE", U + "/automatic-replies", mail.stop_automatic_replies, None, None, 204),
    Route("PATCH", U + "/mailbox-settings", mail.change_settings, mail.SettingsChange, JSON),
    Route("POST", U + "/rules", mail.create_rule, RuleDocument, mail.RuleView, 201),
    Route("POST", T + "/apps", apps.create_app, AppDocument, views.AppView, 201),
    Route("GET", T + "/apps", apps.list_apps, None, views.AppList),
    Route("GET", A, apps.show_app, None, views.AppView),
    Route("PATCH", A, apps.update_app, AppChange, views.AppView),
    Route("DELETE", A, apps.remove_app, None, None, 204),
    Route("POST", A + "/secrets", apps.create_secret, SecretDocument, views.SecretView, 201),
    Route("DELETE", A + "/secrets/{secret}", apps.remove_secret, None, None, 204),
    Route("POST", A + "/certificates", apps.create_certificate, CertificateDocument, views.CertificateView, 201),
    Route("DELETE", A + "/certificates/{certificate}", apps.remove_certificate, None, None, 204),
    Route("POST", A + "/federated", trust.create_federated, trust.FederatedDocument, trust.FederatedView, 201),
    Route("DELETE", A + "/federated/{credential}", trust.remove_federated, None, None, 204),
    Route("POST", F, trust.sign_assertion, trust.AssertionDocument, trust.AssertionView),
    Route("POST", A + "/consent", consent.give_consent, ConsentChange, views.AppView),
    Route("GET", A + "/assignments", assignments.list_assignments, None, consent_views.AssignmentList),
    Route("POST", A + "/assignments", assignments.add_assignment, Assignment, consent_views.AssignmentList),
    Route("DELETE", A + "/assignments", assignments.remove_assignment, Assignment, consent_views.AssignmentList),
    Route("DELETE", A + "/consent", consent.withdraw_consent, ConsentChange, views.Revoked),
)
"""Every route, in the order of the reference page; `openapi.json` is made from this table."""
