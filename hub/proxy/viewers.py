"""Who is looking, as an app is told it (see `vitrina.apps.viewing`). Pure."""

from __future__ import annotations

from vitrina.apps.life import Address, TcpAddress, UnixAddress
from vitrina.apps.viewing import Viewer
from vitrina.hub.proxy.visits import Visit


def viewer(visit: Visit) -> Viewer:
    """Who is at an app: by name, or as one visitor among others."""
    user = visit.subject.user
    if user is None:
        return Viewer(visitor=visit.shown.session)
    return Viewer(user=user.name, name=user.title or user.name, groups=visit.subject.groups)


def key_at(address: Address) -> str | None:
    """The key under which an instance is told who is looking; None where nobody but the hub can speak to it."""
    match address:
        case UnixAddress():
            return None
        case TcpAddress():
            return address.viewer_key or None
