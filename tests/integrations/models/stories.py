"""One small model of every library, with what the library itself answers: run by tests/integrations/test_flavours.py,
in an environment that has these libraries.

    python stories.py log KIND      logs it, and prints what it answers and the reference of its version
    python stories.py ask REF       gets it from the store, in a process that never saw the model, and asks it
    python stories.py serve FOLDER  asks it as an app does, and by the source of its predict service, out of FOLDER
    python stories.py refuse FOLDER what is said of models that are code in disguise, and of files that somebody changed
"""

from __future__ import annotations

import json
import os
import sys
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROWS = 200
RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(
    {"age": RNG.uniform(18, 90, ROWS), "income": RNG.uniform(0, 9, ROWS), "debts": RNG.uniform(0, 3, ROWS)}
)
RISK = (TABLE["debts"] * 3 + RNG.normal(0, 0.5, ROWS) > TABLE["income"]).to_numpy()
WORDS = np.where(RISK, "risk", "safe")
POINTS = TABLE.to_numpy(dtype="float32")


@dataclass(frozen=True)
class Story:
    """A model, rows that it takes, and what its own library says to them; more of what `log_model` is told."""

    model: Any
    example: Any
    answers: Any
    flavour: str | None = None
    has_service: bool = True


def xgboost_classifier() -> Story:
    from xgboost import XGBClassifier

    model = XGBClassifier(n_estimators=8, max_depth=3).fit(TABLE, RISK.astype(int))
    return Story(model, TABLE[:5], model.predict(TABLE[:5]))


def xgboost_booster() -> Story:
    import xgboost

    model = xgboost.train({"max_depth": 3}, xgboost.DMatrix(TABLE, RISK.astype(float)), num_boost_round=8)
    return Story(model, TABLE[:5], model.predict(xgboost.DMatrix(TABLE[:5])))


def xgboost_regressor_of_an_array() -> Story:
    from xgboost import XGBRegressor

    model = XGBRegressor(n_estimators=8).fit(POINTS, POINTS[:, 0])
    return Story(model, POINTS[:5], model.predict(POINTS[:5]))


def lightgbm_classifier() -> Story:
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(n_estimators=8, verbose=-1).fit(TABLE, WORDS)
    return Story(model, TABLE[:5], model.predict(TABLE[:5]))


def lightgbm_classifier_of_three() -> Story:
    from lightgbm import LGBMClassifier

    thirds = np.digitize(TABLE["age"], [40, 65]) * 10
    model = LGBMClassifier(n_estimators=8, verbose=-1).fit(TABLE, thirds)
    return Story(model, TABLE[:5], model.predict(TABLE[:5]))


def lightgbm_booster() -> Story:
    import lightgbm

    model = lightgbm.train({"verbose": -1}, lightgbm.Dataset(TABLE, RISK.astype(float)), num_boost_round=8)
    return Story(model, TABLE[:5], model.predict(TABLE[:5]))


def catboost_classifier_with_a_text_column() -> Story:
    from catboost import CatBoostClassifier

    table = TABLE.assign(plan=np.where(TABLE["age"] > 50, "free", "paid").astype(object))
    thirds = np.array(["low", "middle", "high"])[np.digitize(TABLE["age"], [40, 65])]
    model = CatBoostClassifier(iterations=8, verbose=False, allow_writing_files=False)
    model.fit(table, thirds, cat_features=["plan"])
    return Story(model, table[:5], model.predict(table[:5])[:, 0])


def catboost_regressor() -> Story:
    from catboost import CatBoostRegressor

    model = CatBoostRegressor(iterations=8, verbose=False, allow_writing_files=False).fit(TABLE, TABLE["age"])
    return Story(model, TABLE[:5], model.predict(TABLE[:5]))


def onnx_classifier() -> Story:
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(POINTS, WORDS)
    return Story(to_onnx(fitted, POINTS[:1]), POINTS[:5], fitted.predict(POINTS[:5]))


def onnx_regressor_of_columns() -> Story:
    from skl2onnx import to_onnx
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    scale = make_column_transformer((StandardScaler(), ["age", "income"]), ("passthrough", ["debts"]))
    fitted = make_pipeline(scale, LinearRegression()).fit(TABLE, TABLE["age"] * 2)
    return Story(to_onnx(fitted, TABLE[:1].astype("float32")), TABLE[:5], fitted.predict(TABLE[:5])[:, None])


def torch_module() -> Story:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Dropout(0.5), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    with torch.no_grad():
        answers = model.eval()(torch.from_numpy(POINTS[:5])).numpy()
    return Story(model.train(), torch.from_numpy(POINTS[:5]), answers)


def torch_module_of_columns() -> Story:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1)).eval()
    with torch.no_grad():
        answers = model(torch.from_numpy(POINTS[:5])).numpy()
    return Story(model, TABLE[:5], answers)


def torch_program_of_images() -> Story:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 3))
    images = torch.rand(4, 1, 8, 8)
    program = torch.export.export(model.eval(), (images,), dynamic_shapes=({0: torch.export.Dim.AUTO},))
    with torch.no_grad():
        return Story(program, images, model(images).numpy())


def keras_model() -> Story:
    os.environ["KERAS_BACKEND"] = "torch"  # else it asks for TensorFlow; who loads the model finds one by itself
    import keras

    keras.utils.set_random_seed(0)
    rows = keras.Input((3,), name="rows")
    hidden = keras.layers.Dense(8, activation="relu")(keras.layers.Normalization(mean=0.5, variance=2.0)(rows))
    model = keras.Model(rows, keras.layers.Dense(2, activation="softmax")(hidden))
    model.compile("adam", "categorical_crossentropy")
    return Story(model, POINTS[:5], model.predict(POINTS[:5], verbose=0))


def transformers_pipeline() -> Story:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, pipeline

    torch.manual_seed(0)
    words = ["[PAD]", "[UNK]", "good", "bad", "film", "a"]
    tokens = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, pad_token="[PAD]", unk_token="[UNK]")
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(words), id2label={0: "no", 1: "yes"}, label2id={"no": 0, "yes": 1}, **size)
    model = pipeline("text-classification", model=BertForSequenceClassification(config).eval(), tokenizer=tokenizer)
    texts = ["a good film", "a bad film", "film"]
    return Story(model, texts, model(texts))


def safetensors_weights() -> Story:
    import torch

    torch.manual_seed(0)
    weights = torch.nn.Linear(3, 2).state_dict()
    return Story(weights, None, {name: tensor.tolist() for name, tensor in weights.items()}, has_service=False)


STORIES: tuple[Callable[[], Story], ...] = (
    xgboost_classifier,
    xgboost_booster,
    xgboost_regressor_of_an_array,
    lightgbm_classifier,
    lightgbm_classifier_of_three,
    lightgbm_booster,
    catboost_classifier_with_a_text_column,
    catboost_regressor,
    onnx_classifier,
    onnx_regressor_of_columns,
    torch_module,
    torch_module_of_columns,
    torch_program_of_images,
    keras_model,
    transformers_pipeline,
    safetensors_weights,
)


def log(kinds: list[str]) -> dict[str, Any]:
    """Every model of these kinds twice: the second time the same bytes have to be the same version."""
    from vitrina import tracking

    by_name = {story.__name__: story for story in STORIES}
    told: dict[str, Any] = {}
    for kind in kinds:
        story = by_name[kind]()
        name = kind.replace("_", "-")
        with tracking.run(kind, project="acme/zoo", track_env=False, track_code=False):
            given = {"example": story.example, "flavour": story.flavour, "demo": story.has_service}
            version = tracking.log_model(name, story.model, **given)
            again = tracking.log_model(name, story.model, example=story.example, flavour=story.flavour)
        told[kind] = {
            "ref": version.ref,
            "again": again.ref,
            "flavour": version.flavour,
            "answers": plain_of(story.answers),
            "fields": [field["name"] for field in (version.signature or {}).get("inputs", ())],
            "environment": dict(version.environment),
            "service": story.has_service,
        }
    return told


def ask(refs: list[str]) -> dict[str, Any]:
    """What the versions answer to the examples that were kept, and how they refuse what they do not take."""
    from vitrina import tracking
    from vitrina.store.errors import VitrinaError
    from vitrina.store.signature import typed

    told: dict[str, Any] = {}
    for ref in refs:
        version = tracking.get_version(ref)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = version.load()
        warned = sorted({one.category.__name__ for one in caught if "flavour" in str(one.message)})
        if version.signature is None:
            told[ref] = {"answers": plain_of(model), "warned": warned, "refused": ""}
            continue
        rows = typed(version.signature, version.signature["examples"])
        wrong = rows.rename(columns={"age": "years"}) if hasattr(rows, "columns") else [["x", "y"]]
        try:
            version.predict(wrong)
            refused = ""
        except VitrinaError as error:
            refused = f"{type(error).__name__}: {error}"
        told[ref] = {"answers": plain_of(version.predict(rows)), "warned": warned, "refused": refused}
    return told


def serve(folder: Path) -> Any:
    """What the predict service of a version answers to the examples, with nothing of the store at hand."""
    sys.path.insert(0, str(folder))
    import app  # pyright: ignore[reportMissingImports] - the service's own source

    examples = json.loads((folder / "form.json").read_text())["examples"]
    body = json.dumps({"instances": examples}).encode()
    told = app.predict(body, "application/json")["predictions"]
    heavy = [
        name for name in ("sqlalchemy", "alembic", "fastapi", "vitrina.hub", "vitrina.tracking") if name in sys.modules
    ]
    return {"answers": told, "loaded": heavy}


def refuse(folder: Path) -> dict[str, str]:
    """What is said of a module without an example, of code in a Keras model, and of files that somebody changed."""
    import keras
    import torch

    from vitrina.store import flavours

    told: dict[str, str] = {}

    def note(name: str, call: Callable[[], Any]) -> None:
        try:
            call()
            told[name] = "nothing"
        except flavours.FlavourError as error:
            told[name] = str(error)

    linear = torch.nn.Linear(3, 1)
    note("no example", lambda: flavours.prepared(linear, example=None))
    layers = [keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2)]
    note("lambda", lambda: flavours.save(keras.Sequential(layers), folder / "lambda"))

    flavours.save(keras_model().model, folder / "keras")
    with zipfile.ZipFile(folder / "keras" / "model.keras") as opened:
        entries = {name: opened.read(name) for name in opened.namelist()}
    entries["config.json"] = entries["config.json"].replace(b'"keras.layers"', b'"subprocess"')
    with zipfile.ZipFile(folder / "keras" / "model.keras", "w") as written:
        for name, entry in entries.items():
            written.writestr(name, entry)
    note("tampered", lambda: flavours.load("keras", folder / "keras"))

    flavours.save(transformers_pipeline().model, folder / "pipe")
    config = folder / "pipe" / "config.json"
    kept = config.read_text()
    config.write_text(json.dumps({**json.loads(kept), "auto_map": {"AutoModel": "own.Model"}}))
    note("auto_map", lambda: flavours.load("transformers", folder / "pipe"))
    config.write_text(kept)
    (folder / "pipe" / "pytorch_model.bin").write_bytes(b"")
    note("pickled weights", lambda: flavours.load("transformers", folder / "pipe"))
    return told


def plain_of(value: Any) -> Any:
    from vitrina.store.charts.data import plain

    if isinstance(value, dict):
        return {name: plain_of(one) for name, one in value.items()}
    return plain(value.tolist() if hasattr(value, "tolist") else value)


def no_network() -> None:
    """Whoever connects to another machine from here fails, and is named."""
    import socket

    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"{address} was to be reached")

    socket.socket.connect = refuse  # type: ignore[method-assign]


if __name__ == "__main__":
    no_network()
    verb, *rest = sys.argv[1:]
    match verb:
        case "log":
            told = log(rest)
        case "ask":
            told = ask(rest)
        case "serve":
            told = serve(Path(rest[0]))
        case "refuse":
            told = refuse(Path(rest[0]))
        case _:
            raise SystemExit(2)
    sys.stdout.write(json.dumps(told) + "\n")
