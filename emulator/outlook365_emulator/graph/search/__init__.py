"""`$search`: the Keyword Query Language over messages, and the simple searches of the directory."""
