"""A local emulator of Microsoft Entra ID and the Microsoft Graph mail and calendar API."""

__version__ = "0.1.0"
