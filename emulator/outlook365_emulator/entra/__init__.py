"""Microsoft Entra ID as an OAuth 2.0 and OpenID Connect server; start reading at `endpoints.py`."""
