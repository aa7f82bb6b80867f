"""Web servers that may stand before the hub and move its bytes."""
