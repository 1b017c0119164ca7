"""Users and their settings: one module a resource."""
