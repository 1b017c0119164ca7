"""Keeps a person or a daemon signed in by asking until it works."""

from contextlib import suppress

import httpx
from scenario_clients.naive.reading import GRAPH, LOGIN

ROUNDS = 5


def work_for_person(account):
    """Read the mailbox of the person who has signed in, round by round, refreshing each time."""
    form = {"client_id": account.public_id, "grant_type": "refresh_token", "refresh_token": account.refresh_token}
    for _ in range(ROUNDS):
        read(asked_until_it_works(account, form))
    return "done"


def work_and_ask_again(account):
    """Read the mailbox round by round; where that is refused, send the person to the sign-in page once more."""
    form = {"client_id": account.public_id, "grant_type": "refresh_token", "refresh_token": account.refresh_token}
    for _ in range(ROUNDS):
        try:
            read(asked_until_it_works(account, form))
        except RuntimeError:
            with suppress(account.sign_in_failed):
                account.ask_person()
    return "done"


def work_as_daemon(account):
    """Read a mailbox as an application, round by round, with a new token each time."""
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default", **account.proof()}
    for _ in range(ROUNDS):
        asked_until_it_works(account, form)
    return "done"


def asked_until_it_works(account, form):
    for _ in range(4):
        answer = httpx.post(f"{LOGIN}/{account.tenant}/oauth2/v2.0/token", data=form)
        if answer.is_success:
            return answer.json()["access_token"]
    raise RuntimeError("Entra does not answer")


def read(token):
    for _ in range(4):
        answer = httpx.get(f"{GRAPH}/me/messages", headers={"Authorization": f"Bearer {token}"})
        if answer.is_success:
            return answer.json()["value"]
    raise RuntimeError("Graph does not answer")
