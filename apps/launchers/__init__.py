"""The ways in which an app's process comes to be."""
