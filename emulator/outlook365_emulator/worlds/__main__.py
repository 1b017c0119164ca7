"""Print the JSON schema of world files: `python -m outlook365_emulator.worlds > world.schema.json`."""

import sys

from .schema import world_schema_text

sys.stdout.write(world_schema_text())
