"""Weights alone: tensors of PyTorch or NumPy by name, as safetensors. There is no code in the file.

    log_model("weights", net.state_dict())

What is loaded are the tensors; the program that asks them builds its module, and gives it them (`load_state_dict`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, library, releases
from vitrina.store.libraries import comes_from

NAME = "safetensors"
FILE = "model.safetensors"
OF_TORCH = {"of": "torch"}


def claims(obj: object) -> bool:
    """A dict that is not empty, all of whose values are tensors of one library."""
    if not isinstance(obj, Mapping) or not obj:
        return False
    values = list(cast("Mapping[object, object]", obj).values())
    return all(_is_tensor(value) for value in values) or all(_is_array(value) for value in values)


def save(obj: Any, folder: Path) -> FlavourMeta:
    of_torch = _is_tensor(next(iter(obj.values())))
    if of_torch:
        # Layers may share a tensor, which the format does not know: each is written as it is.
        tensors = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in obj.items()}
        library("safetensors.torch", purpose="Saving weights").save_file(tensors, folder / FILE, metadata=OF_TORCH)
    else:
        numpy = library("numpy", purpose="Saving weights")
        arrays = {name: numpy.ascontiguousarray(array) for name, array in obj.items()}
        library("safetensors.numpy", purpose="Saving weights").save_file(arrays, folder / FILE)
    return FlavourMeta(NAME, releases(("safetensors", "torch" if of_torch else "numpy")))


def load(folder: Path) -> Any:
    safetensors = library("safetensors", purpose="Loading weights")
    if not (folder / FILE).is_file():
        raise FlavourError(f"There is no {FILE} in {folder}.")
    try:
        with safetensors.safe_open(folder / FILE, framework="numpy") as opened:
            of_torch = opened.metadata() == OF_TORCH
        reader = library(f"safetensors.{'torch' if of_torch else 'numpy'}", purpose="Loading weights")
        return reader.load((folder / FILE).read_bytes())
    except safetensors.SafetensorError as error:
        raise FlavourError(f"{folder / FILE} cannot be loaded: {error}.") from error


def predict(model: Any, x: Any) -> Any:
    raise FlavourError(
        "This version is weights alone: there is no model to ask.",
        hint="Build the module, and give it what load() gives: net.load_state_dict(version.load()).",
    )


def _is_tensor(value: object) -> bool:
    return comes_from(value, "torch", named="Tensor")


def _is_array(value: object) -> bool:
    return comes_from(value, "numpy", named="ndarray")
