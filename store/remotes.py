"""Addresses of repositories, as they can be shown to others."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def without_secrets(remote: str) -> str:
    """The address without name and password in it; empty for what is a folder of somebody's machine, or no address."""
    try:
        address = urlsplit(remote)
        port = f":{address.port}" if address.port is not None else ""
    except ValueError:  # a port that is no number, an address of IPv6 that never ends
        return ""
    if address.scheme in {"http", "https", "ssh", "git"} and address.hostname:
        return urlunsplit((address.scheme, f"{address.hostname}{port}", address.path, "", ""))
    _, at, place = remote.partition("@")  # git@host:owner/name, which is how ssh says it in short
    is_short = at and ":" in place and "/" not in place.partition(":")[0]
    return place if is_short else ""
