"""Write the reduced tables anew from the published files: `python -m outlook365_emulator.tables.refresh`.

Reads Microsoft's permission and schema files as cut to our subject (`published/`, or the files named) and tzlocal's
table of Windows time zones; writes `permissions.json`, `graph_permissions.json`, `schema.json` and `time_zones.json`.
The overlays are ours and stay as they are. `other_permissions.json` is written where `--descriptions` names Microsoft's
`permissions/permissions-descriptions.json` (repository microsoft-graph-devx-content; last from its commit 6cbd6bb).
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from outlook365_emulator.tables.files import FOLDER
from outlook365_emulator.tables.reduce_permissions import operation_rows, other_rows, permission_rows
from outlook365_emulator.tables.reduce_schema import schema_document

UNMAPPED: Mapping[str, str] = MappingProxyType(
    {"Kamchatka Standard Time": "Asia/Kamchatka", "Mid-Atlantic Standard Time": "Etc/GMT+2"}
)
"""Windows zones that CLDR does not map, and Graph takes (reference `graph-calendar.md` section 33)."""


def line_per_row(document: object, depth: int = 0) -> str:
    """Write JSON so that a diff shows rows: a list or an object of rows gets a line for each.

    Args:
        document: a list of rows, or an object of which each value is such a list, an object of rows, or a plain value.
        depth: how deep the value lies; only the outer two levels are broken into lines.
    """
    if (
        isinstance(document, Mapping)
        and depth < 2
        and any(isinstance(value, Mapping | list) for value in document.values())
    ):
        inner = (f"{json.dumps(key)}: {line_per_row(value, depth + 1)}" for key, value in document.items())
        return "{\n" + ",\n".join(inner) + "\n}"
    if isinstance(document, list) and depth < 2 and document and isinstance(document[0], Mapping):
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in document) + "\n]"
    return json.dumps(document, ensure_ascii=False)


def zone_rows(windows: Mapping[str, str], iana: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each Windows time zone.

    Args:
        windows: Windows name -> the IANA zone that stands for it (CLDR territory 001).
        iana: IANA zone -> Windows name.
    """
    also: dict[str, list[str]] = {}
    for zone, name in sorted(iana.items()):
        if zone:  # tzlocal's table has a row without a name
            also.setdefault(name, []).append(zone)
    rows = sorted({**UNMAPPED, **windows}.items())
    return [{"windows": name, "iana": zone, "also": also.get(name, [])} for name, zone in rows]


def tables(permissions: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, object]:
    """Return every generated table by its file name.

    Args:
        permissions: the published permission document.
        schema: the published schema document.
    """
    from tzlocal.windows_tz import tz_win, win_tz

    implies = json.loads((FOLDER / "permissions_overlay.json").read_text("utf-8"))["implies"]
    return {
        "permissions.json": permission_rows(permissions),
        "graph_permissions.json": operation_rows(permissions, implies),
        "schema.json": schema_document(schema),
        "time_zones.json": zone_rows(win_tz, tz_win),
    }


def stale(documents: Mapping[str, object]) -> Iterable[str]:
    """Yield the names of the files that differ from what they should hold."""
    for name, document in documents.items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != line_per_row(document) + "\n":
            yield name


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: command-line arguments; those of the process when None.

    Returns:
        0, or 1 when `--check` finds a table out of date.
    """
    parser = argparse.ArgumentParser(prog="python -m outlook365_emulator.tables.refresh", description=__doc__)
    parser.add_argument(
        "--permissions", type=Path, default=FOLDER / "published" / "graph-permissions.json", metavar="FILE"
    )
    parser.add_argument("--schema", type=Path, default=FOLDER / "published" / "graph-schema.json", metavar="FILE")
    parser.add_argument("--descriptions", type=Path, metavar="FILE", help="every permission of Graph; not kept here")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a table is out of date")
    given = parser.parse_args(arguments)
    published = json.loads(given.permissions.read_text("utf-8"))
    documents = tables(published, json.loads(given.schema.read_text("utf-8")))
    if given.descriptions is not None:
        overlay = json.loads((FOLDER / "permissions_overlay.json").read_text("utf-8"))
        ours = {row["name"] for row in (*permission_rows(published), *overlay["permissions"])}
        documents["other_permissions.json"] = other_rows(json.loads(given.descriptions.read_text("utf-8")), ours)
    changed = list(stale(documents))
    for name in changed:
        if not given.check:
            (FOLDER / name).write_text(line_per_row(documents[name]) + "\n", "utf-8", newline="\n")
        sys.stdout.write(f"{'out of date' if given.check else 'written'}: {name}\n")
    return 1 if given.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
