"""The published schema reduced to what decoding of request bodies needs: types, enumerations, actions.

The input is `published/graph-schema.json` (Microsoft's `cleanMetadata.xml` cut to our types). Short keys: `t` type, `c`
collection, `n` nullable (absent: yes), `k` contained navigation.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def schema_document(published: Mapping[str, Any]) -> Json:
    """Return the reduced document: `source`, `types`, `enums`, `operations`."""
    types: Json = {}
    for kind in ("entityTypes", "complexTypes"):
        for name, row in published[kind].items():
            types[name] = _type(row, entity=kind == "entityTypes")
    return {
        "source": published["source"],
        "types": types,
        "enums": {
            name: {"members": list(row["members"]), **({"flags": True} if row.get("flags") else {})}
            for name, row in published["enumTypes"].items()
        },
        "operations": [_operation(row) for row in published["operations"]],
    }


def _type(row: Mapping[str, Any], *, entity: bool) -> Json:
    out: Json = {"entity": True} if entity else {}
    out.update({key: row[key] for key in ("base", "abstract", "open") if row.get(key)})
    out["properties"] = {name: _property(one) for name, one in row.get("props", {}).items()}
    navigation = {name: _property(one) for name, one in row.get("nav", {}).items()}
    return {**out, "navigation": navigation} if navigation else out


def _property(row: Mapping[str, Any]) -> Json:
    return {key: row[key] for key in ("t", "c", "n") if key in row}


def _operation(row: Mapping[str, Any]) -> Json:
    out = {"kind": row["kind"], "name": row["name"], "on": row["on"]}
    if row.get("onCollection"):
        out["on_collection"] = True
    if row.get("params"):
        out["parameters"] = {name: _property(one) for name, one in row["params"].items()}
    return out
