"""Requests of the admin-consent workflow, which an administrator approves or denies."""

from collections.abc import Callable

from outlook365_emulator.control.consent_views import ConsentRequestList, ConsentRequestView
from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.directory.applications import find_application
from outlook365_emulator.directory.consent_requests import AlreadyDecided, decide
from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.store.records.sign_in import ConsentRequest, RequestState


def list_consent_requests(call: Call) -> ConsentRequestList:
    """List the requests that people have sent to the administrators of a tenant."""
    return ConsentRequestList([_view(call, one) for one in call.tenant.consent_requests])


def _decider(state: RequestState) -> Callable[[Call], ConsentRequestView]:
    def handler(call: Call) -> ConsentRequestView:
        key = call.keys["request"]
        request = call.tenant.consent_requests.get(key.lower())
        if request is None:
            raise unknown("request", key, (one.id for one in call.tenant.consent_requests))
        application = _application(call, request)
        if application is None:
            raise ControlError(404, "unknown_app", f"the application {request.client_id} is gone")
        try:
            with call.unit() as unit:
                decided = decide(call.world, call.tenant, unit, application, request, state)
        except AlreadyDecided as problem:
            raise ControlError(409, "decided", str(problem)) from None
        return _view(call, decided)

    return handler


approve_consent_request = _decider("approved")
approve_consent_request.__doc__ = "Approve a request: its permissions are granted for the whole tenant."
approve_consent_request.__name__ = "approve_consent_request"
deny_consent_request = _decider("denied")
deny_consent_request.__doc__ = "Deny a request."
deny_consent_request.__name__ = "deny_consent_request"


def _application(call: Call, request: ConsentRequest) -> Application | None:
    return find_application(call.world, call.tenant, request.client_id)


def _view(call: Call, request: ConsentRequest) -> ConsentRequestView:
    user, application = call.tenant.users.get(request.user), _application(call, request)
    return ConsentRequestView(
        id=request.id,
        client_id=request.client_id,
        app=application.display_name if application is not None else "",
        user=user.user_principal_name if user is not None else request.user,
        permissions=list(request.scopes),
        reason=request.reason,
        state=request.state,
        created=request.created,
        decided=request.decided,
    )
