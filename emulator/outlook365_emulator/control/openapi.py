"""The OpenAPI description of the control API, made from the table of routes and the structs of bodies and answers."""

import re
from collections.abc import Iterable
from typing import Any

from outlook365_emulator import __version__
from outlook365_emulator.control.archives import MEDIA, Archive
from outlook365_emulator.control.problems import ProblemView
from outlook365_emulator.control.routes import PREFIX, Route
from outlook365_emulator.faults.schema import components, fault_schema

ABOUT = (
    "Makes worlds, changes what is in them, and reads what happened. JSON in and out. The version stands in the path: "
    "within v1 routes, members and codes are added, and none is taken away or changes its meaning, so clients pass "
    "over members that they do not know. Where the emulator was started with --control-token, each request carries it."
)

REF = "#/components/schemas/{name}"


def openapi_document(routes: Iterable[Route]) -> dict[str, Any]:
    """Make the OpenAPI 3.1 document of the control API.

    Args:
        routes: the table of routes.
    """
    routes = list(routes)
    told = (kind for route in routes for kind in (route.body, route.answer))
    kinds = [kind for kind in dict.fromkeys(told) if kind not in (None, Archive)]
    refs, schemas = components([*kinds, ProblemView], REF)
    fault, further = fault_schema(REF)
    schemas |= {**further, "Envelope": fault}
    schemas["WorldDocument"]["properties"]["faults"]["items"] = {"$ref": REF.format(name="Envelope")}
    known = dict(zip([*kinds, ProblemView], refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = PREFIX + route.path
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of the Outlook 365 emulator",
            "version": __version__,
            "description": ABOUT,
        },
        "paths": paths,
        "security": [{}, {"token": []}],
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(route: Route, known: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": summary_of(route),
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", route.path)
        ]
        + [{"name": name, "in": "query", "schema": {"type": "string"}} for name in route.query],
        "responses": {
            str(route.status): {"description": "done", **_content(route.answer, known)},
            "4XX": {"description": "refused", **_content(ProblemView, known)},
        },
    }
    if route.body is not None:
        operation["requestBody"] = _content(route.body, known)
    return operation


def summary_of(route: Route) -> str:
    """Return the first line of the handler's docstring."""
    return (route.handler.__doc__ or "").strip().splitlines()[0]


def _content(kind: Any, known: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    if kind is None:
        return {}
    if kind is Archive:
        return {"content": {MEDIA: {"schema": {"type": "string", "format": "binary"}}}}
    return {"content": {"application/json": {"schema": known[kind]}}}
