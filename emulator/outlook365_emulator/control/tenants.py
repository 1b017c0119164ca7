"""Tenants of a world."""

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.views import TenantList, TenantView, tenant_view
from outlook365_emulator.worlds import add_tenant
from outlook365_emulator.worlds.documents import TenantDocument


def create_tenant(call: Call, document: TenantDocument) -> TenantView:
    """Add a tenant with everything in it."""
    return tenant_view(call.world, add_tenant(call.context.hosting, call.world, document))


def list_tenants(call: Call) -> TenantList:
    """List the tenants of a world."""
    return TenantList([tenant_view(call.world, tenant) for tenant in call.world.tenants.values()])


def show_tenant(call: Call) -> TenantView:
    """Show a tenant."""
    return tenant_view(call.world, call.tenant)
