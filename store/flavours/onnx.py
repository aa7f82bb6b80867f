"""Models in ONNX, asked by onnxruntime on the processor: a `ModelProto`, or on request the path of an .onnx file.

    log_model("classifier", "model.onnx", flavour="onnx")

What is loaded is an `onnxruntime.InferenceSession`; asking it needs no other library, whatever the model was made with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import array_of, rows_of
from vitrina.store.frames import is_frame
from vitrina.store.libraries import comes_from

NAME = "onnx"
FILE = "model.onnx"
LIBRARIES = ("onnxruntime", "numpy")
ON = ["CPUExecutionProvider"]

TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
    **{f"tensor({name})": name for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")},
}


def claims(obj: object) -> bool:
    return comes_from(obj, "onnx", named="ModelProto")


def save(obj: Any, folder: Path) -> FlavourMeta:
    saved = Path(obj).read_bytes() if isinstance(obj, str | Path) else _bytes(obj)
    (folder / FILE).write_bytes(saved)
    load(folder)
    cls = None if isinstance(obj, str | Path) else class_name(obj)
    return FlavourMeta(NAME, releases(LIBRARIES), cls)


def load(folder: Path) -> Any:
    runtime = library("onnxruntime", purpose="Loading an ONNX model")
    if not (folder / FILE).is_file():
        raise FlavourError(f"There is no {FILE} in {folder}.")
    try:
        # From bytes, so that data in other files beside it cannot be named.
        return runtime.InferenceSession((folder / FILE).read_bytes(), providers=ON)
    except Exception as error:  # onnxruntime raises some thirty classes that share nothing but this one
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FlavourError(f"{folder / FILE} cannot be loaded: {said}.") from error


def predict(model: Any, x: Any) -> Any:
    """The one output, or of a classifier its classes; of several outputs a dict of their arrays by name."""
    found = _outputs(model, x)
    values = list(found.values())
    return values[0] if len(values) == 1 or _chances(values) is not None else found


def chances(model: Any, x: Any) -> Sequence[Mapping[str, float]] | None:
    """Every class with its chance, for each row, where the second output is a dict of them; None for all else."""
    found = _chances(list(_outputs(model, x).values()))
    return None if found is None else [{str(name): float(one) for name, one in row.items()} for row in found]


def _chances(values: list[Any]) -> list[dict[Any, float]] | None:
    """What converters write for a classifier: classes, then for each row a dict of chances."""
    if len(values) != 2 or not isinstance(values[1], list):
        return None
    rows = cast("list[Any]", values[1])
    return rows if all(isinstance(row, dict) for row in rows) else None


def _outputs(model: Any, x: Any) -> dict[str, Any]:
    session = model if hasattr(model, "run") else _session(model)
    given = {one.name: one for one in session.get_inputs()}
    names = [one.name for one in session.get_outputs()]
    return dict(zip(names, session.run(None, _feeds(given, x)), strict=True))


def _feeds(given: Mapping[str, Any], x: Any) -> dict[str, Any]:
    """The inputs by name: of a dict of arrays, of a frame or rows with such columns, or all columns as the only one."""
    given_x: object = x
    named = cast("dict[str, Any]", x) if isinstance(given_x, Mapping) else dict[str, Any]()
    if len(given) == 1 and set(named) != set(given):
        ((name, one),) = given.items()
        return {name: _typed(one, array_of(x))}
    rows = None if _holds_arrays(named) else rows_of(x)
    if rows is None and not named and not is_frame(x):
        raise FlavourError("The model takes several inputs by name.", hint=f"They are {', '.join(given)}.")
    columns: Any = x if rows is None else {name: [row.get(name) for row in rows] for name in rows[0]}
    if missing := [name for name in given if name not in columns]:
        raise FlavourError(f"There is no input {missing[0]!r}.", hint=f"Inputs are {', '.join(given)}.")
    return {name: _typed(one, array_of(list(columns[name]))) for name, one in given.items()}


def _holds_arrays(named: Mapping[str, Any]) -> bool:
    return any(hasattr(one, "__len__") and not isinstance(one, str) for one in named.values())


def _typed(one: Any, array: Any) -> Any:
    """An array in the type of an input; a column, where the input is a table of one column."""
    wanted = TYPES.get(one.type)
    if wanted is None:
        raise FlavourError(f"The input {one.name!r} is a {one.type}, which is not asked here.")
    shaped = array.reshape(-1, 1) if array.ndim == 1 and len(one.shape) == 2 else array
    return shaped.astype(wanted)


def _session(model: Any) -> Any:
    runtime = library("onnxruntime", purpose="Asking an ONNX model")
    return runtime.InferenceSession(_bytes(model), providers=ON)


def _bytes(model: Any) -> bytes:
    try:
        return model.SerializeToString(deterministic=True)
    except ValueError as error:  # protobuf's limit
        raise FlavourError(
            "The model is larger than 2 GB, which one file of ONNX cannot hold.",
            hint="Write it with its data beside it, and log that folder: log_model(NAME, FOLDER).",
        ) from error
