"""What an app needs installed, as text: lines as in a requirements file, from wherever its author wrote them down.

Only names, versions, extras and markers are taken. A direct reference, a path, or an option would let an app choose
where the hub fetches code from, which is the operator's to choose; each is refused with its line. Hashes are passed
over: the files that the hub's index offers have hashes of their own, which the lock of an environment holds.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrina.store.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "requirements.txt"
PROJECT = "pyproject.toml"

PYTHON_LINE = re.compile(r"^#\s*requires-python:\s*(?P<versions>\S.*?)\s*$", re.MULTILINE)
"""How the versions of Python that an app runs on are kept in the text."""

_INCLUDE = re.compile(r"^(?:-r\s*|--requirement[\s=]+)(?P<file>\S+)$")
_HASH = re.compile(r"\s--hash[\s=]\S+")
_BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""PEP 723's own expression, for the type `script`."""

ARCHIVES = (".whl", ".zip", ".tar.gz")
"""pip and uv take a name with such an end for a file, where there is one."""

NAMED_BYTES = 80


class RequirementsError(InvalidError):
    """What an app says it needs cannot be taken."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What an app needs: requirements as packaging writes them, each once, in the order given; and which Pythons."""

    lines: tuple[str, ...] = ()
    python: str = ""
    """A version specifier; empty: any."""


def parse(text: str, *, where: str = FILE) -> Needs:
    """What a text asks for; `where` names it in errors. Raises RequirementsError, which names the line."""
    found = dict.fromkeys(_requirement(line, f"{where} line {number}") for number, line in _logical_lines(text))
    python = PYTHON_LINE.search(text)
    return Needs(tuple(found), _versions(python["versions"], where) if python else "")


def read(path: Path) -> str:
    """A requirements file as text, with those that it includes (`-r`, below its own folder) in their places.

    Raises RequirementsError, also for what `parse` would refuse.
    """
    text = _with_included(path, path.parent, above=())
    parse(text, where=path.name)
    return text


def of_script(path: Path) -> str | None:
    """What a script says in its own block (PEP 723); None when it has none. Raises RequirementsError."""
    blocks = list(_BLOCK.finditer(path.read_text(encoding="utf-8", errors="replace")))
    if not blocks:
        return None
    if len(blocks) > 1:
        raise RequirementsError(f"{path.name} has {len(blocks)} blocks `# /// script`.", hint="Leave one.")
    lines = blocks[0]["content"].splitlines()
    content = "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines)
    return _of_table(_toml(content, path.name), where=f"{path.name}'s script block")


def of_project(path: Path) -> str | None:
    """What a pyproject.toml says its project needs; None when it says nothing. Raises RequirementsError."""
    table = _toml(path.read_text(encoding="utf-8"), path.name).get("project")
    if not isinstance(table, dict) or "dependencies" not in table:
        return None
    return _of_table(table, where=path.name)  # pyright: ignore[reportUnknownArgumentType]  it is looked at there


def of_app(root: Path, entry: Path, *, is_whole: bool) -> str:
    """What an app says by itself: its file's own block, else its folder's requirements.txt, else its pyproject.toml.

    The last two only where the whole folder `root` is the app. Empty when it says nothing. Raises RequirementsError.
    """
    if (said := of_script(entry)) is not None:
        return said
    return of_folder(root) if is_whole else ""


def of_folder(root: Path) -> str:
    """What a folder's requirements.txt says, else its pyproject.toml; empty when neither says anything.

    Raises RequirementsError.
    """
    if (root / FILE).is_file():
        return read(root / FILE)
    if (root / PROJECT).is_file():
        return of_project(root / PROJECT) or ""
    return ""


def observed(modules: Iterable[str], *, own: frozenset[str]) -> str:
    """The libraries that bring these modules (dotted names) here, each at the version that is installed now.

    `own` are the top-level names of the app's own modules. What is not installed is left out: it was only tried for.
    Raises RequirementsError for a library that no index has (installed from a folder or an address).
    """
    from importlib.metadata import distribution, packages_distributions

    imported = {name for name in modules if name.partition(".")[0] not in own | sys.stdlib_module_names | {"vitrina"}}
    providers, found = packages_distributions(), dict[str, str]()
    for module in sorted(imported):
        names = sorted(set(providers.get(module.partition(".")[0], ())))
        if len(names) > 1:  # a namespace of several libraries: those that have this very module
            names = [name for name in names if _has(distribution(name), module)]
        for name in names:
            found[name] = _pinned(distribution(name), module)
    return "".join(f"{line}\n" for line in sorted(found.values(), key=str.lower))


def _has(library: Any, module: str) -> bool:
    path = module.replace(".", "/")
    return any(str(file) == f"{path}.py" or str(file).startswith(f"{path}/") for file in library.files or ())


def _pinned(library: Any, module: str) -> str:
    name, version = library.metadata["Name"], library.version.partition("+")[0]
    if (library.read_text("direct_url.json") or "{}").strip() != "{}":
        raise RequirementsError(
            f"The app imports {module} of {name}, which is installed here from a folder or an address.",
            hint="Let its modules come along (log the folder that holds them), or publish it to your package index "
            "and write the requirements down.",
        )
    return f"{name}=={version}"


def _of_table(table: dict[str, Any], *, where: str) -> str:
    dependencies, python = table.get("dependencies", []), table.get("requires-python", "")
    if not isinstance(dependencies, list) or not all(isinstance(line, str) for line in dependencies):  # pyright: ignore[reportUnknownVariableType]  TOML: anything
        raise RequirementsError(f"The dependencies in {where} are no list of texts.")
    lines: list[str] = [_requirement(line, f"{where}: {line!r}") for line in dependencies]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    head = [f"# requires-python: {_versions(str(python), where)}"] if python else []
    return "".join(f"{line}\n" for line in [*head, *lines])


def _toml(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RequirementsError(f"What {where} says it needs cannot be read: {error}.") from error


def _versions(text: str, where: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return str(SpecifierSet(text))
    except InvalidSpecifier as error:
        raise RequirementsError(f"The versions of Python in {where} cannot be read: {text!r}.") from error


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; one that ends in a backslash goes on in the next."""
    whole, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        first = first or number
        whole += re.sub(r"(^|\s)#.*$", "", line)
        if whole.endswith("\\"):
            whole = whole[:-1] + " "
            continue
        if whole.strip():
            yield first, whole.strip()
        whole, first = "", 0
    if whole.strip():
        yield first, whole.strip()


def _requirement(line: str, place: str) -> str:
    """One line as packaging writes it. Raises RequirementsError."""
    from packaging.requirements import InvalidRequirement, Requirement

    shown = re.sub(r"//[^/@\s]*@", "//…@", line)[:NAMED_BYTES]  # what stands before @ may be a password
    if line.startswith("-"):
        option = re.split(r"[\s=]", line)[0]
        raise RequirementsError(
            f"{place} is an option ({option}), which an app may not have.",
            hint="Write names and versions only: where libraries come from is the hub's to choose.",
        )
    if "${" in line:
        raise RequirementsError(f"{place} asks for a variable: {shown}", hint="Write what it stands for.")
    try:
        read_as = Requirement(_HASH.sub("", f"{line} ").strip())
    except InvalidRequirement as error:
        if "/" in line:
            raise ElsewhereError(place, shown) from error
        said = str(error).partition("\n")[0]
        raise RequirementsError(f"{place} cannot be read ({said}): {shown}", hint="Write NAME or NAME>=1.2.") from error
    if read_as.url is not None or read_as.name.endswith(ARCHIVES):
        raise ElsewhereError(place, shown)
    return str(read_as)


class ElsewhereError(RequirementsError):
    """A requirement names a place to fetch from."""

    def __init__(self, place: str, shown: str) -> None:
        super().__init__(
            f"{place} leads to a file or an address: {shown}",
            hint="An app's libraries come from the hub's package index only; let modules of your own come along with "
            "the app.",
        )


def _with_included(path: Path, root: Path, *, above: tuple[Path, ...]) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequirementsError(f"{path.name} cannot be read: {error}.") from error
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = _INCLUDE.match(re.sub(r"(^|\s)#.*$", "", line).strip())
        if found is None:
            lines.append(line)
            continue
        inner = (path.parent / found["file"]).resolve()
        if inner in above or inner == path.resolve() or not inner.is_relative_to(root.resolve()):
            raise RequirementsError(f"{path.name} line {number} includes {found['file']}, which it may not.")
        lines.append(_with_included(inner, root, above=(*above, path.resolve())).rstrip("\n"))
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")
