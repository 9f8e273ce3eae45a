"""One generated log in which the truth is known: what is reported is that, or its interval holds it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from known_chain import KnownChain

import mining
from mining.core.improvement import Kind, Verdict
from mining.core.linked import Linked
from mining.core.rates import hundredths
from mining.core.results import Distribution
from mining.report.cost_tables import cost_facts
from mining.report.timing import time_facts
from tests.log_builder import MINUTE

pytestmark = pytest.mark.slow

EFFECT, RIPPLE = 0.55, 3.0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> KnownChain:
    return KnownChain(tmp_path_factory.mktemp("chain"), effect=EFFECT, ripple=RIPPLE, seed=5)


@pytest.fixture(scope="module")
def result(log: KnownChain) -> mining.Result:
    return mining.analyse(log.exports, mapping=log.mappings)


def nearest_rank(values: Sequence[int], share: int) -> int:
    return sorted(values)[-(-len(values) * share // 100) - 1] * MINUTE


def test_every_row_and_every_link_is_accounted_for(log: KnownChain, result: mining.Result) -> None:
    truth, ledger = log.truth, result.analysis.ledger
    assert ledger.adds_up
    assert ledger.rows_read == sum(len(rows) for rows in log.rows.values())
    linked = result.analysis.streams.linked
    assert isinstance(linked, Linked)
    assert {(one.source, one.other): one.links for one in linked.uses} == {
        ("interaction", "incident"): truth.incidents,
        ("incident", "problem"): truth.incident_to_problem,
        ("problem", "change"): truth.problems,
    }
    without = {(one.type, one.other): one.without for one in linked.orphans}
    assert without["problem", "change"] == without["problem", "incident"] == 0
    assert without["change", "problem"] == truth.other_changes
    fan = next(one for one in linked.orphans if (one.type, one.other) == ("problem", "incident"))
    assert (fan.links, fan.median, fan.most) == (truth.incident_to_problem, 3, 3)
    assert dict(linked.in_no_stream) == {"change": truth.other_changes}
    assert result.analysis.streams.cases == truth.incidents


@pytest.mark.parametrize("share", [50, 85, 95])
def test_lead_times_are_those_that_were_planted_elapsed_and_in_working_hours(
    log: KnownChain, result: mining.Result, share: int
) -> None:
    """Each by the hours of the group that had the ticket: the desk until it passed it on, then one or the other."""
    timing = result.measures.timing
    assert timing is not None
    assert timing.working is not None
    elapsed: Distribution = result.measures.lead_time_claimed
    working: Distribution = timing.working.lead_time_claimed
    assert elapsed.n == working.n == len(log.truth.lead) > 10_000
    assert elapsed.percentiles[share] == nearest_rank(log.truth.lead, share)
    assert working.percentiles[share] == nearest_rank(log.truth.work, share)


def test_the_report_says_whose_hours_and_rates_count(result: mining.Result) -> None:
    said = time_facts(result.analysis)
    assert said is not None
    assert any("the calendar of the group counts that has the ticket which the" in one for one in said.calendars)
    costs = cost_facts(result.analysis)["costs"]
    assert any("the group that has the visit's ticket when the visit begins" in note for note in costs.notes)


def test_the_estimate_with_open_streams_holds_the_lead_times_of_all_that_came(
    log: KnownChain, result: mining.Result
) -> None:
    timing = result.measures.timing
    assert timing is not None
    found = timing.claimed
    assert found is not None
    assert found.open > 0
    for share, (low, high) in ((50, found.median_interval), (85, found.p85_interval)):
        assert low is not None
        assert high is not None
        assert low <= nearest_rank(log.truth.all_lead, share) <= high


def test_the_effect_of_the_changes_is_within_its_interval(result: mining.Result) -> None:
    loop = result.measures.improvement
    assert loop is not None
    assert {one.kind for one in loop.effects} == {Kind.ANY, Kind.PROBLEM, Kind.CHANGE}
    for one in loop.effects:
        assert (one.verdict, one.linked) == (Verdict.COMPARED, loop.effects[0].linked)
        assert one.ratio is not None
        assert one.ratio.high is not None
        assert one.ratio.low <= EFFECT <= one.ratio.high < 1
        assert one.own is not None
        assert one.others is not None
        assert one.own < EFFECT  # by before and after alone it looks better than it is ...
        assert one.others < 1  # ... since what was chosen in a bad month gets better by itself


def test_the_ripple_of_the_other_changes_is_within_its_interval(log: KnownChain, result: mining.Result) -> None:
    loop = result.measures.improvement
    assert loop is not None
    assert loop.ripple is not None
    assert loop.ripple.changes == log.truth.other_changes
    assert loop.ripple.ratio is not None
    assert loop.ripple.ratio.low <= RIPPLE <= (loop.ripple.ratio.high or 0)
    assert loop.ripple.ratio.low > 1


def test_what_the_streams_cost_is_what_was_planted(log: KnownChain, result: mining.Result) -> None:
    """By the rate of the group that had the ticket, from the contact to the resolution."""
    costs = result.analysis.costs
    assert costs is not None
    assert not costs.without_groups
    assert hundredths(costs.total) == log.truth.cost
    assert {one.group for one in costs.places} == {"Desk", "Watch"}
