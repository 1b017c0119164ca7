"""Change notifications: subscriptions, what they watch, and how notifications reach their endpoints."""
