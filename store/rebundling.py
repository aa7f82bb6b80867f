"""A bundle with other requirements: the same files, and another header.

What comes out is, byte for byte, what `bundles.pack` makes of these files with these requirements.
"""

from __future__ import annotations

import hashlib
import io
import tarfile

from vitrina.store import bundles
from vitrina.store import requirements as needs
from vitrina.store.bundles import Bundle
from vitrina.store.gathering import BundleError

HEADER = "VITRINA."
REQUIREMENTS = "requirements"


def with_requirements(archive: bytes, requirements: str) -> Bundle:
    """The bundle of an archive that `bundles.pack` made, with this text as its requirements.

    Raises RequirementsError for what no app may ask for, BundleError for an archive that is none.
    """
    needs.parse(requirements, where="The requirements,")
    made = io.BytesIO()
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as source:
            header = _header(source) | {REQUIREMENTS: requirements}
            pax = {f"{HEADER}{name}": value for name, value in header.items()}
            with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT, pax_headers=pax) as target:
                for member in source:
                    target.addfile(_same(member), source.extractfile(member) if member.isreg() else None)
            return Bundle(**header, data=made.getvalue(), digest=hashlib.sha256(made.getvalue()).hexdigest())
    except (tarfile.TarError, EOFError, TypeError) as error:
        raise BundleError("The app's bundle cannot be read.", hint="Log the app again.") from error


def _header(source: tarfile.TarFile) -> dict[str, str]:
    source.next()  # the header is read with the first member
    said = {name.removeprefix(HEADER): value for name, value in source.pax_headers.items() if name.startswith(HEADER)}
    return {name: said.get(name, "") for name in ("entry", "cwd", "framework", REQUIREMENTS)}


def _same(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what reading adds to it."""
    info = tarfile.TarInfo(member.name)
    info.mtime, info.mode, info.type, info.size = bundles.TIME, member.mode, member.type, member.size
    return info
