"""`outlook365-emulator tenant`, `user` and `app`: the directory of a running emulator."""

from typing import Any

import click

from outlook365_emulator.cli.asking import Asked, facts, given, of_tenant, remote, tell, tell_rows

TENANT_COLUMNS = ("domain", "id", "name", "cloud")
USER_COLUMNS = ("upn", "display_name", "purpose", "password", "enabled")
APP_COLUMNS = ("name", "client_id", "client_secret", "permissions")


@click.group(epilog="\b\nExample:\n  outlook365-emulator tenant list")
def tenant() -> None:
    """Make and look at tenants of a running emulator."""


@tenant.command("create", epilog="\b\nExample:\n  outlook365-emulator tenant create --name Fabrikam --cloud usgov")
@remote
@click.option("--name", help="Display name.")
@click.option("--cloud", help="Id of the cloud: global, usgov, usgov_dod, china.")
@click.option("--domain", "domains", multiple=True, help="Domain, the first one is the primary; repeatable.")
def create_tenant(asked: Asked, as_json: bool, name: str | None, cloud: str | None, domains: tuple[str, ...]) -> None:
    """Add a tenant to a world."""
    document = given(name=name, cloud=cloud, domains=list(domains))
    tell(asked.call("POST", f"{asked.world}/tenants", document), _tenant_facts, as_json=as_json)


@tenant.command("list", epilog="\b\nExample:\n  outlook365-emulator tenant list --json")
@remote
def list_tenants(asked: Asked, as_json: bool) -> None:
    """List the tenants of a world."""
    tell_rows(asked.call("GET", f"{asked.world}/tenants")["tenants"], TENANT_COLUMNS, as_json=as_json)


@tenant.command("show", epilog="\b\nExample:\n  outlook365-emulator tenant show contoso.onmicrosoft.com")
@remote
@click.argument("tenant", metavar="ID|DOMAIN")
def show_tenant(asked: Asked, as_json: bool) -> None:
    """Show a tenant."""
    tell(asked.call("GET", asked.tenant), _tenant_facts, as_json=as_json)


def _tenant_facts(found: dict[str, Any]) -> Any:
    counts = {name: len(found[name]) for name in ("users", "groups", "apps")}
    return facts({**found, **counts})


@click.group(epilog="\b\nExample:\n  outlook365-emulator user create ada")
def user() -> None:
    """Make and look at people and their mailboxes."""


@user.command("create", epilog="\b\nExample:\n  outlook365-emulator user create ada --display-name 'Ada Lovelace'")
@of_tenant
@click.argument("name")
@click.option("--display-name", help="Display name; drawn when left out.")
@click.option("--password", help="Password; drawn when left out.")
@click.option("--role", "roles", multiple=True, help="Directory role, such as 'Global Administrator'; repeatable.")
def create_user(
    asked: Asked,
    as_json: bool,
    name: str,
    display_name: str | None,
    password: str | None,
    roles: tuple[str, ...],
) -> None:
    """Add a person with a mailbox."""
    document = given(name=name, display_name=display_name, password=password, roles=list(roles))
    tell(asked.call("POST", f"{asked.tenant}/users", document), facts, as_json=as_json)


@user.command("list", epilog="\b\nExample:\n  outlook365-emulator user list --tenant contoso.onmicrosoft.com")
@of_tenant
def list_users(asked: Asked, as_json: bool) -> None:
    """List the people and mailboxes of a tenant."""
    tell_rows(asked.call("GET", f"{asked.tenant}/users")["users"], USER_COLUMNS, as_json=as_json)


@user.command("show", epilog="\b\nExample:\n  outlook365-emulator user show ada")
@of_tenant
@click.argument("name", metavar="ID|NAME|ADDRESS")
def show_user(asked: Asked, as_json: bool, name: str) -> None:
    """Show a person: addresses, password, roles, rights of others in the mailbox."""
    tell(asked.call("GET", asked.user(name)), facts, as_json=as_json)


@click.group(epilog="\b\nExample:\n  outlook365-emulator app create --auth client_credentials --permission Mail.Read")
def app() -> None:
    """Make and look at applications."""


@app.command(
    "create",
    epilog="\b\nExample:\n  outlook365-emulator app create --name Daemon --auth client_credentials "
    "--permission Mail.Read --permission User.Read.All",
)
@of_tenant
@click.option("--name", help="Display name; drawn when left out.")
@click.option(
    "--auth",
    type=click.Choice(["client_credentials", "client_certificate", "authorization_code", "own_app"]),
    default="client_credentials",
    show_default=True,
    help="How the application signs in.",
)
@click.option("--permission", "permissions", multiple=True, help="Permission of the static list; repeatable.")
@click.option("--preset", help="Name of a list of permissions in place of --permission: minimum, full.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Redirect URI; repeatable.")
def create_app(
    asked: Asked,
    as_json: bool,
    name: str | None,
    auth: str,
    permissions: tuple[str, ...],
    preset: str | None,
    redirect_uris: tuple[str, ...],
) -> None:
    """Register an application, consented to by an administrator, and print what a connector is told."""
    document = given(
        name=name, auth=auth, permissions=list(permissions), preset=preset, redirect_uris=list(redirect_uris)
    )
    tell(asked.call("POST", f"{asked.tenant}/apps", document), facts, as_json=as_json)


@app.command("list", epilog="\b\nExample:\n  outlook365-emulator app list")
@of_tenant
def list_apps(asked: Asked, as_json: bool) -> None:
    """List the applications of a tenant."""
    tell_rows(asked.call("GET", f"{asked.tenant}/apps")["apps"], APP_COLUMNS, as_json=as_json)


@app.command("show", epilog="\b\nExample:\n  outlook365-emulator app show Daemon")
@of_tenant
@click.argument("name", metavar="CLIENT_ID|NAME")
def show_app(asked: Asked, as_json: bool, name: str) -> None:
    """Show an application: secrets, permissions, consent."""
    tell(asked.call("GET", asked.app(name)), facts, as_json=as_json)
