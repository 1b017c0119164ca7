"""The records of the store: immutable, slotted, plain data."""
