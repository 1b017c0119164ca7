"""Worlds that outlive the process: every unit of work is a transaction of a SQLite file, read back at the start."""
