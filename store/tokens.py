"""Random tokens that people and browsers hold, and of which the store keeps only the hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored. A plain hash is enough: the token is as hard to guess as the hash."""
    return hashlib.sha256(token.encode()).hexdigest()
