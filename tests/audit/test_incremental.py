"""Audits with a cache: the same evidence as from nothing, for less work; and what the audit file says of the cache."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from audit_builders import MONDAY, PLAN, Desk, desk, log
from growing_log import BEGIN, export, rows

from mining.audit.check import check_plan
from mining.audit.file import load_plan
from mining.audit.places import history_of
from mining.audit.run import run_audit
from mining.core.errors import ConfigError

CACHE = "cache: {folder: cache, at_most: 50MB, unused_for: 30 days}\n"


def evidence(at: Desk) -> dict[str, Any]:
    """What a run writes into result.json, but for its stamp and for what the audit says of its chain."""
    outcome = run_audit(at.plan(), clock=at.clock, sleep=at.sleep)
    assert outcome.report is not None
    told = json.loads((outcome.report.parent / "result.json").read_text(encoding="utf-8"))
    told.pop("run")
    for name in ("record", "records", "head", "notes"):
        told["audit"].pop(name)
    return told  # type: ignore[no-any-return]


def used(at: Desk) -> list[dict[str, int]]:
    history = history_of(at.plan(), write=False)
    found = [one.body.get("cache", {}) for one in history.read("Small audit", ["run"])]
    history.close()
    return found


@pytest.mark.slow
def test_an_audit_with_a_cache_says_what_one_without_says(tmp_path: Path) -> None:
    """Three runs over one export that grows; before the third the cache is damaged and the mapping changed, so that the
    earlier one is used as well."""
    happened = rows(5, seed=3, median_days=3.0)
    desks = [desk(tmp_path / "with", PLAN + CACHE), desk(tmp_path / "without", PLAN)]
    for run in range(3):
        if run == 2:
            for path in (tmp_path / "with" / "cache").glob("vsm-*.parquet"):
                path.write_bytes(path.read_bytes()[:-1])
        for at in desks:
            at.now += timedelta(weeks=1)
            at.lands(export(happened, BEGIN + timedelta(weeks=run + 3)))
            if run == 2:
                mapping = (at.folder / "mapping.yaml").read_text(encoding="utf-8")
                (at.folder / "mapping.yaml").write_text(mapping.replace("{engage: ask}", "{engage: log}"))
        told, plain = map(evidence, desks)
        assert told == plain
    first, second, third = used(desks[0])
    assert first == {"rows read": second["rows known"], "logs mapped": 1} | {
        name: number for name, number in first.items() if name.startswith("alignments")
    }
    assert (second["logs mapped in part"], second["alignments known"] > 0) == (1, True)
    # All are read, since nothing known is whole; and not once more by the earlier mapping.
    assert third["rows read"] == third["rows known"]
    assert third["logs mapped"] == 2  # by both mappings
    assert used(desks[1]) == [{}] * 3
    report = max((tmp_path / "with" / "reports").glob("2*")) / "result.json"
    notes = json.loads(report.read_text(encoding="utf-8"))["audit"]["notes"]
    assert any("of the cache was damaged" in note for note in notes)


@pytest.mark.slow
def test_a_folder_of_weekly_exports_is_read_week_by_week(tmp_path: Path) -> None:
    at = desk(tmp_path / "desk", PLAN.replace('{newest: "*.csv"}', "{files: ['*.csv']}") + CACHE)
    for week in range(3):
        at.lands(log([(5, ("opened", "solved", "closed"))], begin=MONDAY + timedelta(weeks=week)), f"week{week}.csv")
        run_audit(at.plan(), clock=at.clock, sleep=at.sleep)
        at.now += timedelta(weeks=1)
    assert [(one.get("rows known", 0), one["rows read"]) for one in used(at)] == [(0, 15), (15, 15), (30, 15)]


def test_the_audit_file_says_where_the_cache_is_and_how_large(tmp_path: Path) -> None:
    at = desk(tmp_path, PLAN + CACHE)
    place = at.plan().cache
    assert place is not None
    assert (place.folder, place.at_most, place.unused_for) == (tmp_path / "cache", 50_000_000, timedelta(days=30))
    assert f"  cache      {tmp_path / 'cache'} (it holds tickets)" in check_plan(at.plan(), at.clock).says


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("cache: {folder: reports}\n", "this folder is used for something else"),
        ("cache: {folder: .}\n", "this folder is used for something else"),
        ("cache: {folder: cache, at_most: much}\n", "this is no size"),
        ("cache: {folder: cache, unused_for: long}\n", "this is no duration"),
        ("options: {align_seconds: 0}\n", "this is no time for aligning"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, wrong: str, said: str) -> None:
    at = desk(tmp_path, PLAN + wrong)
    at.file.write_text(at.plan_text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_plan(at.file)
    assert [(one.text, one.line) for one in caught.value.problems] == [(said, PLAN.count("\n") + 1)]


def test_the_time_for_aligning_is_part_of_the_set_up_where_it_is_not_as_usual(tmp_path: Path) -> None:
    from mining.audit.setup import earlier_setup, setup_of

    today = MONDAY.date()
    usual = setup_of(desk(tmp_path, PLAN + "options: {align_seconds: 60}\n").plan(), today)
    assert usual.sha256 == setup_of(desk(tmp_path, PLAN).plan(), today).sha256  # as earlier versions reckoned it
    longer = setup_of(desk(tmp_path, PLAN + "options: {align_seconds: 120}\n").plan(), today)
    assert longer.sha256 != usual.sha256
    assert earlier_setup(longer.as_dict(), longer.documents.__getitem__).align_seconds == 120
