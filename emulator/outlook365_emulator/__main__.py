"""`python -m outlook365_emulator`: the same as the command `outlook365-emulator`."""

from outlook365_emulator.cli import main

if __name__ == "__main__":
    main(prog_name="outlook365-emulator")
