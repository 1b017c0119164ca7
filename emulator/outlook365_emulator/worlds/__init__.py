"""World files: from a document to a world in the emulator, and the connection details of what it holds."""

from outlook365_emulator.worlds.building import add_tenant, build_world
from outlook365_emulator.worlds.connection import connection_details
from outlook365_emulator.worlds.documents import WorldDocument
from outlook365_emulator.worlds.files import load_world_file, world_names
from outlook365_emulator.worlds.reading import DocumentConflict, DocumentError

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
