"""The service desk of Volvo IT, against figures that independent pandas code takes of the same log: the three questions
of the Business Process Intelligence Challenge 2013 (push to front, ping-pong, waiting for the user)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mining
from mining.core.desk import ServiceDesk

LOG = Path(__file__).parents[3] / "shared" / "logs" / "bpic2013_incidents_vinst.csv.zip"

pytestmark = [
    pytest.mark.real_logs,
    pytest.mark.skipif(not LOG.is_file(), reason="the real logs are not here: ../shared/logs"),
]
MICROSECOND = pd.Timedelta(microseconds=1)


@pytest.fixture(scope="module")
def desk() -> ServiceDesk:
    found = mining.analyse(LOG, mapping="vinst_incident").measures.service_desk
    assert found is not None
    return found


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    rows = pd.read_csv(LOG)
    rows["time"] = pd.to_datetime(rows["Change Date+Time"], utc=True)
    rows["ticket"] = rows["SR Number"]
    rows = rows.sort_values(["ticket", "time"], kind="stable").reset_index(drop=True)
    # The level of support stands in a column of its own, made from the same names of teams by others.
    rows["line"] = rows["ST Level"].str[1:2].astype(int).where(rows["ST Level"] != "L2/L3", 3)
    return rows


@pytest.fixture(scope="module")
def stays(log: pd.DataFrame) -> pd.DataFrame:
    moved = log["Involved ST"] != log.groupby("ticket")["Involved ST"].shift()
    return log[moved].copy()


def test_ping_pong(desk: ServiceDesk, stays: pd.DataFrame) -> None:
    of_ticket = stays.groupby("ticket")
    team, left = stays["Involved ST"], of_ticket["time"].shift()
    back = stays[team == of_ticket["Involved ST"].shift(2)]
    pong, between = desk.ping_pong, (back["time"] - left[back.index]) // MICROSECOND
    assert pong is not None
    assert pong.tickets.n == back["ticket"].nunique() == 1_177
    assert pong.occurrences == len(back) == 2_394
    assert pong.between is not None
    assert pong.between.total == between.sum()
    before = of_ticket["Involved ST"].shift()
    pairs = back.groupby([back["Involved ST"], before[back.index]]).size()
    shown = {(pair.group, pair.back_from): pair.occurrences for pair in pong.pairs if not pair.others}
    assert {pair: pairs[pair] for pair in shown} == shown
    assert min(shown.values()) == pairs.nlargest(len(shown)).min()
    assert sum(pair.occurrences for pair in pong.pairs) == len(back)
    again = stays.groupby(["ticket", "Involved ST"]).size()
    assert pong.returned.n == again[again > 1].reset_index()["ticket"].nunique()
    assert pong.returns == (again - 1).sum()


def test_re_assignment(desk: ServiceDesk, stays: pd.DataFrame) -> None:
    changes = stays.groupby("ticket").size() - 1
    assert desk.reassignment is not None
    assert desk.reassignment.changes == changes.sum()
    assert desk.reassignment.by_changes == (*((changes == n).sum() for n in range(3)), (changes > 2).sum())


def resolutions(log: pd.DataFrame) -> pd.DataFrame:
    """The first row of each ticket that says that it is resolved."""
    done = log[(log["Status"] == "Completed") & log["Sub Status"].isin(["Resolved", "In Call"])]
    return done.groupby("ticket").head(1)


def test_push_to_front(desk: ServiceDesk, log: pd.DataFrame) -> None:
    resolved = resolutions(log)
    lines = desk.lines
    assert lines is not None
    assert lines.tickets == len(resolved)
    by_line = resolved.groupby("line").size()
    assert {one.line: one.tickets for one in lines.by_line} == by_line.to_dict()
    at = resolved.set_index("ticket")
    before = log[log.index <= log["ticket"].map(dict(zip(resolved["ticket"], resolved.index, strict=True)))]
    touched = before.groupby("ticket")["line"].nunique()
    alone = at[touched.reindex(at.index) == 1].groupby("line").size()
    assert {one.line: one.alone for one in lines.by_line} == alone.to_dict()


def test_waiting_for_the_user(desk: ServiceDesk, log: pd.DataFrame) -> None:
    # Tickets that ended, were not cancelled and have a resolution; of them what lies before value holds.
    last = log.groupby("ticket").tail(1).set_index("ticket")
    ended = last.index[(last["Status"] == "Completed") & last["Sub Status"].isin(["Closed", "In Call"])]
    rows = log[log["ticket"].isin(ended.intersection(resolutions(log)["ticket"]))].copy()
    before = rows.groupby("ticket")[["Status", "Sub Status"]].shift()
    completed = rows["Status"] == "Completed"
    said = completed & rows["Sub Status"].isin(["Resolved", "In Call"])
    reopens = rows["Status"].isin(["Accepted", "Queued"]) & (before["Status"] == "Completed")
    value = pd.Series(float("nan"), index=rows.index).mask(said, 1.0).mask(reopens, 0.0)
    rows["realised"] = value.groupby(rows["ticket"]).ffill().fillna(0.0)
    # The row that opens a ticket again waits on the desk, whatever its status.
    rows["asks"] = (rows["Sub Status"] == "Wait - User") & ~reopens
    says_nothing = completed & (rows["Sub Status"] == before["Sub Status"])
    rows = rows[~says_nothing & (rows["Status"] != "Unmatched")]
    visits = rows[~rows["asks"] | ~rows.groupby("ticket")["asks"].shift(fill_value=False)].copy()
    visits["until"] = visits.groupby("ticket")["time"].shift(-1)
    asked = visits[visits["asks"] & (visits["realised"] == 0.0)].dropna(subset="until")
    took = (asked["until"] - asked["time"]) // MICROSECOND
    found = next(one for one in desk.indicators if one.on == "user")
    assert (found.waits, found.tickets, found.total) == (len(asked), asked["ticket"].nunique(), took.sum())
    assert found.short.n == (took <= 5 * 60_000_000).sum()
    assert found.long.n == (took > 14 * 86_400_000_000).sum()
    of_group = took.groupby([asked["Involved ST"]]).sum()
    named = {one.group.name: one.total for one in desk.waits.by_cause if one.on == "user"}
    assert len(named) > 5
    assert {name: of_group[name] for name in named} == named
