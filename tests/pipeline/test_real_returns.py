"""Doubling back and cost on real logs, against counts of the visits table in pandas, and against the other measures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mining
from mining.core.doubling import ComesBack

LOGS = Path(__file__).parents[3] / "shared" / "logs"

pytestmark = [
    pytest.mark.real_logs,
    pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not here: ../shared/logs"),
]
CASES = {
    "uci": ("servicenow_incident_event_log.csv.zip", "servicenow_incident"),
    "volvo": ("bpic2013_incidents.xes.gz", "vinst_incident"),
}
RATES = "\nrates:\n  currency: EUR\n  default: 36\n  per_hour: {activities: {engage: 18}}\n"


@pytest.fixture(scope="module", params=CASES)
def analysed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[mining.Result, Path]:
    log, name = CASES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    own = folder / "mine.yaml"
    text = (Path(__file__).parents[2] / "mappings" / "exports" / f"{name}.yaml").read_text(encoding="utf-8")
    own.write_text(text + RATES, encoding="utf-8")
    return mining.analyse(LOGS / log, mapping=own, reference="incident", output=folder / "out"), folder / "out"


def stays(folder: Path, place: list[str]) -> pd.DataFrame:
    """One row a stay, with how often its stream was there before; `counted` is its time, without that after value."""
    visits = pd.read_parquet(folder / "tables" / "visits.parquet").sort_values(["case_id", "position"])
    mark = visits.value.map({"claimed": 1.0, "confirmed": 1.0, "withdrawn": 0.0})
    realised = mark.groupby(visits.case_id).ffill().fillna(0) == 1
    following = visits.start.groupby(visits.case_id).shift(-1).fillna(visits.end)
    visits["counted"] = np.where(realised, 0, (following - visits.start).dt.total_seconds() * 1e6)
    visits["unknown"] = following.isna() & ~realised
    key = visits[place].fillna("").agg(":".join, axis=1)
    visits["stay"] = ((key != key.shift()) | (visits.case_id != visits.case_id.shift())).cumsum()
    found = (
        visits.assign(place=key)
        .groupby("stay")
        .agg(
            case=("case_id", "first"), place=("place", "first"), counted=("counted", "sum"), unknown=("unknown", "any")
        )
    )
    found["before"] = found.groupby(["case", "place"]).cumcount()
    return found


@pytest.mark.parametrize("place", [["activity"], ["activity", "step"]])
def test_returns_by_place_are_those_of_the_visits_table(analysed: tuple[mining.Result, Path], place: list[str]) -> None:
    result, folder = analysed
    found = result.measures.doubling_back
    level = found.activities if len(place) == 1 else found.steps
    told = {":".join(filter(None, (one.activity.value, one.step))): one for one in level}
    by_hand = stays(folder, place)
    returns = by_hand[by_hand.before > 0]
    assert {name: one.returns for name, one in told.items()} == returns.groupby("place").size().to_dict()
    assert {name: one.streams for name, one in told.items()} == returns.groupby("place").case.nunique().to_dict()
    again = returns[~returns.unknown].groupby("place").counted.sum()
    assert {name: _again(one) for name, one in told.items()} == {name: int(again.get(name, 0)) for name in told}
    if len(place) == 1:
        assert found.back == result.measures.rework.back_to_activity == returns.case.nunique()
        assert found.rework == result.measures.rework.reopened


def _again(one: ComesBack) -> int:
    return sum(of.again.total for of in (one.iteration, one.rework) if of.again is not None)


def test_what_is_priced_is_the_time_that_does_not_wait(analysed: tuple[mining.Result, Path]) -> None:
    result, _ = analysed
    costs = result.analysis.costs
    assert costs is not None
    assert sum(place.time for place in costs.places) == result.measures.flow_efficiency.not_waiting
    assert costs.total == sum(one.amount for one in costs.variants) == sum(one.amount for one in costs.places)
    assert result.analysis.conformance is not None
    assert costs.deviations is not None
    told = {(one.kind, one.label, one.instead_of): one.occurrences for one in costs.deviations}
    by_sentence: dict[tuple[object, ...], int] = {}
    for one in result.analysis.conformance.deviations:
        key = (one.kind, one.label, one.instead_of)
        if key in told:
            by_sentence[key] = by_sentence.get(key, 0) + one.occurrences
    assert told == by_sentence
