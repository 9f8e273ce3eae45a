"""What an experienced analyst would write with pandas and pm4py alone, for the same questions on the same export.

    python benchmarks/peer_pandas_pm4py.py incidents.csv

Reads the snapshots, maps them by the rules of `mappings/exports/servicenow_incident.yaml` (whole columns at a time, no
loop over rows) and collapses runs with pandas; pm4py gives the directly-follows graph with times, the variants, the
models by the inductive miner and the alignments with the incident reference stream (it aligns each distinct stream
once). No ledger, no rejected rows, no hand-offs between activities, no deviations, no report: it does less than `vsm
analyse`. Prints its figures as JSON, so that `benchmarks/run.py` can compare them.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import pandas as pd
import pm4py
from pm4py.objects.process_tree.utils.generic import parse

TIMER = "Updated by 908"
OPEN_STATES = ["New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"]
TIMES = ["sys_updated_at", "opened_at"]
WORDS = ["incident_state", "sys_updated_by", "assignment_group"]
TIME = "%d/%m/%Y %H:%M"
NOISE = 0.2

REFERENCE = """->( 'engage', X( tau, 'engage:ask' ), *( 'deliver_and_support', 'engage:ask' ), X( tau, 'engage:ask' ),
    'value', X( tau, 'value' ), X( tau, 'value' ) )"""
"""The parts that the export can show; neighbouring visits of one activity are one, as in the streams."""


def read(path: str) -> pd.DataFrame:
    """The rows that the rules look at, in the order of each ticket's updates."""
    rows = pd.read_csv(
        path,
        usecols=["number", "sys_mod_count", *TIMES, *WORDS],
        dtype=str,
        na_values=["?", ""],
        keep_default_na=False,
        engine="pyarrow",
    )
    for column in TIMES:
        rows[column] = pd.to_datetime(rows[column], format=TIME)
    rows["sys_mod_count"] = rows["sys_mod_count"].astype("int32")
    for column in WORDS:
        rows[column] = rows[column].astype("category")
    return rows.sort_values(["number", "sys_updated_at", "sys_mod_count"], kind="stable", ignore_index=True)


def map_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The events: case, time, activity:step, waiting, value and end; several of one row follow each other."""
    first = rows["number"].ne(rows["number"].shift())
    state, group = rows["incident_state"], rows["assignment_group"].cat.codes
    before = state.shift().mask(first)
    new_group = group.ne(group.shift()) & ~first
    closed, resolved = state.eq("Closed"), state.eq("Resolved")
    reopened = state.isin(OPEN_STATES) & before.isin(["Resolved", "Closed"])
    timer = rows["sys_updated_by"].eq(TIMER)
    unchanged = ~first
    for column in WORDS:
        unchanged &= rows[column].cat.codes.eq(rows[column].cat.codes.shift())
    rules = [  # the first that holds decides
        (closed & before.eq("Closed"), ("ignore", "", "", "")),
        (resolved & before.eq("Resolved"), ("ignore", "", "", "")),
        (unchanged, ("ignore", "", "", "")),
        (closed & timer, ("end", "", "", "lapsed")),
        (closed, ("end", "", "", "agent")),
        (resolved, ("deliver_and_support:resolve", "", "claimed", "")),
        (reopened, ("engage:reopen", "team", "withdrawn", "")),
        (state.eq("Awaiting User Info"), ("engage:ask", "user", "", "")),
        (state.eq("Awaiting Vendor"), ("deliver_and_support:await vendor", "supplier", "", "")),
        (state.eq("Awaiting Problem"), ("deliver_and_support:await problem", "problem", "", "")),
        (state.eq("Awaiting Evidence"), ("deliver_and_support:await evidence", "unknown", "", "")),
        (state.eq("New") & first, ("engage:log", "team", "", "")),
        (state.eq("Active") & first, ("engage:log", "", "", "")),
        (state.isin(["New", "Active"]) & new_group, ("deliver_and_support:route", "team", "", "")),
        (state.eq("New"), ("deliver_and_support:queue", "team", "", "")),
        (state.eq("Active"), ("deliver_and_support:investigate", "", "", "")),
    ]
    decided = np.select([np.asarray(when, dtype=bool) for when, _ in rules], range(len(rules)), default=len(rules))
    outcomes = [outcome for _, outcome in rules] + [("unmapped", "", "", "")]
    events = pd.DataFrame({"case": rows["number"], "time": rows["sys_updated_at"], "part": 1})
    for i, name in enumerate(("activity", "waiting", "value", "end")):
        vocabulary = pd.Index(sorted({outcome[i] for outcome in outcomes}))
        codes = vocabulary.get_indexer([outcome[i] for outcome in outcomes])[decided]
        events[name] = pd.Categorical.from_codes(codes, vocabulary)
    at_once = events[first & resolved].assign(part=0, value="")  # resolved at first contact is logged too
    at_once["activity"] = pd.Categorical(["engage:log"] * len(at_once), events["activity"].cat.categories)
    made_late = first & rows["opened_at"].lt(rows["sys_updated_at"])
    demand = rows.loc[made_late, ["number", "opened_at"]].set_axis(["case", "time"], axis=1)
    demand = demand.assign(part=-1, activity="engage:contact", waiting="", value="", end="")
    events["activity"] = events["activity"].cat.add_categories("engage:contact")
    for name in ("activity", "waiting", "value", "end"):
        for part in (at_once, demand):
            part[name] = pd.Categorical(part[name].astype(str), events[name].cat.categories)
    together = pd.concat([demand, at_once, events])
    together["position"] = together.index
    together = together.sort_values(["position", "part"], kind="stable", ignore_index=True)
    return together[together["activity"].ne("ignore")].drop(columns=["position", "part"])


def visits_of(events: pd.DataFrame) -> pd.DataFrame:
    """Runs of one activity, step, waiting and value of a case."""
    made = events[~events["activity"].isin(["end", "unmapped"])]
    changed = made["case"].ne(made["case"].shift())
    for column in ("activity", "waiting", "value"):
        codes = made[column].cat.codes
        changed |= codes.ne(codes.shift())
    return made[changed].reset_index(drop=True)


def fulfilled_cases(events: pd.DataFrame, visits: pd.DataFrame) -> pd.Index:
    """Cases whose last event ends them, and where value was claimed."""
    last = events.drop_duplicates("case", keep="last")
    ended = last.loc[last["activity"].eq("end"), "case"]
    with_value = visits.loc[visits["value"].eq("claimed"), "case"].unique()
    return pd.Index(ended).intersection(pd.Index(with_value))


def lead_times(visits: pd.DataFrame, fulfilled: pd.Index) -> dict[str, float]:
    """Hours from demand to the first value claimed."""
    demand = visits.drop_duplicates("case").set_index("case")["time"]
    value = visits[visits["value"].eq("claimed")].drop_duplicates("case").set_index("case")["time"]
    hours = (value - demand).reindex(fulfilled).dt.total_seconds() / 3_600
    return hours.quantile([0.5, 0.85, 0.95], interpolation="lower").to_dict()


def as_log(visits: pd.DataFrame) -> pd.DataFrame:
    """Visits with the columns that pm4py looks for."""
    log = visits[["case", "activity", "time", "value"]].astype({"activity": str})
    return log.set_axis(["case:concept:name", "concept:name", "time:timestamp", "value"], axis=1)


def as_reference_sees(log: pd.DataFrame) -> pd.DataFrame:
    """The log at the reference's granularity: activities, with asking named apart; value is an event of its own."""
    name = log["concept:name"]
    seen = log.assign(**{"concept:name": name.where(name.eq("engage:ask"), name.str.partition(":")[0])})
    value = log[log["value"].eq("claimed")].assign(**{"concept:name": "value"})
    seen = pd.concat([seen, value]).sort_index(kind="stable")
    case, name = seen["case:concept:name"], seen["concept:name"]
    return seen[case.ne(case.shift()) | name.ne(name.shift())].reset_index(drop=True)


def main(path: str) -> dict[str, Any]:
    """The whole analysis; returns the figures and how long each part took."""
    started = time.perf_counter()
    took: dict[str, float] = {}

    def lap(name: str) -> None:
        took[name] = round(time.perf_counter() - started - sum(took.values()), 2)

    rows = read(path)
    lap("read")
    events = map_rows(rows)
    lap("map")
    visits = visits_of(events)
    log = as_log(visits)
    lap("visits")
    follows, _, _ = pm4py.discover_performance_dfg(log)
    variants = pm4py.get_variants(log)
    lap("directly-follows graph and variants")
    fulfilled = fulfilled_cases(events, visits)
    hours = lead_times(visits, fulfilled)
    log = log[log["case:concept:name"].isin(fulfilled)]
    lap("lead times")
    tree = pm4py.discover_process_tree_inductive(log, noise_threshold=NOISE)
    net, _, _ = pm4py.convert_to_petri_net(tree)
    bpmn = pm4py.convert_to_bpmn(tree)
    lap("inductive miner")
    aligned = pm4py.conformance_diagnostics_alignments(
        as_reference_sees(log), *pm4py.convert_to_petri_net(parse(REFERENCE))
    )
    lap("alignments")
    return {
        "rows": len(rows),
        "cases": int(rows["number"].nunique()),
        "visits": len(visits),
        "variants": len(variants),
        "fulfilled": len(fulfilled),
        "directly_follows": len(follows),
        "lead_time_hours": hours,
        "total_cost": sum(int(one["cost"] // 10_000) for one in aligned),  # pm4py counts 10,000 for a deviation
        "model": [len(net.places), len(net.transitions), len(bpmn.get_nodes())],
        "seconds": took,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
