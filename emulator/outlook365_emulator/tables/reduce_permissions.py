"""The published permission file reduced to our operations: one row for each, spellings merged.

The input is `published/graph-permissions.json` (Microsoft's `permissions.json` cut to mail, calendar and users, see its
`generatedFrom`). The output stays as published; our corrections lie in `permissions_overlay.json`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from outlook365_emulator.tables.spellings import one_spelling

Json = dict[str, Any]

_CLOUDS = {"global": ("global",), "usgov": ("usgov", "usgov_dod"), "china": ("china",)}


def permission_rows(published: Mapping[str, Any]) -> list[Json]:
    """Return a row for each permission: ids in both schemes, and whether it takes an administrator."""
    rows = []
    for name, schemes in sorted(published["permissions"].items()):
        work, personal, application = (
            schemes.get(key, {}) for key in ("delegatedWork", "delegatedPersonal", "application")
        )
        row = {
            "name": name,
            "delegated_id": work.get("id") or None,
            "application_id": application.get("id") or None,
            "admin_consent": bool(work.get("adminConsent", False)),
            "personal": bool(personal.get("id")),
            "title": work.get("display", "") or application.get("display", ""),
            "application_title": application.get("display", ""),
        }
        if row["delegated_id"] or row["application_id"]:
            rows.append(row)
    return rows


def other_rows(descriptions: Mapping[str, Any], ours: Iterable[str]) -> list[Json]:
    """Return a row for each permission of Graph that is not among ours.

    Args:
        descriptions: Microsoft's `permissions-descriptions.json`, every scope and role with its GUID.
        ours: names that have a row already.
    """
    scopes = {row["value"]: row for row in descriptions["delegatedScopesList"]}
    roles = {row["value"]: row for row in descriptions["applicationScopesList"]}
    rows = []
    for name in sorted((set(scopes) | set(roles)) - {"", *ours}):
        scope, role = scopes.get(name, {}), roles.get(name, {})
        row = {
            "name": name,
            "delegated_id": scope.get("id"),
            "application_id": role.get("id"),
            "admin_consent": bool(scope.get("isAdmin", True)),
            "personal": False,
            "title": scope.get("adminConsentDisplayName") or role.get("adminConsentDisplayName") or "",
            "application_title": role.get("adminConsentDisplayName") or "",
        }
        rows.append(row)
    return rows


def operation_rows(published: Mapping[str, Any], implies: Mapping[str, Iterable[str]]) -> list[Json]:
    """Return a row for each operation.

    Args:
        published: the published document.
        implies: which permissions a permission includes; decides the least one.
    """
    grouped: dict[str, list[tuple[str, Json]]] = {}
    for path, methods in published["paths"].items():
        for method, row in methods.items():
            grouped.setdefault(f"{method} {one_spelling(path)}", []).append((path, row))
    rows = [_merged(operation, spellings, implies) for operation, spellings in grouped.items()]
    return sorted(rows, key=lambda row: (row["operation"].partition(" ")[2].lower(), row["operation"]))


def _merged(operation: str, spellings: list[tuple[str, Json]], implies: Mapping[str, Iterable[str]]) -> Json:
    """Merge the spellings of one operation; rows under /me have no application column of their own."""
    of_users = [row for path, row in spellings if not path.startswith("/me")]
    everyone = [row for _, row in spellings]
    work = _union(everyone, "delegatedWork")
    application = _union(of_users, "application") or _union(everyone, "application")
    shared = _union(of_users, "delegatedShared") or [
        one for one in _union(of_users, "delegatedWork") if one.endswith(".All")
    ]
    return {
        "operation": operation,
        "work": work,
        "personal": _union(everyone, "delegatedPersonal"),
        "application": application,
        "shared": shared,
        "least": _least(everyone, "delegatedWork", work, implies),
        "least_application": _least(everyone, "application", application, implies),
        "clouds": [one for key, ids in _CLOUDS.items() if any(row["inCsdl"][key] for row in everyone) for one in ids],
        "source": _source(spellings),
    }


def _union(rows: list[Json], scheme: str) -> list[str]:
    return sorted({name for row in rows for name in row.get(scheme, [])})


def _source(spellings: list[tuple[str, Json]]) -> str:
    """Name the best source among the spellings: Microsoft's file, then a page, then what was inherited."""
    order = ("permissions.json", "docs:", "inherit:")
    return str(
        min(
            (row["source"] for _, row in spellings),
            key=lambda text: [text.startswith(one) for one in order].index(True),
        )
    )


def _least(rows: list[Json], scheme: str, column: list[str], implies: Mapping[str, Iterable[str]]) -> str:
    """Return the weakest permission of a column, beginning with what the file flags as least."""
    flagged = [name for name in sorted({one for row in rows for one in row["least"].get(scheme, [])}) if name in column]
    reach = set(flagged or column)
    for name in list(reach):
        reach |= set(implies.get(name, ())) & set(column)
    weakest = [one for one in sorted(reach) if not _includes_another(one, reach, implies)]
    first = [one for one in weakest if one in flagged] or weakest
    return min(first, key=len) if first else ""


def _includes_another(name: str, names: set[str], implies: Mapping[str, Iterable[str]]) -> bool:
    return any(one in names and name not in implies.get(one, ()) for one in implies.get(name, ()))
