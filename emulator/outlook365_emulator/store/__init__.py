"""All state, a world at a time, in records that never change; knows no service."""
