"""Try a model: change what goes in, and its answer follows. Made by Vitrina; yours to change.

The answer stands beside that of the version that was in production when the app started, if that is another one.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import gradio as gr
from fields import Form, as_input, check, from_text, listed, read_form
from widgets import value, widget

from vitrina.apps import served
from vitrina.store.errors import VitrinaError

MOST_WIDGETS = 60
"""A model of more inputs is asked by its table only."""

MOST_ROWS = 1000
NO_ANSWER = "no answer to this"

MOST_CLASSES = 5
"""Of a classifier, so many are shown with their chances."""

FORM = read_form(Path(__file__).parent / "form.json")
VERSION = served()
VERSION.model()  # loaded before anybody comes


def rival(form: Form) -> Any:
    """The version in production, where it is another one and takes the same inputs."""
    found = VERSION.production()
    if found is None or found.signature is None:
        return None
    names = {field.name for field in form.fields}
    return found if {str(one["name"]) for one in found.signature["inputs"]} <= names else None


PRODUCTION = rival(FORM)
HEADS = [f"{VERSION.version} answers"] + ([f"{PRODUCTION.version}, in production"] if PRODUCTION else [])


def row_of(*shown: Any) -> Any:
    """What stands in the widgets, as a row. Raises gr.Error, which says what does not fit."""
    values = {field.name: value(field, one) for field, one in zip(FORM.fields, shown, strict=True)}
    return values if FORM.is_frame else values[FORM.fields[0].name]


def asked(version: Any, rows: list[Any]) -> list[Any]:
    """A version's answers to rows. Raises gr.Error."""
    taken, mistakes = check(FORM, rows)
    if mistakes:
        first = mistakes[0]
        raise gr.Error(f"{first.field or 'The row'} takes {first.wanted}; {first.given} came.", print_exception=False)
    try:
        return listed(version.predict(as_input(FORM, taken)))
    except VitrinaError as error:
        raise gr.Error(error.message, print_exception=False) from error


def beside(rows: list[Any]) -> list[Any]:
    """The answers of the version in production; where it has none, this one's stand all the same."""
    try:
        return asked(PRODUCTION, rows)
    except gr.Error:
        return [NO_ANSWER] * len(rows)


def chances(version: Any, row: Any) -> dict[str, float] | None:
    """How sure a classifier is of each class; None: the model does not say."""
    taken, _ = check(FORM, [row])
    try:
        found = version.chances(as_input(FORM, taken))
    except VitrinaError:
        return None
    return dict(found[0]) if found else None


def answers(*shown: Any) -> Any:
    """Each version's answer to what stands in the widgets; of one version alone, as Gradio has it, no list."""
    row = row_of(*shown)
    found = [shown_as(asked(VERSION, [row])[0], chances(VERSION, row))]
    if PRODUCTION:
        found.append(shown_as(beside([row])[0], chances(PRODUCTION, row)))
    return found if len(found) > 1 else found[0]


def record(note: str, *shown: Any) -> str:
    """Keep what goes in and comes out, with what somebody says of it, in the version's feedback; how that went."""
    row = row_of(*shown)
    output = {VERSION.version: asked(VERSION, [row])[0]}
    output |= {PRODUCTION.version: beside([row])[0]} if PRODUCTION else {}
    became = VERSION.record(row, output, note=note, flag="wrong")
    return f"Thank you: it is kept with {VERSION.version}." if became else became.value


def shown_as(answer: Any, sure: dict[str, float] | None) -> Any:
    """An answer as it is read: the chances of classes, a number in few digits, several values line by line."""
    match answer:
        case _ if sure:
            return sure
        case dict():
            return "\n".join(f"{name}: {shown_as(one, None)}" for name, one in answer.items())
        case list():
            return ", ".join(str(shown_as(one, None)) for one in answer)
        case bool():
            return "yes" if answer else "no"
        case float():
            return f"{answer:,.0f}" if abs(answer) >= 1e5 else f"{answer:.4g}"
        case None:
            return "no number"
        case _:
            return str(answer)


def table(cells: list[list[Any]]) -> list[list[Any]]:
    """Each version's answer to every row of the table."""
    lines = [line for line in cells if any(str(cell).strip() for cell in line if cell is not None)]
    if not lines:
        raise gr.Error("The table is empty.", print_exception=False)
    if len(lines) > MOST_ROWS:
        raise gr.Error(f"The table has {len(lines)} rows; {MOST_ROWS} are asked at once.", print_exception=False)
    rows = [as_row(line) for line in lines]
    found = [asked(VERSION, rows), *([beside(rows)] if PRODUCTION else [])]
    columns = [[shown_as(answer, None) for answer in answers] for answers in found]
    return [list(line) for line in zip(*columns, strict=True)]


def as_row(line: list[Any]) -> Any:
    values = {
        field.name: from_text(field, "" if cell is None else str(cell))
        for field, cell in zip(FORM.fields, line, strict=False)
    }
    return values if FORM.is_frame else values[FORM.fields[0].name]


def read(path: str) -> list[list[str]]:
    """The rows of a CSV file, its columns in the order of the table. Raises gr.Error."""
    names = [field.name for field in FORM.fields]
    with Path(path).open(newline="", encoding="utf-8-sig", errors="replace") as file:
        lines = csv.DictReader(file)
        if missing := [name for name in names if name not in (lines.fieldnames or ())]:
            raise gr.Error(f"The file has no column {missing[0]!r}.", print_exception=False)
        return [[line[name] or "" for name in names] for line, _ in zip(lines, range(MOST_ROWS), strict=False)]


def examples() -> list[list[Any]]:
    """The rows that the model was logged with, as a table."""
    cells = [[row[field.name] for field in FORM.fields] if FORM.is_frame else [row] for row in FORM.examples]
    return [["" if cell is None else cell for cell in line] for line in cells] or [[""] * len(FORM.fields)]


has_form = len(FORM.fields) <= MOST_WIDGETS
has_table = all(field.kind in {"number", "text", "bool", "time", "choice"} for field in FORM.fields)
compared = f", beside **{PRODUCTION.version}**, which is in production" if PRODUCTION else ""

with gr.Blocks(title=f"{FORM.title} {VERSION.version}: demo") as demo:
    gr.Markdown(f"# {FORM.title}\nChange what goes in. **{VERSION.version}** answers{compared}.")
    with gr.Tabs():
        if has_form:
            with gr.Tab("One"), gr.Row():
                with gr.Column(scale=2), gr.Row(elem_id="inputs"):
                    single = len(FORM.fields) == 1
                    widgets = [widget(field, label="Input" if single else None) for field in FORM.fields]
                with gr.Column(scale=1):
                    shown = [gr.Label(label=head, num_top_classes=MOST_CLASSES) for head in HEADS]
                    with gr.Accordion("Is it wrong?", open=False):
                        note = gr.Textbox(label="What would you have expected?", lines=2)
                        flag = gr.Button("Tell those who made it", size="sm")
                        became = gr.Markdown()
            flag.click(record, [note, *widgets], became)
            gr.on(
                [demo.load, *(one.change for one in widgets)],
                answers,
                widgets,
                shown,
                trigger_mode="always_last",
                show_progress="hidden",
            )
        if has_table:
            with gr.Tab("Many"):
                names = [field.name for field in FORM.fields]
                asking = gr.Dataframe(examples(), headers=names, type="array", label="Rows", interactive=True)
                with gr.Row():
                    upload = gr.UploadButton("Take the rows of a CSV file", file_types=[".csv"], type="filepath")
                    run = gr.Button("Predict", variant="primary")
                told = gr.Dataframe(headers=HEADS, label="Answers", interactive=False)
            upload.upload(read, upload, asking)
            run.click(table, asking, told)

if __name__ == "__main__":
    demo.launch(theme=gr.themes.Default(primary_hue="teal"))
