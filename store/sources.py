"""What an app's source says about itself, read from its syntax tree and never by running it."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.store.errors import InvalidError
from vitrina.store.ignoring import is_never

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


class SourceError(InvalidError):
    """An app's source file cannot be read as Python."""


@dataclass(frozen=True)
class Source:
    """What one file imports and calls.

    `modules` are the absolute names that its imports mention, anywhere in the file (`a.b`; for `from a import b` both
    `a` and `a.b`). `functions` are the calls whose name leads to an import, written out in full (`gr.Interface(…)` is
    `gradio.Interface`); `methods` are the last names of all other calls (`demo.launch()` is `launch`).
    """

    modules: frozenset[str]
    functions: frozenset[str]
    methods: frozenset[str]

    @property
    def packages(self) -> frozenset[str]:
        """The top-level names of what is imported."""
        return frozenset(module.partition(".")[0] for module in self.modules)


NOTHING = Source(modules=frozenset(), functions=frozenset(), methods=frozenset())


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file. Raises SourceError with the line of the mistake."""
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        raise SourceError(f"{path.name} is no valid Python: {error.msg} (line {error.lineno}).") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path.name} is no Python source: {error}.") from error


def read(path: Path) -> Source:
    """What the file at `path` imports and calls. Raises SourceError."""
    tree = parse(path)
    aliases = dict(_aliases(tree))
    named = [_call_name(node, aliases) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return Source(
        modules=frozenset(_modules(tree)),
        functions=frozenset(name for name, is_import in named if is_import),
        methods=frozenset(name for name, is_import in named if not is_import and name),
    )


def imported(source: bytes) -> frozenset[str]:
    """What a file of this text imports, as in `Source.modules`; nothing, if it is no Python."""
    try:
        return frozenset(_modules(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: nested too deeply for the parser
        return frozenset()


def local(*starts: Path, folders: Sequence[Path] | None = None) -> dict[Path, Source]:
    """The Python files at hand that `starts` import, directly or through one another, `starts` first.

    At hand means: in one of `folders`, the first in which Python would find it; None: the folder of the first start,
    where Python looks first for a script run directly. Of a package all its Python files count. A module that is no
    valid Python is a leaf. Raises SourceError for a start that is none.
    """
    found = {path: read(path) for path in starts}
    waiting = list(starts)
    looked_in = [starts[0].parent] if folders is None else folders
    while waiting:
        source = found[waiting.pop(0)]
        for package in sorted(source.packages):
            for path in module_files(looked_in, source.modules, package):
                if path not in found:
                    found[path] = read_if_valid(path)
                    waiting.append(path)
    return found


def module_files(folders: Sequence[Path], modules: Collection[str], name: str) -> list[Path]:
    """The files of the module or package of this top-level name in the first of `folders` that has it.

    A folder without `__init__.py` is a package if it holds one of `modules` (the dotted names that are imported).
    """
    for folder in folders:
        package, module = folder / name, folder / f"{name}.py"
        if (package / "__init__.py").is_file():
            return _python_files(package)
        if module.is_file():
            return [module]
        parts = [dotted.split(".") for dotted in modules if dotted.startswith(f"{name}.")]
        if any(_is_module(folder.joinpath(*dotted)) for dotted in parts):
            return _python_files(package)
    return []


def _is_module(path: Path) -> bool:
    return path.with_name(f"{path.name}.py").is_file() or (path / "__init__.py").is_file()


def _python_files(package: Path) -> list[Path]:
    found: list[Path] = []
    for folder, inner, names in os.walk(package):
        inner[:] = sorted(name for name in inner if not is_never(Path(folder, name)))
        found += [Path(folder, name) for name in sorted(names) if name.endswith(".py")]
    return found


def read_if_valid(path: Path) -> Source:
    """What the file at `path` imports and calls; nothing, if it cannot be read as Python."""
    try:
        return read(path)
    except (SourceError, OSError):
        return NOTHING


def _aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What each imported name stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.partition(".")[0]
                yield (name.asname, name.name) if name.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                yield name.asname or name.name, f"{node.module}.{name.name}"


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _call_name(call: ast.Call, aliases: dict[str, str]) -> tuple[str, bool]:
    """The name of what is called, and whether it leads to an import."""
    parts: list[str] = []
    target = call.func
    while isinstance(target, ast.Attribute):
        parts.append(target.attr)
        target = target.value
    if isinstance(target, ast.Name) and target.id in aliases:
        return ".".join([aliases[target.id], *reversed(parts)]), True
    return (parts[0] if parts else ""), False


def certain_imports(path: Path) -> list[tuple[str, int]]:
    """The top-level packages that a script imports whatever happens, with their lines.

    These are the plain statements at its top level; none, if it meddles with where Python looks (`sys.path`,
    `sys.meta_path`, `site`), since then nobody but the script itself can tell what it would find.
    """
    tree = parse(path)
    if any(_is_search_path(node) for node in ast.walk(tree)):
        return []
    found: list[tuple[str, int]] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [(name.name.partition(".")[0], node.lineno) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node.module.partition(".")[0], node.lineno))
    return found


def _is_search_path(node: ast.AST) -> bool:
    """Whether this is a mention of `sys.path` and its like."""
    match node:
        case ast.Attribute(value=ast.Name(id="sys" | "site")):
            return node.attr in {"path", "meta_path", "path_hooks", "addsitedir"}
        case ast.ImportFrom(module="sys" | "site"):
            return True
        case _:
            return False
