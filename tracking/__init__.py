"""The client that training code imports.

    from vitrina import tracking

    with tracking.run("baseline", project="acme/churn") as run:
        tracking.log_inputs(lr=0.1)
        tracking.log_metrics(step=1, loss=0.7, auc=0.81)
        version = tracking.log_model("classifier", model, bump="minor", example=X[:5])
        tracking.log_app("what-if", "what_if.py", model=version)

A module-level call acts on the current run; the same calls are methods of the run. The calls that Polyaxon's client has
keep its names and order of arguments. Importing this loads no SQLAlchemy, NumPy or pandas: these come with the first
run, or with what is logged.
"""

from __future__ import annotations

from vitrina.tracking import (
    about,
    apps,
    artifacts,
    curves,
    datasets,
    mixture,
    models,
    objects,
    promotions,
    reading,
    readmes,
    searching,
    surroundings,
    values,
)
from vitrina.tracking.beginning import end, init, run
from vitrina.tracking.current import on_current, on_current_or_store
from vitrina.tracking.reading import RunHandle
from vitrina.tracking.registering import VitrinaWarning
from vitrina.tracking.runs import Run
from vitrina.tracking.versions import VersionHandle

log_inputs = on_current(values.log_inputs)
log_outputs = on_current(values.log_outputs)
log_metric = on_current(values.log_metric)
log_metrics = on_current(values.log_metrics)
log_progress = on_current(values.log_progress)
log = on_current(mixture.log)

set_name = on_current(about.set_name)
set_description = on_current(about.set_description)
log_tags = on_current(about.log_tags)
log_meta = on_current(about.log_meta)
log_status = on_current(about.log_status)
log_succeeded = on_current(about.log_succeeded)
log_failed = on_current(about.log_failed)
log_stopped = on_current(about.log_stopped)
log_code_ref = on_current(surroundings.log_code_ref)
log_env = on_current(surroundings.log_env)

log_chart = on_current(objects.log_chart)
log_figure = log_plotly_chart = log_bokeh_chart = log_altair_chart = log_chart
log_mpl_plotly_chart = on_current(objects.log_mpl_plotly_chart)
log_vega_lite = on_current(objects.log_vega_lite)
log_image = on_current(objects.log_image)
log_images = on_current(objects.log_images)
log_image_with_boxes = on_current(objects.log_image_with_boxes)
log_mpl_image = on_current(objects.log_mpl_image)
log_dataframe = on_current(objects.log_dataframe)
log_table = on_current(objects.log_table)
log_text = on_current(objects.log_text)
log_markdown = on_current(objects.log_markdown)
log_html = on_current(objects.log_html)
log_audio = on_current(objects.log_audio)
log_video = on_current(objects.log_video)

log_curve = on_current(curves.log_curve)
log_roc_auc_curve = on_current(curves.log_roc_auc_curve)
log_pr_curve = on_current(curves.log_pr_curve)
log_sklearn_roc_auc_curve = on_current(curves.log_sklearn_roc_auc_curve)
log_sklearn_pr_curve = on_current(curves.log_sklearn_pr_curve)
log_confusion_matrix = on_current(curves.log_confusion_matrix)
log_sklearn_confusion_matrix = on_current(curves.log_sklearn_confusion_matrix)
log_histogram = on_current(curves.log_histogram)
log_np_histogram = on_current(curves.log_np_histogram)

log_artifact = on_current(artifacts.log_artifact)
log_artifact_ref = on_current(artifacts.log_artifact_ref)
log_file_ref = on_current(artifacts.log_file_ref)
log_dir_ref = on_current(artifacts.log_dir_ref)
log_dataset = on_current(datasets.log_dataset)
log_data_ref = on_current(datasets.log_data_ref)
log_model = on_current(models.log_model)
log_model_ref = on_current(models.log_model_ref)
promote_to_model_version = on_current(promotions.promote_to_model_version)
promote_to_artifact_version = on_current(promotions.promote_to_artifact_version)

get_inputs = on_current(reading.get_inputs)
get_outputs = on_current(reading.get_outputs)
get_metrics = on_current(reading.get_metrics)
get_metrics_as_tidy_df = on_current(reading.get_metrics_as_tidy_df)
get_metrics_as_wide_df = on_current(reading.get_metrics_as_wide_df)
get_objects = on_current(reading.get_objects)
get_artifact = on_current(reading.get_artifact)

get = on_current_or_store(reading.get)
get_version = on_current_or_store(reading.get_version)
get_run = on_current_or_store(reading.get_run)
get_runs = on_current_or_store(reading.get_runs)
search = on_current_or_store(searching.search)
log_app = on_current_or_store(apps.log_app)
set_readme = on_current_or_store(readmes.set_readme)

__all__ = [
    "Run",
    "RunHandle",
    "VersionHandle",
    "VitrinaWarning",
    "end",
    "get",
    "get_artifact",
    "get_inputs",
    "get_metrics",
    "get_metrics_as_tidy_df",
    "get_metrics_as_wide_df",
    "get_objects",
    "get_outputs",
    "get_run",
    "get_runs",
    "get_version",
    "init",
    "log",
    "log_altair_chart",
    "log_app",
    "log_artifact",
    "log_artifact_ref",
    "log_audio",
    "log_bokeh_chart",
    "log_chart",
    "log_code_ref",
    "log_confusion_matrix",
    "log_curve",
    "log_data_ref",
    "log_dataframe",
    "log_dataset",
    "log_dir_ref",
    "log_env",
    "log_failed",
    "log_figure",
    "log_file_ref",
    "log_histogram",
    "log_html",
    "log_image",
    "log_image_with_boxes",
    "log_images",
    "log_inputs",
    "log_markdown",
    "log_meta",
    "log_metric",
    "log_metrics",
    "log_model",
    "log_model_ref",
    "log_mpl_image",
    "log_mpl_plotly_chart",
    "log_np_histogram",
    "log_outputs",
    "log_plotly_chart",
    "log_pr_curve",
    "log_progress",
    "log_roc_auc_curve",
    "log_sklearn_confusion_matrix",
    "log_sklearn_pr_curve",
    "log_sklearn_roc_auc_curve",
    "log_status",
    "log_stopped",
    "log_succeeded",
    "log_table",
    "log_tags",
    "log_text",
    "log_vega_lite",
    "log_video",
    "promote_to_artifact_version",
    "promote_to_model_version",
    "run",
    "search",
    "set_description",
    "set_name",
    "set_readme",
]
