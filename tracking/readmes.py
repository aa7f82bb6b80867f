"""The call that gives a run, project, model or version its README."""

from __future__ import annotations

from pathlib import Path

from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.refs import Ref, parse_ref
from vitrina.tracking.recorder import Here, NoRunError, Recorder, connection_of
from vitrina.tracking.versions import VersionHandle

SUFFIXES = (".md", ".markdown")


def set_readme(here: Here, text_or_path: str | Path, *, of: str | VersionHandle | None = None) -> None:
    """Gives the run a README in Markdown: a text, or the path of a file.

    `of` gives it to something else: a project (made where it does not exist), a model, dataset or artifact, a version
    of one, or a run, by reference or handle. A text that equals the newest is not kept again.

    A text of one line that ends in `.md` is the path of a file. Raises NotFoundError when there is no such file.
    """
    text = text_of(text_or_path)
    connection_of(here).sink.publish_readme(_subject(here, of), text)


def text_of(text_or_path: str | Path) -> str:
    """The text itself, or that of the file that it names."""
    if isinstance(text_or_path, str) and ("\n" in text_or_path or not text_or_path.endswith(SUFFIXES)):
        return text_or_path
    try:
        return Path(text_or_path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"file {text_or_path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(f"The file {text_or_path} cannot be read: {error}.") from None


def _subject(here: Here, of: str | VersionHandle | None) -> Ref:
    match of:
        case None if isinstance(here, Recorder):
            here.check_open()
            return parse_ref(here.ref)
        case None:
            raise NoRunError
        case VersionHandle():
            return parse_ref(of.ref)
        case str():
            return parse_ref(of)
