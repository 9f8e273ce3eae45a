"""The simulator that the samples of all tools are written from."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "sample_logs"))

import servicenow_changes
import servicenow_exports
from ticket_lives import INCIDENT, REQUEST, Life, Moves, lives

KINDS = {
    "incident": INCIDENT,
    "request": REQUEST,
    "problem": servicenow_exports.PROBLEM,
    "change": servicenow_changes.CHANGE,
}


@pytest.fixture(scope="module")
def incidents() -> list[Life]:
    return lives(7, 800)


@pytest.mark.parametrize("moves", KINDS.values(), ids=KINDS)
def test_moves_lead_somewhere_and_weigh_a_thousand(moves: Moves) -> None:
    for here, choices in moves.items():
        assert sum(weight for _, weight, _ in choices) == 1_000, here
        assert {to for to, _, _ in choices} <= {*moves, "end"}


def test_the_same_seed_gives_the_same_lives(incidents: list[Life]) -> None:
    assert lives(7, 800) == incidents != lives(8, 800)


def test_lives_go_forward_and_are_numbered_as_they_were_opened(incidents: list[Life]) -> None:
    assert [life.n for life in incidents] == list(range(800))
    assert all(a.opened <= b.opened + timedelta(minutes=1) for a, b in pairwise(incidents))
    assert all(a.at <= b.at for life in incidents for a, b in pairwise(life.steps))


def test_hardly_anybody_works_at_night_or_on_sundays(incidents: list[Life]) -> None:
    work = [step.at for life in incidents for step in life.steps if step.kind in ("started", "routed", "resolved")]
    assert sum(at.weekday() == 6 for at in work) < 0.02 * len(work)
    assert sum(5 <= at.hour <= 21 for at in work) > 0.95 * len(work)


def test_tickets_are_closed_reopened_cancelled_and_some_still_open(incidents: list[Life]) -> None:
    kinds = [{step.kind for step in life.steps} for life in incidents]
    assert 0.03 < sum("reopened" in seen for seen in kinds) / 800 < 0.15
    assert 0.01 < sum("cancelled" in seen for seen in kinds) / 800 < 0.10
    assert 0.02 < sum(not seen & {"closed", "closed by timer", "cancelled"} for seen in kinds) / 800 < 0.25


def test_what_was_undone_is_not_remembered(incidents: list[Life]) -> None:
    back = next(life for life in incidents if life.last.kind == "reopened")
    assert back.when("resolved") is not None
    assert back.holds("resolved") is None
