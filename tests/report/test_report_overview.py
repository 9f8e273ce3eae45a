from __future__ import annotations

from dataclasses import replace

from report_builders import (
    HOUR,
    INCIDENTS,
    LOG,
    NO_CONTACT,
    RESOLVE,
    ROUTE,
    WORK,
    Trail,
    analysis,
)
from syrupy.assertion import SnapshotAssertion

from mining.core.activities import End, State
from mining.core.analysis import Analysis
from mining.core.events import VisitLabel
from mining.core.export import Holds
from mining.core.results import Waiting
from mining.report import summary
from mining.report.findings import findings
from mining.report.overview import overview, verdict


def test_the_first_screen_in_words(snapshot: SnapshotAssertion) -> None:
    assert summary(analysis()) == snapshot


def test_the_verdict_tells_of_time_and_of_whom_it_waits_on() -> None:
    said = verdict(analysis())
    assert said.startswith("Half of the fulfilled streams reach value within 3.2 h, but 15 % take longer than 25.5 h")
    assert said.endswith("79 % of the time before value is waiting, the largest part of it on the user.")


def test_a_verdict_without_waiting_says_nothing_of_it() -> None:
    busy = analysis((Trail(((WORK, 2.0), (RESOLVE, 1.0)), 40),))
    assert "waiting" not in verdict(busy)


def test_a_verdict_on_one_party_only() -> None:
    assert verdict(analysis((Trail(((ROUTE, 2.0), (RESOLVE, 1.0)), 40),))).endswith(
        "is waiting, all of it on the team."
    )
    nobody = VisitLabel(WORK.activity, "wait", "unknown")
    assert verdict(analysis((Trail(((nobody, 2.0), (RESOLVE, 1.0)), 40),))).endswith(
        "is waiting, all of it on parties that the export does not name."
    )


def points() -> Analysis:
    """An analysis of events that are points: nearly all time lies between visits."""
    given = analysis()
    waiting = (Waiting("hand-off", 97 * HOUR, 4, 2), Waiting(None, 3 * HOUR, 4, 2))
    measures = replace(given.measures, waiting=waiting)
    return replace(given, measures=measures, streams=replace(given.streams, holds=Holds.POINT))


def test_time_between_visits_is_never_called_waiting() -> None:
    assert verdict(points()).endswith("; 97 % of the time before value lies between two visits.")
    first = findings(points())[0]
    assert first.claim == "97.0 % of the time before value lies between two visits"
    assert "Engage (ask) → Deliver and support (investigate): 3,644 passages" in first.evidence
    assert "whether that is waiting or work, this export cannot show" in first.evidence
    assert overview(points()).tiles[4].over[-1] == "whether that is waiting or work, this export cannot show"


def test_the_verdict_on_streams_that_are_all_open() -> None:
    assert verdict(analysis((Trail(((LOG, 1.0),), 7, state=State.OPEN),))) == (
        "The routes of the streams are known, but this mapping has no rule that says when value is realised."
    )
    waiting = analysis((Trail(((LOG, 1.0),), 7, state=State.OPEN),))
    waiting = replace(waiting, streams=replace(waiting.streams, can_realise_value=True))
    assert verdict(waiting) == "None of the 7 streams has reached its end yet: all are still open."


def test_the_verdict_on_streams_that_were_all_cancelled() -> None:
    given = analysis((Trail(((LOG, 1.0),), 5, State.CANCELLED), Trail(((LOG, 1.0), (WORK, 1.0)), 2, State.OPEN)))
    given = replace(given, streams=replace(given.streams, can_realise_value=True))
    assert verdict(given) == "None of the 7 streams was fulfilled: 2 open, 5 cancelled."


def test_the_verdict_on_an_empty_export() -> None:
    assert verdict(analysis(())) == "This export holds no stream."


def test_few_streams_are_said_to_be_few() -> None:
    few = replace(INCIDENTS[0], streams=3)
    assert any("Only 3 fulfilled streams" in line for line in overview(analysis((few,))).lede)
    assert not any("Only" in line for line in overview(analysis()).lede)


def test_there_are_always_six_tiles() -> None:
    for given in (analysis(), analysis(()), analysis(conformance=None)):
        assert len(overview(given).tiles) == 6


def test_a_report_without_a_reference_says_that_nothing_was_checked() -> None:
    tile = overview(analysis(conformance=None)).tiles[1]
    assert (tile.figure, tile.over) == ("–", ("no reference stream was named",))


# ------------------------------------------------------------------------------------------------------ findings


def sections(given: object) -> list[str]:
    return [found.section for found in findings(given)]  # type: ignore[arg-type]


def test_time_then_deviations_then_doubling_back() -> None:
    assert sections(analysis()) == ["waits", "conformance", "doubling"]


def test_events_without_an_activity_come_first() -> None:
    given = analysis()
    ledger = replace(given.ledger, events_unmapped=given.ledger.events_made // 50)
    found = findings(replace(given, ledger=ledger))
    assert found[0].claim == "2.0 % of the events have no activity"
    assert [one.section for one in found] == ["data", "waits", "conformance"]


def test_rows_set_aside_come_first_too() -> None:
    given = analysis()
    ledger = replace(given.ledger, rows_rejected=given.ledger.rows_read // 20)
    assert findings(replace(given, ledger=ledger))[0].claim.endswith("of the rows were set aside")


def test_a_rare_deviation_is_no_finding() -> None:
    trails = (Trail(((LOG, 1.0), (RESOLVE, 1.0)), 999), Trail(((RESOLVE, 1.0),), 1, deviations=(NO_CONTACT,)))
    assert "conformance" not in sections(analysis(trails))


def test_timers_are_found_but_never_called_confirmations() -> None:
    given = analysis(conformance=None)
    given = replace(given, measures=replace(given.measures, ends={End.LAPSED: 24_667, End.AGENT: 263}))
    found = [one for one in findings(given) if one.section == "lead"]
    assert found[0].claim == "98.9 % of the tickets were closed by a timer"
    assert found[0].evidence == "24,667 of 24,930 ended tickets; a timer is no confirmation"


def test_an_empty_export_has_no_findings() -> None:
    assert findings(analysis(())) == ()
    assert "Nothing in these figures" in summary(analysis(()))[-1]
