"""Microsoft Entra ID as an OAuth 2.0 and OpenID Connect server; `endpoints.py` shows what it answers, and in what order."""
