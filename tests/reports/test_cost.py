"""What looking up costs: questions to the store do not grow with what a document shows of the same things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from vitrina.reports import Reader, parse, resolve
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref

MODEL = "acme/churn/models/classifier"
HOME = parse_ref("acme/churn")


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)


def queries(store: Store, text: str) -> int:
    with counted(store) as asked:
        resolve(parse(text), Reader(store, home=HOME))
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in asked)


def test_twenty_values_cost_as_much_as_one(sample: Store) -> None:
    value = f"[0.9]({MODEL}@1.2.0#metrics.auc) [0.1]({MODEL}@1.2.0#inputs.lr)\n"
    assert queries(sample, value * 10) == queries(sample, value)


def test_a_table_of_all_runs_costs_as_much_as_one_of_a_few(sample: Store) -> None:
    one = queries(sample, "```runs\nruns: tag:old\n```")
    assert queries(sample, "```runs\n```") == one


def test_things_are_looked_up_together(sample: Store) -> None:
    """Finding each costs its own few questions; all that hangs on them is asked for once."""
    few = queries(sample, f"{MODEL}@1.2.0\n")
    many = queries(sample, f"{MODEL}@1.2.0\n\n{MODEL}@1.1.0\n\n{MODEL}@1.0.0\n")
    finding = queries(sample, f"a [b]({MODEL}@1.2.0) c")
    assert many - few <= 2 * finding
