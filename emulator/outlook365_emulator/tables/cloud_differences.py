"""Properties that a national cloud's schema does not have: left out of answers, unknown in queries and bodies.

Operations that a cloud lacks are in the permission table (`PermissionRow.clouds`).
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from types import MappingProxyType

import msgspec

from outlook365_emulator.tables.files import read_rows
from outlook365_emulator.tables.schema_types import derives, type_of, types


class CloudDifference(msgspec.Struct, frozen=True):
    """What one type lacks in some clouds.

    Attributes:
        clouds: ids of the clouds.
        type: short name of the type; those derived from it lack the properties too.
        properties: the properties that it lacks there.
        source: where it is written.
    """

    clouds: tuple[str, ...]
    type: str
    properties: frozenset[str]
    source: str


@cache
def _absent() -> Mapping[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], frozenset[str]] = {}
    for row in read_rows("cloud_differences.json", list[CloudDifference]):
        lacking = [one.name for one in types().values() if derives(one, type_of(row.type))]
        for key in product(row.clouds, lacking):
            found[key] = found.get(key, frozenset()) | row.properties
    return MappingProxyType(found)


def absent_properties(cloud: str, type_name: str) -> frozenset[str]:
    """Return the properties that a type lacks in a cloud.

    Args:
        cloud: id of the cloud.
        type_name: short name of the type in the schema's spelling, `message`.
    """
    return _absent().get((cloud, type_name), frozenset())
