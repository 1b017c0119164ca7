"""Requests to Microsoft Graph: a token on each, patience where it is asked for, errors as exceptions."""

import time
from collections.abc import Iterator
from typing import Any

import httpx

from mail_connector.connection import Connection
from mail_connector.sign_in import Session

TRIES = 4
BUSY = (429, 503, 504)


class GraphError(Exception):
    """Graph has refused."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code


class Graph:
    """Microsoft Graph v1.0, as one connection sees it."""

    def __init__(self, connection: Connection, session: Session) -> None:
        self._root = f"{connection.hosts.graph}/v1.0"
        self._session = session
        self._client = httpx.Client(timeout=30)

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any) -> httpx.Response:
        """Send a request; wait and send it again where Graph is busy, renew the token once where it is refused."""
        url = path if path.startswith("https://") else f"{self._root}{path}"
        renewed = False
        for left in reversed(range(TRIES)):
            fields = {"Authorization": f"Bearer {self._session.token()}", **(headers or {})}
            answer = self._client.request(method, url, headers=fields, **request)
            if answer.status_code == 401 and not renewed:
                renewed = True
                self._session.token(fresh=True)
            elif answer.status_code not in BUSY or not left:
                break
            else:
                time.sleep(float(answer.headers.get("Retry-After", 1)))
        return checked(answer)

    def json(self, method: str, path: str, body: Any = None, **request: Any) -> Any:
        """Send JSON, and return the JSON that comes back."""
        answer = self.ask(method, path, **({} if body is None else {"json": body}), **request)
        return answer.json() if answer.content else None

    def pages(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Walk through a collection, page by page."""
        page = self.json("GET", path, params={f"${name}": value for name, value in parameters.items()})
        yield from page["value"]
        while "@odata.nextLink" in page:
            page = self.json("GET", page["@odata.nextLink"])
            yield from page["value"]

    def put(self, url: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
        """Send a part of a file to the address of an upload; it carries its own authority, so no token goes with it."""
        return checked(self._client.put(url, content=content, headers=headers))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def checked(answer: httpx.Response) -> httpx.Response:
    """Return an answer that is no error."""
    if answer.is_error:
        error = answer.json()["error"]
        raise GraphError(answer.status_code, error["code"], error["message"])
    return answer
