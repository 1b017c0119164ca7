"""World files: from a document to a world in the emulator, and the connection details of what it holds."""

from .building import add_tenant, build_world
from .connection import connection_details
from .documents import WorldDocument
from .files import load_world_file, world_names
from .reading import DocumentConflict, DocumentError

__all__ = [
    "DocumentConflict",
    "DocumentError",
    "WorldDocument",
    "add_tenant",
    "build_world",
    "connection_details",
    "load_world_file",
    "world_names",
]
