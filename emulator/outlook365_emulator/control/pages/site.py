"""The pages by their addresses, and who answers them."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from outlook365_emulator import __version__
from outlook365_emulator.control.context import Context
from outlook365_emulator.control.pages import actions, mailboxes, showing
from outlook365_emulator.control.pages.rendering import page, redirect
from outlook365_emulator.control.pages.visit import Ask, Visit
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.control.routes import HOME, PLACE
from outlook365_emulator.ids import fresh_nonce
from outlook365_emulator.wire import Request, Response, parse_pairs

NAVIGATION: Mapping[str, str] = MappingProxyType(
    {
        "mailboxes": "Mailboxes",
        "outbox": "Outbox",
        "journal": "Journal",
        "apps": "Applications",
        "people": "People",
        "trouble": "Faults and clock",
        "notifications": "Notifications",
        "connect": "Connect",
    }
)
"""The pages of a world by the segment of their address."""

SHOWN: Mapping[str, Callable[[Visit], Response | tuple[str, dict[str, Any]]]] = MappingProxyType(
    {
        "mailboxes": mailboxes.show,
        "outbox": showing.outbox,
        "journal": showing.journal,
        "apps": showing.apps,
        "people": showing.people,
        "trouble": showing.trouble,
        "notifications": showing.notifications,
        "connect": showing.connect,
    }
)


class Pages:
    """Answers the web page: everything that it shows and does goes by the control API.

    Args:
        context: the emulator.
        ask: asks the control API at once.
        submit: sends a form on to the control API; the answer may have to be waited for.
    """

    def __init__(self, context: Context, ask: Ask, submit: Callable[..., Awaitable[Any]]) -> None:
        self._context = context
        self._ask = ask
        self._submit = submit
        self._canary = fresh_nonce().hex()

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request to `/` or below `PLACE`.

        Raises:
            ControlError: the method is not possible here.
        """
        try:
            if request.path in (HOME, PLACE, f"{PLACE}/"):
                self._judge(request, ("GET", "HEAD"))
                return self._page("home.html", None, showing.home(self._context, self._ask))
            world, name, *rest = [unquote(part) for part in request.path[len(PLACE) + 1 :].split("/")] + [""]
            visit = Visit(self._ask, self._context, world, tuple(filter(None, rest)), dict(parse_pairs(request.query)))
            if name == "do":
                self._judge(request, ("POST",))
                return self._acted(visit, dict(parse_pairs(request.body.decode("utf-8", "replace"))))
            self._judge(request, ("GET", "HEAD"))
            if name not in SHOWN:
                raise unknown("page", name, SHOWN)
            shown = SHOWN[name](visit)
            return shown if isinstance(shown, Response) else self._page(shown[0], visit, shown[1], name)
        except ControlError as error:
            return self._failed(error)

    def _page(self, template: str, visit: Visit | None, context: dict[str, Any], here: str = "") -> Response:
        context = {"said": "", **context}
        if visit is not None:
            context["said"] = actions.said(visit.query.get("done", ""))
        return page(
            template,
            version=__version__,
            worlds=[world.name for world in self._context.hosting],
            world=visit.world if visit is not None else "",
            base=visit.base if visit is not None else "",
            place=PLACE,
            here=here,
            navigation=NAVIGATION,
            canary=self._canary,
            **context,
        )

    async def _acted(self, visit: Visit, form: dict[str, str]) -> Response:
        """Do what a form asks for, and lead back to the page that it stands on."""
        try:
            if not hmac.compare_digest(form.get("canary", "").encode(), self._canary.encode()):
                raise ControlError(403, "stale_page", "this page is of an earlier start: load it again, then repeat")
            await actions.act(visit, form, self._submit)
        except ControlError as error:
            return self._failed(error)
        back = form.get("back", "")
        path = back if back.startswith(f"{visit.base}/") else f"{visit.base}/mailboxes"
        mark = "&" if "?" in path else "?"
        return redirect(f"{path.partition('#')[0]}{mark}done={form['action']}")

    def _failed(self, error: ControlError) -> Response:
        context = {"code": error.problem.code, "message": error.problem.message, "where": error.problem.where}
        answer = self._page_of_problem(error.status, context)
        answer.headers += error.headers
        return answer

    def _page_of_problem(self, status: int, context: dict[str, Any]) -> Response:
        found = self._page("problem.html", None, context)
        found.status = status
        return found

    def _judge(self, request: Request, allowed: tuple[str, ...]) -> None:
        if request.method not in allowed:
            headers = (("Allow", ", ".join(allowed)),)
            raise ControlError(405, "method_not_allowed", f"{request.method} is not possible here", headers=headers)
