"""The host label under which an app revision has an origin of its own."""

from __future__ import annotations

import hashlib
import re

LONGEST = 63
"""Letters of one label of a host name (RFC 1035)."""

DIGEST_DIGITS = 10


def origin_label(app: str, version: str, *, ref: str, revision: int) -> str:
    """App and version so that people recognise them, then ten digits of a digest over whole reference and revision.

    Two revisions never share a label; the same one keeps it for ever, since it is stored.
    """
    digest = hashlib.sha256(f"{ref}@{revision}".encode()).hexdigest()[:DIGEST_DIGITS]
    readable = re.sub(r"[^a-z0-9]+", "-", f"{app}-{version}".lower()).strip("-")
    return f"{readable[: LONGEST - DIGEST_DIGITS - 1].rstrip('-')}-{digest}"
