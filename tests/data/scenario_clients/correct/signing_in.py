"""Keeps a person or a daemon signed in, and says who has to do what when that is over."""

import httpx
from scenario_clients.correct.reading import GRAPH, LOGIN

ROUNDS = 5
REMEDIES = {
    50034: "the account is gone",
    50057: "the account is disabled",
    50076: "a second factor is needed",
    50173: "sign in again",
    53003: "blocked by a policy",
    65001: "consent is needed",
    90002: "the tenant is not in this cloud",
    700027: "the certificate is not registered",
    7000215: "the secret is wrong",
    7000222: "the secret has expired",
}


class Refused(Exception):
    """Repeating does not help; the message says what does."""


def work_for_person(account):
    """Read the mailbox of the person who has signed in, round by round, until a person has to act."""
    form = {"client_id": account.public_id, "grant_type": "refresh_token", "refresh_token": account.refresh_token}
    try:
        for _ in range(ROUNDS):
            read(token_for(account, form))
    except Refused as refused:
        return str(refused)
    return "done"


def work_and_ask_again(account):
    """Read the mailbox as `work_for_person`; where consent is gone, ask the person, and then whoever may give it."""
    found = work_for_person(account)
    if found != "consent is needed":
        return found
    try:
        account.ask_person()
    except account.administrator_needed:
        return "an administrator has to consent"
    return "the person has consented again"


def work_as_daemon(account):
    """Read a mailbox as an application, round by round, until an administrator has to act."""
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    try:
        for _ in range(ROUNDS):
            token_for(account, form | account.proof())
    except Refused as refused:
        return str(refused)
    return "done"


def token_for(account, form):
    answer = httpx.post(f"{LOGIN}/{account.tenant}/oauth2/v2.0/token", data=form, timeout=30)
    if answer.is_success:
        return answer.json()["access_token"]
    numbers = answer.json().get("error_codes", [])
    raise Refused(next((REMEDIES[one] for one in numbers if one in REMEDIES), answer.json()["error_description"]))


def read(token):
    answer = httpx.get(f"{GRAPH}/me/messages", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    if answer.status_code == 403:
        raise Refused("consent is needed")
    if answer.status_code == 401:
        raise Refused("sign in again")
    answer.raise_for_status()
    return answer.json()["value"]
