"""Which property of a directory object supports which operator, and which of them only in an advanced query.

Source: Graph concept page aad-advanced-queries (tables of `$filter` and `$orderby`) and "Supports `$filter`" of the
resource pages user, servicePrincipal, oAuth2PermissionGrant and appRoleAssignment; what either page allows is allowed.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

import msgspec

from outlook365_emulator.tables.files import read_rows

Level = Literal["plain", "advanced"]
Operator = Literal["eq", "ne", "ge", "le", "in", "startsWith", "endsWith", "null"]

_EVERYWHERE = "directoryObject"


class DirectoryProperty(msgspec.Struct, frozen=True):
    """What queries may do with one property.

    Attributes:
        type: name of the schema type; rows of `directoryObject` hold for every type.
        property: the property.
        plain: operators of `$filter` that always work; `null` is `eq null`.
        advanced: operators that need `ConsistencyLevel: eventual` and `$count=true`.
        sort: whether `$orderby` takes it, or "".
    """

    type: str
    property: str
    plain: tuple[Operator, ...]
    advanced: tuple[Operator, ...]
    sort: Level | Literal[""] = ""

    def level(self, operator: Operator) -> Level | None:
        """Return in which queries an operator works, or None where it works in none."""
        if operator in self.plain:
            return "plain"
        return "advanced" if operator in self.advanced else None


@cache
def directory_properties(type_name: str) -> Mapping[str, DirectoryProperty]:
    """Return the properties of a type that the published tables list, by lower-case name.

    Args:
        type_name: name of the schema type, `user`.
    """
    rows = read_rows("directory_queries.json", list[DirectoryProperty])
    return MappingProxyType({row.property.lower(): row for row in rows if row.type in (type_name, _EVERYWHERE)})
