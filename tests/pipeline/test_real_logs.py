"""The real logs, against counts that independent code took of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mining
from mining.core.activities import End

LOGS = Path(__file__).parents[3] / "shared" / "logs"

pytestmark = [
    pytest.mark.real_logs,
    pytest.mark.skipif(not LOGS.is_dir(), reason="the real logs are not here: ../shared/logs"),
]
HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def uci() -> mining.Result:
    log = LOGS / "servicenow_incident_event_log.csv.zip"
    return mining.analyse(log, mapping="servicenow_incident", reference="incident")


@pytest.fixture(scope="module")
def volvo() -> mining.Result:
    return mining.analyse(LOGS / "bpic2013_incidents.xes.gz", mapping="vinst_incident", reference="incident")


def test_uci_is_read_whole(uci: mining.Result) -> None:
    found = uci.analysis
    assert found.ledger.rows_read == 141_712
    assert found.ledger.adds_up
    assert found.streams.cases == 24_918
    assert found.ledger.ties_decided_by_position == 0  # the update counter decides all of them


def test_uci_lead_time_and_closure_are_told_apart(uci: mining.Result) -> None:
    measures = uci.measures
    assert measures.lead_time_claimed.median is not None
    assert measures.lead_time_claimed.p85 is not None
    assert measures.closure.median is not None
    assert measures.lead_time_claimed.median / HOUR == pytest.approx(13.9, abs=0.05)
    assert measures.lead_time_claimed.p85 / HOUR == pytest.approx(243, abs=0.5)
    assert measures.closure.median / HOUR == pytest.approx(145.9, abs=0.1)


def test_uci_timers_are_no_confirmations(uci: mining.Result) -> None:
    assert uci.measures.ends[End.LAPSED] > 24_600
    assert not any(label.value == "confirmed" for label in uci.analysis.streams.labels)
    assert uci.measures.selection.by_completion is True


def test_volvo_is_read_whole(volvo: mining.Result) -> None:
    found = volvo.analysis
    assert found.ledger.rows_read == 65_533
    assert found.ledger.adds_up
    assert found.streams.cases == 7_554
    assert sum(u.rows for u in found.unmapped) == found.ledger.rows_unmapped == 5
    assert volvo.measures.selection.by_completion is True


def test_volvo_lead_time_is_that_of_independent_code(volvo: mining.Result) -> None:
    log = pd.read_csv(LOGS / "bpic2013_incidents_vinst.csv.zip")
    log["time"] = pd.to_datetime(log["Change Date+Time"], utc=True)
    log = log.sort_values(["SR Number", "time"], kind="stable")
    begin = log.groupby("SR Number")["time"].min()
    claims = log[(log["Status"] == "Completed") & log["Sub Status"].isin(["Resolved", "In Call"])]
    last = log.groupby("SR Number").last()
    ended = last.index[(last["Status"] == "Completed") & last["Sub Status"].isin(["Closed", "In Call"])]
    lead = sorted((claims.groupby("SR Number")["time"].min() - begin).reindex(ended).dropna())
    found = volvo.measures.lead_time_claimed
    assert found.n == len(lead)
    assert found.median == lead[-(-len(lead) * 50 // 100) - 1] // pd.Timedelta(microseconds=1)
    assert found.p85 == lead[-(-len(lead) * 85 // 100) - 1] // pd.Timedelta(microseconds=1)


def test_both_exports_of_volvo_give_the_same_variants(volvo: mining.Result) -> None:
    csv = mining.analyse(LOGS / "bpic2013_incidents_vinst.csv.zip", mapping="vinst_incident", reference="incident")
    assert csv.analysis.streams.variants == volvo.analysis.streams.variants
    assert csv.measures == volvo.measures
    assert csv.conformance == volvo.conformance
