"""The shipped incident stream against a real log, with pm4py as the oracle for each of its merged streams."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_against_pm4py import as_net, pm4py_cost

from mining.conformance import load_reference
from mining.conformance.automaton import compile_stream
from mining.core.results import DeviationKind

LOGS = Path(__file__).resolve().parents[3] / "shared" / "logs"
SERVICENOW = LOGS / "servicenow_incident_event_log.csv.zip"


@pytest.mark.real_logs
@pytest.mark.slow
@pytest.mark.skipif(not SERVICENOW.is_file(), reason="the real logs are not here")
def test_real_incidents_cost_what_pm4py_says() -> None:
    from mining.pipeline import analyse

    found = analyse(SERVICENOW, mapping="servicenow_incident", reference="incident").conformance
    assert found is not None
    hidden = set(found.not_observable)
    assert hidden == {"improve", "engage:confirm", "engage:survey"}
    net = as_net(compile_stream(load_reference("incident").stream, lambda name: name not in hidden), prefix=False)
    costs = {one.merged: one.cost for one in found.checks}
    assert len(costs) > 40
    for merged, cost in costs.items():
        assert cost == pm4py_cost(net, merged), merged

    assert sum(d.moves for d in found.deviations) == found.total_cost
    reopened = found.deviations[0]
    assert (reopened.kind, reopened.label) == (DeviationKind.REPEATED, "engage")
    assert reopened.sentence == "Engage, to re-open the ticket, is repeated after value"
    assert reopened.streams > 250
