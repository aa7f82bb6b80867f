"""The processes of a hub: a small parent that keeps the portal and the front alive."""
