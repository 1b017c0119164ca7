"""Mail: folders, messages, delivery."""
