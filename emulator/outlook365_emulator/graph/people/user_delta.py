"""What changed among the users of a tenant: Graph page user-delta."""

from outlook365_emulator.graph.answers import DELTA_OPTIONS, Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.directory_delta import Tracked, cut_directory_round
from outlook365_emulator.graph.people.user_resource import user_resource


@operation("GET /users/delta", least="User.Read.All", workload="directory", options=DELTA_OPTIONS)
def list_changes(call: Call) -> Document:
    """List the users of the tenant, and from then on who came, changed or went."""
    users = {user.id: user for user in call.tenant.users}
    # A deleted user can be restored for thirty days, so the reason is "changed" (page user-delta).
    return cut_directory_round(call, Tracked(resource=user_resource(), path="users", records=users, removed="changed"))
