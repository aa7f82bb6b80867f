"""A run that is going on: every call that logs, as its method, and its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType

from vitrina.store.errors import VitrinaError
from vitrina.store.records import Status
from vitrina.tracking import (
    about,
    apps,
    artifacts,
    curves,
    datasets,
    last_words,
    mixture,
    models,
    objects,
    promotions,
    reading,
    readmes,
    surroundings,
    values,
)
from vitrina.tracking.connections import Connection
from vitrina.tracking.current import CURRENT
from vitrina.tracking.endings import Ending, ending_of
from vitrina.tracking.last_words import Outcome
from vitrina.tracking.recorder import Clock, Recorder
from vitrina.tracking.records import StatusMove
from vitrina.tracking.sinks.sink import Begun

Printer = Callable[[str], object]


class Run(Recorder):
    """What `run` and `init` give. In a `with` block it ends with the block: succeeded, failed by an exception (which
    goes on), or stopped by Ctrl-C; else with `end`, or with the process.

    The calls below are told in their own modules; the module-level ones of the same names act on the current run.
    """

    log_inputs = values.log_inputs
    log_outputs = values.log_outputs
    log_metric = values.log_metric
    log_metrics = values.log_metrics
    log_progress = values.log_progress
    log = mixture.log

    set_name = about.set_name
    set_description = about.set_description
    set_readme = readmes.set_readme
    log_tags = about.log_tags
    log_meta = about.log_meta
    log_status = about.log_status
    log_succeeded = about.log_succeeded
    log_failed = about.log_failed
    log_stopped = about.log_stopped
    log_code_ref = surroundings.log_code_ref
    log_env = surroundings.log_env

    log_chart = objects.log_chart
    log_figure = objects.log_chart
    log_plotly_chart = objects.log_chart
    log_bokeh_chart = objects.log_chart
    log_altair_chart = objects.log_chart
    log_mpl_plotly_chart = objects.log_mpl_plotly_chart
    log_vega_lite = objects.log_vega_lite
    log_image = objects.log_image
    log_images = objects.log_images
    log_image_with_boxes = objects.log_image_with_boxes
    log_mpl_image = objects.log_mpl_image
    log_dataframe = objects.log_dataframe
    log_table = objects.log_table
    log_text = objects.log_text
    log_markdown = objects.log_markdown
    log_html = objects.log_html
    log_audio = objects.log_audio
    log_video = objects.log_video

    log_curve = curves.log_curve
    log_roc_auc_curve = curves.log_roc_auc_curve
    log_pr_curve = curves.log_pr_curve
    log_sklearn_roc_auc_curve = curves.log_sklearn_roc_auc_curve
    log_sklearn_pr_curve = curves.log_sklearn_pr_curve
    log_confusion_matrix = curves.log_confusion_matrix
    log_sklearn_confusion_matrix = curves.log_sklearn_confusion_matrix
    log_histogram = curves.log_histogram
    log_np_histogram = curves.log_np_histogram

    log_artifact = artifacts.log_artifact
    log_artifact_ref = artifacts.log_artifact_ref
    log_file_ref = artifacts.log_file_ref
    log_dir_ref = artifacts.log_dir_ref
    log_dataset = datasets.log_dataset
    log_data_ref = datasets.log_data_ref
    log_model = models.log_model
    log_model_ref = models.log_model_ref
    log_app = apps.log_app
    promote_to_model_version = promotions.promote_to_model_version
    promote_to_artifact_version = promotions.promote_to_artifact_version

    get = reading.get
    get_version = reading.get_version
    get_run = reading.get_run
    get_runs = reading.get_runs
    get_inputs = reading.get_inputs
    get_outputs = reading.get_outputs
    get_metrics = reading.get_metrics
    get_metrics_as_tidy_df = reading.get_metrics_as_tidy_df
    get_metrics_as_wide_df = reading.get_metrics_as_wide_df
    get_objects = reading.get_objects
    get_artifact = reading.get_artifact

    def __init__(self, begun: Begun, connection: Connection, *, clock: Clock, say: Printer | None) -> None:
        super().__init__(begun, connection, clock=clock)
        self._began = clock()
        self._pid = os.getpid()
        self._say = say

    def end(self) -> None:
        """Ends the run: succeeded, unless a status was logged. Ending twice changes nothing."""
        self._end(ending_of(None))

    def end_with_process(self, error: BaseException | None) -> None:
        """Ends the run because the process ends, with what ended it. In a forked child it stays its parent's to end."""
        if os.getpid() == self._pid:
            self._end(ending_of(error))

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            self._end(ending_of(error))
        except VitrinaError as failure:
            if error is None:
                raise
            error.add_note(f"The run {self.ref} could not be marked as ended: {failure}")

    def _end(self, ending: Ending) -> None:
        if self.is_over:
            return
        try:
            if moves := self._moves(ending):
                self.write(*moves)
        finally:
            self.is_over = True
            CURRENT.leave(self)
            if not CURRENT.going_on():
                self.connection.sink.close()
        self._tell()

    def _moves(self, ending: Ending) -> list[StatusMove]:
        """A status that was logged stays, unless the run was called succeeded and then broke."""
        move = StatusMove(ending.status, ending.reason, ending.message)
        if not self.is_ours:
            return []
        if not self.status.is_over:
            return [move]
        if self.status is Status.SUCCEEDED and ending.status is not Status.SUCCEEDED:
            return [StatusMove(Status.RUNNING, "reopened"), move]
        return []

    def _tell(self) -> None:
        if self._say is None or self.is_disabled:
            return
        took = (self._clock() - self._began).total_seconds()
        where, logged = self.connection.sink.where, self.tally.names()
        told = last_words.lines(Outcome(self.ref, self.status, self.record.message, took, where, logged))
        with suppress(OSError):  # a terminal that is gone is no reason for a run to fail
            self._say("\n".join(told) + "\n")

    def __repr__(self) -> str:
        return f"<run {self.ref} {self.status}>"


def utc_now() -> datetime:
    return datetime.now(UTC)
