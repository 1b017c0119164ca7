"""Tenants, users, applications and consent: how they are made, found and changed."""
