"""What two people do in a real app, as operators see it: live at /metrics, and afterwards by day, over a restart."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from prometheus_client.parser import text_string_to_metric_families as parsed

from vitrina.hub import keyfile

pytestmark = pytest.mark.slow

START_MS = 90_000


def figures(hub) -> dict[str, float]:
    """All figures of a real scrape, by name; those of several labels added up."""
    key = keyfile.read(hub.home / keyfile.METRICS)
    text = hub.get("/metrics", headers={"authorization": f"Bearer {key}"}).text
    found = dict[str, float]()
    for family in parsed(text):
        for one in family.samples:
            found[one.name] = found.get(one.name, 0.0) + one.value
    return found


def test_what_two_people_did_is_counted_and_kept(hub, telling: str, new_context, vitrina) -> None:
    resident, visitor = (new_context().new_page() for _ in range(2))
    resident.goto(vitrina("hub", "link").out.strip())
    for page, times in ((resident, 2), (visitor, 1)):
        for _ in range(times):
            page.goto(f"{hub.url}/{telling}/open")
            expect(page.get_by_text("Hello")).to_be_visible(timeout=START_MS)
    live = figures(hub)
    assert live["vitrina_front_up"] == live["vitrina_store_up"] == 1
    assert (live["vitrina_app_openings_total"], live["vitrina_app_sessions_begun_total"]) == (3, 2)
    assert live["vitrina_app_sessions"] == 2
    assert live["vitrina_app_starts_total"] == live["vitrina_app_ready_seconds_count"] == 1
    assert live["vitrina_app_instances"] == live["vitrina_nurseries"] == 1
    assert live["vitrina_app_bytes_total"] > len("Hello")
    assert live["vitrina_app_people"] == 2, "with the name of the app"

    assert vitrina("hub", "restart").code == 0
    resident.goto(f"{hub.url}/{telling}/use")
    expect(resident.get_by_text("3 openings by 2 viewers in the last 30 days.")).to_be_visible()
    use = resident.evaluate("fetch(location.pathname + '.json').then(answer => answer.json())")["use"]
    assert (use["openings"], use["viewers"], use["sessions"], use["starts"], use["crashes"]) == (3, 2, 2, 1, 0)
    assert use["requests"] >= live["vitrina_app_requests_total"]
    assert 0 < use["ready_most_s"] == use["ready_mean_s"] == live["vitrina_app_ready_seconds_sum"]
    assert vitrina("app", "status", telling, "--json").json["use"]["openings"] == 3
    after = figures(hub)
    assert after["vitrina_app_openings_total"] == 0, "a counter is its process's"
    assert "vitrina_app_starts_total" not in after
    assert after["vitrina_app_instances"] == 1, "the app is the same"
    visitor.goto(f"{hub.url}/{telling}/open")
    expect(visitor.get_by_text("Hello")).to_be_visible(timeout=START_MS)
    assert hub.end() == 0
    assert vitrina("app", "status", telling, "--json").json["use"]["openings"] == 4
