"""Which links name something of the store."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from vitrina.store.names import RESERVED_OWNERS
from vitrina.store.refs import BadReferenceError, Part, Ref, parse_ref

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""A URL of this machine is the hub's: nobody else could follow it."""

SECTIONS = frozenset(
    {"charts", "images", "tables", "texts", "html", "audio", "video", "files"}
    | {"metrics", "inputs", "params", "outputs"}
)
"""`#charts/roc` is a part of the thing that the text is about; `#charts` and `#background` are headings of the text."""


def target_of(href: str, *, hub_url: str | None = None) -> Ref | Part | None:
    """What a link's address names; None where it is an ordinary link."""
    if href.startswith("#"):
        return _part(href)
    if "://" in href.partition("#")[0] and not _is_of_hub(href, hub_url):
        return None
    try:
        ref = parse_ref(href)
    except BadReferenceError:
        return None
    return None if ref.owner in RESERVED_OWNERS else ref


def lone_target(text: str, *, hub_url: str | None = None) -> tuple[Ref, bool] | None:
    """The reference that a paragraph consists of, and whether it can be nothing else; None where it is plain text."""
    address = text.strip().removeprefix("<").removesuffix(">")
    if not address or any(letter.isspace() for letter in address):
        return None
    target = target_of(address, hub_url=hub_url)
    if not isinstance(target, Ref):
        return None
    return target, "://" in address or target.noun is not None or target.readme


def _part(href: str) -> Part | None:
    fragment = unquote(href[1:])
    section, mark, _ = fragment.partition("/" if "." not in fragment.partition("/")[0] else ".")
    if not mark or section not in SECTIONS:
        return None
    try:
        return parse_ref(f"a/a{href}").part
    except BadReferenceError:
        return None


def _is_of_hub(href: str, hub_url: str | None) -> bool:
    address = urlsplit(href)
    if address.scheme not in {"http", "https"}:
        return False
    if address.hostname in LOOPBACK:
        return True
    return hub_url is not None and urlsplit(hub_url).netloc == address.netloc
