"""The calls that people who come from Polyaxon's client already write: each is there, with at least its arguments."""

from __future__ import annotations

import inspect

import pytest

from vitrina import tracking
from vitrina.tracking import Run

CALLS = {
    "log_inputs": "reset",
    "log_outputs": "reset",
    "log_meta": "",
    "log_tags": "tags",
    "set_name": "name",
    "set_description": "description",
    "set_readme": "text_or_path of",
    "log_metric": "name value step timestamp",
    "log_metrics": "step timestamp",
    "log_progress": "value",
    "log_status": "status reason message",
    "log_succeeded": "reason message",
    "log_failed": "reason message",
    "log_stopped": "reason message",
    "log_image": "data name step timestamp rescale dataformats",
    "log_mpl_image": "data name close step timestamp",
    "log_image_with_boxes": "tensor_image tensor_boxes name step timestamp rescale dataformats",
    "log_plotly_chart": "name figure step timestamp",
    "log_bokeh_chart": "name figure step timestamp",
    "log_altair_chart": "name figure step timestamp",
    "log_mpl_plotly_chart": "name figure step timestamp",
    "log_curve": "name x y annotation step timestamp",
    "log_roc_auc_curve": "name fpr tpr auc step timestamp",
    "log_pr_curve": "name precision recall average_precision step timestamp",
    "log_sklearn_roc_auc_curve": "name y_preds y_targets step timestamp is_multi_class",
    "log_sklearn_pr_curve": "name y_preds y_targets step timestamp is_multi_class",
    "log_confusion_matrix": "name x y z step timestamp",
    "log_histogram": "name values bins max_bins step timestamp",
    "log_np_histogram": "name values counts step timestamp",
    "log_dataframe": "df name content_type step timestamp",
    "log_text": "name text step timestamp",
    "log_html": "name html step timestamp",
    "log_audio": "data name sample_rate step timestamp content_type",
    "log_video": "data name fps step timestamp content_type",
    "log_artifact": "path name kind summary step timestamp",
    "log_artifact_ref": "path kind name hash content summary is_input rel_path",
    "log_file_ref": "path name hash content summary is_input rel_path",
    "log_dir_ref": "path name hash summary is_input rel_path",
    "log_data_ref": "name hash path content summary is_input",
    "log_model": "name framework summary step timestamp version bump register",
    "log_model_ref": "path name framework summary is_input",
    "log_code_ref": "code_ref",
    "log_env": "content",
    "get_inputs": "",
    "get_outputs": "",
    "get_metrics": "names",
    "get_artifact": "path",
    "get_metrics_as_tidy_df": "names",
    "get_metrics_as_wide_df": "names",
    "promote_to_model_version": "version stage",
    "promote_to_artifact_version": "version stage",
    "get_run": "ref",
    "get_runs": "project limit",
    "log": "values step timestamp",
    "log_app": "name path model framework entry cwd requirements include allow_secrets title",
    "log_dataset": "name data version bump",
    "log_chart": "name figure step timestamp",
    "log_table": "name table step timestamp",
    "log_figure": "name figure step timestamp",
    "log_markdown": "name text step timestamp",
    "log_vega_lite": "name spec step timestamp",
}


@pytest.mark.parametrize(("call", "arguments"), CALLS.items())
def test_each_call_is_a_function_and_a_method_with_its_arguments(call: str, arguments: str) -> None:
    function, method = getattr(tracking, call), getattr(Run, call)
    taken = list(inspect.signature(function).parameters)
    assert taken == list(inspect.signature(method).parameters)[1:]
    assert set(arguments.split()) <= set(taken)
    assert function.__doc__ == method.__doc__
    assert call in tracking.__all__


def test_init_and_run_take_the_same_arguments_and_those_of_polyaxon() -> None:
    asked = (
        "owner project run_uuid name description tags is_offline is_new artifacts_path track_code track_env track_logs"
    )
    init, run = (set(inspect.signature(call).parameters) for call in (tracking.init, tracking.run))
    assert set(asked.split()) <= init
    assert init - run == {"track_logs", "artifacts_path"}
    assert list(inspect.signature(tracking.init).parameters)[:3] == ["owner", "project", "run_uuid"]


def test_what_a_star_import_gives_is_there() -> None:
    assert [name for name in tracking.__all__ if not hasattr(tracking, name)] == []
