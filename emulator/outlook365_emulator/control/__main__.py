"""Print the reference page of the control API: `python -m outlook365_emulator.control`."""

import sys

from outlook365_emulator.control.reference import reference_page

if __name__ == "__main__":
    sys.stdout.write(reference_page())
