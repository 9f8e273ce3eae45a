"""The improve loop on the real log, against counts that independent code takes of it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import mining
from mining.core.facts import Fact
from mining.core.improvement import Kind, Verdict
from mining.core.scope import Scope

LOG = Path(__file__).parents[3] / "shared" / "logs" / "servicenow_incident_event_log.csv.zip"

pytestmark = [
    pytest.mark.real_logs,
    pytest.mark.skipif(not LOG.is_file(), reason="the real logs are not here: ../shared/logs"),
]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    with zipfile.ZipFile(LOG) as packed:
        text = packed.read("incident_event_log.csv")
    return pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def uci() -> mining.Result:
    return mining.analyse(LOG, mapping="servicenow_incident")


def test_uci_incidents_are_linked_to_problems_and_changes_as_the_columns_say(
    uci: mining.Result, rows: pd.DataFrame
) -> None:
    found = uci.measures.improvement
    assert found is not None
    told = {one.kind: (one.incidents, one.tickets) for one in found.led_to}
    columns = {Kind.PROBLEM: "problem_id", Kind.CHANGE: "rfc", Kind.CAUSE: "caused_by"}
    for kind, column in columns.items():
        filled = rows[rows[column] != "?"]
        assert told[kind] == (filled["number"].nunique(), filled[column].nunique())
    assert [told[kind][0] for kind in columns] == [381, 179, 3]
    assert not any(one.in_export for one in found.led_to)


def test_uci_is_grouped_by_category_and_nothing_is_said_of_before_and_after(
    uci: mining.Result, rows: pd.DataFrame
) -> None:
    found = uci.measures.improvement
    assert found is not None
    last = rows.assign(n=rows["sys_mod_count"].astype(int)).sort_values(["number", "n"]).groupby("number").last()
    category = last["category"][last["category"] != "?"]
    assert (found.fact, found.telling, found.groups) == (Fact.CATEGORY, len(category), category.nunique())
    assert {one.verdict for one in found.effects} == {Verdict.NOT_SHOWN}
    assert {one.reason for one in found.effects} == {uci.measures.selection.reason}
    assert found.ripple is None


def test_uci_runs_the_business_and_claims_value_again_only_after_it_was_withdrawn(uci: mining.Result) -> None:
    assert uci.measures.scopes is not None
    assert [(one.scope, one.streams) for one in uci.measures.scopes.parts] == [(Scope.RUN, 24_918)]
    realised = uci.measures.realised
    assert realised is not None
    assert realised.with_value == 24_905
    assert all(one.again == one.streams for one in realised.times if one.times > 1)


def test_uci_has_the_desk_that_pandas_counts(uci: mining.Result, rows: pd.DataFrame) -> None:
    desk = uci.measures.service_desk
    assert desk is not None
    at = pd.to_datetime(rows["sys_updated_at"], format="%d/%m/%Y %H:%M")
    rows = rows.assign(at=at, n=rows["sys_mod_count"].astype(int)).sort_values(["number", "at", "n"], kind="stable")
    grouped = rows[rows["assignment_group"] != "?"]
    moved = grouped["assignment_group"] != grouped.groupby("number")["assignment_group"].shift()
    stays = grouped[moved]
    back = stays[stays["assignment_group"] == stays.groupby("number")["assignment_group"].shift(2)]
    tickets = grouped["number"].nunique()
    assert desk.reassignment is not None
    assert (desk.reassignment.tickets, desk.reassignment.changes) == (tickets, len(stays) - tickets) == (24_545, 19_087)
    assert desk.ping_pong is not None
    assert (desk.ping_pong.occurrences, desk.ping_pong.tickets.n) == (len(back), back["number"].nunique())
    before = rows.groupby("number")["priority"].shift()
    changed = rows[before.notna() & (before != rows["priority"])]
    raised = changed["priority"].str[0] < before[changed.index].str[0]
    assert desk.priorities is not None
    assert desk.priorities.changed.n == changed["number"].nunique() == 383
    assert (desk.priorities.up, desk.priorities.down) == (raised.sum(), (~raised).sum())
    assert desk.target_met is not None
    assert desk.target_met.met.n == (rows.groupby("number")["made_sla"].last() == "true").sum() == 15_803
    resolved = rows[rows["incident_state"] == "Resolved"]["number"].unique()
    used = rows[rows["knowledge"] == "true"]["number"].unique()
    assert desk.knowledge_used is not None
    assert (desk.knowledge_used.n, desk.knowledge_used.of) == (len(set(resolved) & set(used)), len(resolved))
