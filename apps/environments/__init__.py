"""Python environments of apps that need other libraries than the hub has: found, built, shared, collected."""
