"""A morning's mail with MSAL and requests: written without any emulator in mind."""

import json
import sys
from typing import Any

import msal
import requests


def run(connection: dict[str, Any]) -> dict[str, Any]:
    login = connection.get("login", "https://login.microsoftonline.com")
    graph = connection.get("graph", "https://graph.microsoft.com")
    with requests.Session() as session:
        if "verify" in connection:
            session.verify = connection["verify"]
        app = msal.ConfidentialClientApplication(
            connection["client_id"],
            authority=f"{login}/{connection['tenant_id']}",
            client_credential=connection["client_secret"],
            instance_discovery=connection.get("instance_discovery"),
            http_client=session,
        )
        result = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
        session.headers["Authorization"] = f"Bearer {result['access_token']}"

        def get(url: str, **params: str) -> dict[str, Any]:
            response = session.get(url, params=params)
            response.raise_for_status()
            return response.json()

        account, recipient = connection["account"], connection["recipient"]
        folders = get(f"{graph}/v1.0/users/{account}/mailFolders")["value"]
        page = get(f"{graph}/v1.0/users/{account}/messages", **{"$top": "10", "$select": "subject"})
        subjects, pages = [message["subject"] for message in page["value"]], 1
        while "@odata.nextLink" in page:
            page = get(page["@odata.nextLink"])
            subjects += [message["subject"] for message in page["value"]]
            pages += 1
        message = {
            "subject": "From requests",
            "body": {"contentType": "Text", "content": "Good morning"},
            "toRecipients": [{"emailAddress": {"address": recipient}}],
        }
        sent = session.post(f"{graph}/v1.0/users/{account}/sendMail", json={"message": message})
        sent.raise_for_status()
        inbox = f"{graph}/v1.0/users/{recipient}/mailFolders/inbox/messages"
        found = get(inbox, **{"$filter": "subject eq 'From requests'"})
    return {
        "folders": [folder["displayName"] for folder in folders],
        "paged": len(subjects),
        "pages": pages,
        "arrived": [one["from"]["emailAddress"]["address"] for one in found["value"]],
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
