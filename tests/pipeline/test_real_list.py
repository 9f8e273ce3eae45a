"""A real list of incidents, with the numbers of states and times that contradict each other, as demo instances have."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mining
from mining.core.activities import State

LOG = Path(__file__).parents[3] / "shared" / "logs" / "servicenow_rest_demo.csv"

pytestmark = [
    pytest.mark.real_logs,
    pytest.mark.skipif(not LOG.is_file(), reason="the real logs are not here: ../shared/logs"),
]


def test_a_list_of_incidents_ends_and_is_of_value_where_its_states_say_so() -> None:
    found = mining.analyse(LOG, mapping="servicenow_incident_list", reference="incident").analysis
    log = pd.read_csv(LOG, dtype=str)
    closed = log[log["incident_state"] == "7"]
    by_caller = closed["close_code"].str.endswith("by Caller").sum()

    assert found.ledger.rows_read == len(log) == found.streams.cases
    assert found.ledger.adds_up
    assert found.rejected == ()
    times = int(log[["opened_at", "resolved_at", "closed_at"]].notna().sum().sum())
    assert found.ledger.events_made == times + len(log)  # to open a ticket is two events: its log, and the desk's work
    assert found.streams.states[State.ENDED] == len(closed)
    assert found.measures.lead_time_claimed.n == len(closed)
    assert sum(v.streams for v in found.streams.variants if "confirmed" in str(v.symbols)) == by_caller
