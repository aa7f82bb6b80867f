"""Pipelines of Hugging Face transformers: weights as safetensors, tokenizer, configuration and task, from files only.

Nothing is fetched: what is loaded lies in the folder. Code that a model brings along (`auto_map` in its configuration,
which `trust_remote_code` would run) is refused, and so are weights that are pickled.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import rows_of
from vitrina.store.frames import is_frame
from vitrina.store.libraries import comes_from

NAME = "transformers"
NAMED = "pipeline.json"
LIBRARIES = ("transformers", "tokenizers", "safetensors", "torch", "numpy")
PICKLED = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".h5", ".msgpack")
PARTS = ("tokenizer", "image_processor", "feature_extractor", "processor")


def claims(obj: object) -> bool:
    return comes_from(obj, "transformers", named="Pipeline")


def save(obj: Any, folder: Path) -> FlavourMeta:
    obj.save_pretrained(folder)
    parts = [name for name in PARTS if getattr(obj, name, None) is not None]
    (folder / NAMED).write_text(json.dumps({"task": obj.task, "parts": parts}) + "\n")
    _refuse_code(folder)
    return FlavourMeta(NAME, releases(LIBRARIES), class_name(obj.model))


def load(folder: Path) -> Any:
    transformers = library("transformers", purpose="Loading a pipeline of transformers")
    try:
        named = cast("dict[str, Any]", json.loads((folder / NAMED).read_bytes()))
        _refuse_code(folder)
        given = {part: str(folder) for part in named["parts"] if part in PARTS}
        return transformers.pipeline(
            str(named["task"]),
            model=str(folder),
            **given,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {NAMED} in {folder}.") from error
    except (ValueError, KeyError, TypeError, OSError) as error:
        said = str(error).strip().partition("\n")[0]
        raise FlavourError(f"{folder} cannot be loaded as a pipeline: {said}.") from error


def predict(model: Any, x: Any) -> Any:
    """One answer a row: a dict, such as a label and its score, or what the pipeline gives."""
    asked = _texts(x)
    found = model(asked)
    return [one[0] if isinstance(one, list) and len(cast("list[Any]", one)) == 1 else one for one in found]


def _texts(x: Any) -> list[Any]:
    """The inputs one by one: texts of a list, an array or the only column of a table."""
    rows = rows_of(x)
    if rows is not None:
        return [_only(row) for row in rows]
    if isinstance(x, str):
        return [x]
    if is_frame(x) and hasattr(x, "columns"):
        if len(x.columns) != 1:
            raise FlavourError("A pipeline takes one column.", hint=f"There are {len(x.columns)}.")
        x = x[x.columns[0]]
    return [str(one) if type(one).__name__ == "str_" else one for one in x]


def _only(row: dict[str, Any]) -> Any:
    if len(row) != 1:
        raise FlavourError("A pipeline takes one field a row.", hint=f"This one has {', '.join(row)}.")
    return next(iter(row.values()))


def _refuse_code(folder: Path) -> None:
    """Raises FlavourError for files that are, or name, code."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in {*PICKLED, ".py"}:
            raise FlavourError(f"{path.name} is code or pickled, which is not loaded.", hint="Keep safetensors only.")
        if path.suffix == ".json" and b'"auto_map"' in path.read_bytes():
            raise FlavourError(f"{path.name} names code that the model brings along (auto_map), which is not run.")
