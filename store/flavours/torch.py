"""Modules of PyTorch as exported programs: the graph with its weights (`torch.export`), which needs no class to load.

    log_model("net", net, example=batch)          a module is exported with its example, in evaluation mode
    log_model("net", torch.export.export(…))      or a program as it was exported

The first dimension of every input is free (rows), as far as the module lets it be. PyTorch says of such files "never
load data from an untrusted source": parts of them are pickled, so loading one runs code. Weights alone are kept without
any, by flavour `safetensors`: `log_model("weights", net.state_dict())`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import array_of, rows_of
from vitrina.store.frames import is_frame
from vitrina.store.libraries import comes_from

NAME = "torch"
RUNS_CODE = True
FILE, NAMED = "model.pt2", "model.json"
LIBRARIES = ("torch", "numpy")


@dataclass(frozen=True)
class Exported:
    """A program ready to be saved: what it was made of, and the columns that it takes where its example was a table."""

    program: Any
    made_of: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    """A loaded program. Call it as the module was called, with tensors; `columns` are those of its table, if any."""

    module: Any
    columns: tuple[str, ...] = ()

    def __call__(self, *tensors: Any) -> Any:
        return self.module(*tensors)


def claims(obj: object) -> bool:
    return _is_program(obj) or isinstance(obj, Exported) or comes_from(obj, "torch", named="Module")


def prepared(obj: Any, example: Any) -> Any:
    """A module as a program, traced with the example. Raises FlavourError without one, or where it cannot be traced."""
    if not comes_from(obj, "torch", named="Module"):
        return obj
    if example is None:
        raise FlavourError(
            f"A {type(obj).__name__} is kept as a program, which is made by asking it an example.",
            hint="Give a few rows: log_model(NAME, model, example=batch); or keep weights alone: model.state_dict().",
        )
    torch = library("torch", purpose="Exporting a torch module")
    columns = _columns(example)
    given = tuple(_twice(torch, one) for one in _tensors(torch, example, columns, like=_float_of(torch, obj)))
    free = tuple({0: torch.export.Dim.AUTO} if one.ndim else None for one in given)
    was_training = obj.training
    try:
        program = torch.export.export(obj.eval(), given, dynamic_shapes=free)
    except Exception as error:  # tracing runs the module, and raises what it and the compiler like
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise FlavourError(
            f"The module cannot be exported: {said}",
            hint="Export it as it should be (torch.export.export), or keep its weights: model.state_dict().",
        ) from error
    finally:
        obj.train(was_training)
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # paths of this machine
    return Exported(program, class_name(obj), columns)


def save(obj: Any, folder: Path) -> FlavourMeta:
    ready = obj if isinstance(obj, Exported) else Exported(obj, class_name(obj))
    torch = library("torch", purpose="Saving a torch module")
    if not _is_program(ready.program):
        raise FlavourError("A module is saved with an example.", hint="log_model(NAME, model, example=batch)")
    buffer = io.BytesIO()
    torch.export.save(ready.program, buffer)
    (folder / FILE).write_bytes(buffer.getvalue())
    (folder / NAMED).write_text(json.dumps({"columns": list(ready.columns)}) + "\n")
    return FlavourMeta(NAME, releases(LIBRARIES), ready.made_of)


def load(folder: Path) -> Any:
    torch = library("torch", purpose="Loading a torch program")
    try:
        columns = tuple(str(name) for name in json.loads((folder / NAMED).read_bytes())["columns"])
        with (folder / FILE).open("rb") as file:
            return Program(torch.export.load(file).module(), columns)
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {Path(error.filename).name} in {folder}.") from error
    except (RuntimeError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        said = str(error).strip().partition("\n")[0]
        raise FlavourError(f"{folder / FILE} cannot be loaded: {said}.") from error


def predict(model: Any, x: Any) -> Any:
    """The output as an array; several outputs as a dict of arrays by name."""
    torch = library("torch", purpose="Asking a torch program")
    asked, columns = _asked(model)
    wanted = [node.meta["val"].dtype for node in asked.graph.nodes if node.op == "placeholder" and "val" in node.meta]
    given = _tensors(torch, x, columns, like=None)
    with torch.no_grad():
        found = asked(*(one.to(kind) for one, kind in zip(given, wanted or [one.dtype for one in given], strict=True)))
    match found:
        case Mapping():
            named = cast("Mapping[str, Any]", found)
            return {str(name): array_of(one) for name, one in named.items()}
        case tuple() | list():
            several = cast("list[Any]", found)
            arrays = [array_of(one) for one in several]
            return arrays[0] if len(arrays) == 1 else {f"output_{n}": one for n, one in enumerate(arrays)}
        case _:
            return array_of(found)


def _asked(model: Any) -> tuple[Any, tuple[str, ...]]:
    """What answers, and the columns that it takes."""
    match model:
        case Program():
            return model.module, model.columns
        case Exported():
            return model.program.module(), model.columns
        case _:
            return (model.module() if _is_program(model) else model), ()


def _tensors(torch: Any, x: Any, columns: tuple[str, ...], *, like: Any) -> list[Any]:
    """The inputs: one table or array, or a tuple of several; fractions in the type `like`, unless that is None."""
    if isinstance(x, tuple):
        return [one for part in cast("tuple[Any, ...]", x) for one in _tensors(torch, part, (), like=like)]
    given: Any = x
    found = given if comes_from(given, "torch", named="Tensor") else torch.tensor(array_of(given, columns or None))
    return [found.to(like) if like is not None and found.is_floating_point() else found]


def _twice(torch: Any, rows: Any) -> Any:
    """A single row twice: of one, a program would learn that there is never another."""
    return torch.cat([rows, rows]) if rows.ndim and rows.shape[0] == 1 else rows


def _columns(example: Any) -> tuple[str, ...]:
    rows = rows_of(example)
    if rows is not None:
        return tuple(rows[0])
    return tuple(str(name) for name in example.columns) if is_frame(example) and hasattr(example, "columns") else ()


def _float_of(torch: Any, module: Any) -> Any:
    """The type of the module's weights, in which it takes fractions."""
    return next((one.dtype for one in module.parameters() if one.is_floating_point()), torch.get_default_dtype())


def _is_program(obj: object) -> bool:
    return comes_from(obj, "torch", named="ExportedProgram")
