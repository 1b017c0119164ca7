"""Print what is generated from the documents: `python -m outlook365_emulator.scenarios schema`."""

import sys

from outlook365_emulator.scenarios.schema import scenario_schema_text


def main(arguments: list[str]) -> int:
    """Print the schema; return the exit status."""
    if arguments != ["schema"]:
        sys.stderr.write("usage: python -m outlook365_emulator.scenarios schema\n")
        return 2
    sys.stdout.write(scenario_schema_text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
