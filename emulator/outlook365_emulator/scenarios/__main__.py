"""Print what is generated from the documents: `python -m outlook365_emulator.scenarios schema` or `… reference`."""

import sys

from outlook365_emulator.scenarios.reference import reference_page
from outlook365_emulator.scenarios.schema import scenario_schema_text

PAGES = (("schema", scenario_schema_text), ("reference", reference_page))


def main(arguments: list[str]) -> int:
    """Print one page; return the exit status."""
    pages = dict(PAGES)
    if len(arguments) != 1 or arguments[0] not in pages:
        sys.stderr.write(f"usage: python -m outlook365_emulator.scenarios {'|'.join(pages)}\n")
        return 2
    sys.stdout.write(pages[arguments[0]]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
