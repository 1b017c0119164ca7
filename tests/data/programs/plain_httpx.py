"""A morning's mail with plain httpx and Microsoft's own URLs: written without any emulator in mind."""

import json
import sys
from typing import Any

import httpx


def run(connection: dict[str, Any]) -> dict[str, Any]:
    login = connection.get("login", "https://login.microsoftonline.com")
    graph = connection.get("graph", "https://graph.microsoft.com")
    with httpx.Client() as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": connection["client_id"],
            "client_secret": connection["client_secret"],
            "scope": "https://graph.microsoft.com/.default",
        }
        token = client.post(f"{login}/{connection['tenant_id']}/oauth2/v2.0/token", data=form).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"

        def get(url: str) -> dict[str, Any]:
            return client.get(url).raise_for_status().json()

        account, recipient = connection["account"], connection["recipient"]
        folders = get(f"{graph}/v1.0/users/{account}/mailFolders")["value"]
        subjects: list[str] = []
        url: str | None = f"{graph}/v1.0/users/{account}/messages?$top=10&$select=subject"
        pages = 0
        while url:
            page = get(url)
            subjects += [message["subject"] for message in page["value"]]
            url = page.get("@odata.nextLink")
            pages += 1
        message = {
            "subject": "From plain httpx",
            "body": {"contentType": "Text", "content": "Good morning"},
            "toRecipients": [{"emailAddress": {"address": recipient}}],
        }
        client.post(f"{graph}/v1.0/users/{account}/sendMail", json={"message": message}).raise_for_status()
        found = get(f"{graph}/v1.0/users/{recipient}/mailFolders/inbox/messages?$filter=subject eq 'From plain httpx'")
    return {
        "folders": [folder["displayName"] for folder in folders],
        "paged": len(subjects),
        "pages": pages,
        "arrived": [one["from"]["emailAddress"]["address"] for one in found["value"]],
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
