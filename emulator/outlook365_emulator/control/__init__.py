"""The control API, by which tests and people arrange worlds."""
