"""A package index of a few tiny wheels, made here: the real uv builds from it, and nothing leaves this machine."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from vitrina.apps.environments.environments import Environments
from vitrina.apps.environments.index import Index

STORIES = Path(__file__).parents[1] / "stories"


class Shop:
    """An index as a folder (PEP 503), into which wheels are put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    @property
    def index(self) -> Index:
        return Index(f"file://{self.folder}", "a test")

    def put(
        self,
        name: str,
        version: str,
        files: Mapping[str, str] | None = None,
        *,
        needs: tuple[str, ...] = (),
        entry_points: str = "",
    ) -> None:
        """Publish a wheel; by default it holds one module of its name that knows its version."""
        module = name.replace("-", "_")
        info = f"{module}-{version}.dist-info"
        content = dict(files if files is not None else {f"{module}.py": f"VERSION = {version!r}\n"})
        wanted = "".join(f"Requires-Dist: {line}\n" for line in needs)
        content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{wanted}"
        content[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        if entry_points:
            content[f"{info}/entry_points.txt"] = entry_points
        content[f"{info}/RECORD"] = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in content.items())
        shelf = self.folder / name
        shelf.mkdir(exist_ok=True)
        wheel = shelf / f"{module}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in content.items():
                archive.writestr(path, text)
        links = [
            f'<a href="{path.name}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}">{path.name}</a>'
            for path in sorted(shelf.glob("*.whl"))
        ]
        (shelf / "index.html").write_text("<!DOCTYPE html>" + "<br>".join(links))


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Has `greeting` 1.0 and 2.0, of which 2.0 needs `politeness`."""
    made = Shop(tmp_path / "index")
    made.put("greeting", "1.0")
    made.put("greeting", "2.0", needs=("politeness>=1",))
    made.put("politeness", "1.5")
    return made


@pytest.fixture
def environments_in(shop: Shop) -> Callable[[Path], Environments]:
    """Environments below a folder, of the shop."""

    def make(folder: Path, **options: object) -> Environments:
        return Environments(folder, index=shop.index, **options)  # type: ignore[arg-type]

    return make
