"""Gathering: which files go into an app's bundle, each with its name there.

Of a folder, all that the rules of `ignoring` leave; of a file alone, that file. Then the modules that the app's file
imports, directly or through one another, packages with all they hold, since they may read files of theirs; and what was
asked for by name (`include`). Those two come also where a rule leaves them out: an app does not start without.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vitrina.store import frameworks, ignoring, sources
from vitrina.store.errors import InvalidError
from vitrina.store.ignoring import Rules

MAX_FILES = 20_000

Members = dict[PurePosixPath, Path]


class BundleError(InvalidError):
    """An app's files cannot be made into a bundle, or a bundle cannot be unpacked."""


@dataclass(frozen=True)
class Wanted:
    """Which app is meant. `entry` and `cwd` are relative to `root`; `is_whole`: all of `root` belongs to it.

    `made`: the entry is no file there; its content is given.
    """

    root: Path
    entry: PurePosixPath
    cwd: PurePosixPath
    is_whole: bool
    include: Sequence[str] = ()
    made: bytes | None = None


def gather(wanted: Wanted) -> list[tuple[PurePosixPath, Path]]:
    """The members of a bundle, folders before what is in them, in an order that depends on their names only.

    Raises BundleError for links that lead out or round, for an `include` that names nothing, for a module that lies
    elsewhere, and for more than MAX_FILES; SourceError for an entry that is no Python.
    """
    root = wanted.root
    found: Members = {}
    if wanted.is_whole:
        _add(found, root, _walk(root, root, Rules.of(root)))
    chosen = [path for pattern in wanted.include for path in _matches(root, pattern)]
    for path in (*chosen, *_modules(wanted, chosen)):
        _add(found, root, _tree(root, path))
    own = [root / wanted.entry] if wanted.made is None else []
    _add(found, root, [*own, *([root / wanted.cwd] if wanted.cwd.parts else [])])
    return sorted(found.items(), key=lambda member: member[0].parts)


def _add(found: Members, root: Path, paths: Iterator[Path] | list[Path]) -> None:
    """Take paths into a bundle, each with the folders above it."""
    for path in paths:
        name = PurePosixPath(path.relative_to(root))
        for above in reversed(name.parents[:-1]):
            found.setdefault(above, root / above)
        found[name] = path
        if len(found) > MAX_FILES:
            raise BundleError(
                f"The app has more than {MAX_FILES:,} files, most of them in {_fullest(found)}.",
                hint="Log data as a dataset or artifact; leave files out by naming them in a .vitrinaignore.",
            )


def _fullest(found: Members) -> str:
    """The folder at the top that holds most of the files."""
    counts: dict[str, int] = {}
    for name in found:
        top = f"{name.parts[0]}/" if len(name.parts) > 1 else "the folder itself"
        counts[top] = counts.get(top, 0) + 1
    most = max(counts, key=lambda top: counts[top])
    return f"{most} ({counts[most]:,})"


def _modules(wanted: Wanted, chosen: list[Path]) -> list[Path]:
    """The modules and packages that the app imports and that lie at hand, as the paths to be taken whole."""
    entry = wanted.root / wanted.entry
    folders = list(dict.fromkeys([entry.parent, wanted.root / wanted.cwd]))
    own = [entry] if frameworks.is_python(entry) else []
    starts = [*own, *(path for path in chosen if path.suffix == ".py" and path.is_file())]
    seen = sources.local(*starts, folders=folders)
    _refuse_modules_elsewhere(wanted, seen, folders)
    return [_top(path, folders) for path in seen if path not in starts]


def _top(path: Path, folders: list[Path]) -> Path:
    """The module or package at the top of the first folder in which it lies."""
    folder = next(folder for folder in folders if path.is_relative_to(folder))
    return folder / path.relative_to(folder).parts[0]


def _refuse_modules_elsewhere(wanted: Wanted, seen: dict[Path, sources.Source], folders: list[Path]) -> None:
    """A module in the working directory of whoever logs is at hand now, and will be missing where the app runs."""
    here = Path.cwd()
    if here in [folder.absolute() for folder in folders]:
        return
    for path, source in seen.items():
        for name in sorted(source.packages):
            if not sources.module_files([here], source.modules, name) or sources.module_files(
                folders, source.modules, name
            ):
                continue
            if name in sys.stdlib_module_names or _is_installed(name):
                continue
            up = os.path.relpath(here, (wanted.root / wanted.entry).parent)
            hint = (
                f"Give a folder that holds both, and say its entry: --entry {wanted.entry}"
                if wanted.is_whole
                else f"Say that the app runs here, and it comes along: cwd={up!r} in code, --cwd {up}"
            )
            raise BundleError(f"{path.name} imports {name}, which lies in {here} and not beside it.", hint=hint)


def _is_installed(name: str) -> bool:
    from importlib.metadata import packages_distributions

    return name in packages_distributions()


def _matches(root: Path, pattern: str) -> list[Path]:
    """What an `include` names. Raises BundleError when that is nothing, or lies outside."""
    parts = PurePosixPath(pattern)
    found: list[Path] = []
    if pattern and not parts.is_absolute() and ".." not in parts.parts:
        found = [path for path in sorted(root.glob(pattern)) if not _is_hidden(root, path)]
    if not found:
        raise BundleError(
            f"The include {pattern!r} names nothing in {root}.", hint="Give a glob relative to it, such as data/*.csv."
        )
    return found


def _is_hidden(root: Path, path: Path) -> bool:
    return any(ignoring.is_never(root / above) for above in [path.relative_to(root), *path.relative_to(root).parents])


def _tree(root: Path, path: Path) -> Iterator[Path]:
    """A file, or a folder with all that its own rules leave."""
    _refuse_bad_link(root, path, above=())
    yield path
    if path.is_dir():
        yield from _walk(root, path, Rules.only(path))


def _walk(root: Path, folder: Path, rules: Rules, *, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """What a folder holds; links are followed as long as they stay inside `root` and do not go round."""
    above = (*above, Path(os.path.realpath(folder)))
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        is_folder = path.is_dir()
        if ignoring.is_never(path) or rules.leave_out(path, is_folder=is_folder):
            continue
        _refuse_bad_link(root, path, above=above)
        if is_folder:
            yield path
            yield from _walk(root, path, rules.within(path), above=above)
        elif path.is_file():
            yield path


def _refuse_bad_link(root: Path, path: Path, *, above: tuple[Path, ...]) -> None:
    target = Path(os.path.realpath(path))  # resolve() raises on a link to itself
    name = path.relative_to(root)
    if path.is_symlink() and (not target.is_relative_to(os.path.realpath(root)) or not target.exists()):
        raise BundleError(
            f"The link {name} points outside the folder, to {target}.",
            hint="Put what it points to into the folder, or remove the link.",
        )
    if target in above:
        raise BundleError(f"The link {name} goes round in a circle.", hint="Remove it.")
