"""What every request of the portal goes through, one concern a file."""
