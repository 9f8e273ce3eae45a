"""Reference streams with too many states for our own alignments: pm4py aligns, within a time."""

from __future__ import annotations

import time
from functools import partial

import pytest
from conformance_helpers import outcome, reference, spelled, streams_of, symbols
from hypothesis import given, settings
from reference_strategies import references
from test_alignment_laws import EVERYTHING, several

from mining.conformance import Reference, check_reference, checking, large
from mining.conformance.automaton import TooLarge, compile_stream
from mining.conformance.checking import check
from mining.conformance.net import MOST_PARTS, Unfolded, unfold
from mining.conformance.pm4py_worker import Lost, Moves, Worker
from mining.conformance.waiting import NO_TIME_LEFT, TOO_LONG, Job, Patience, align_in_time
from mining.core.activities import State
from mining.core.events import Symbol
from mining.pm4py_adapter import Aligner

pytestmark = [
    pytest.mark.slow,  # every worker imports pm4py
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),  # pm4py uses numpy.matrix
]

LETTERS = "abcdefghijkl"
TWELVE = f"[engage, {{in_any_order: [{', '.join(f'{{plan: {letter}}}' for letter in LETTERS)}]}}, value]"
BACKWARDS = " ".join(f"P:{letter}" for letter in reversed(LETTERS))
SHORT = "[engage, {in_any_order: [plan, improve]}, value]"


def every(_: str) -> bool:
    return True


def test_twelve_parts_in_any_order_are_too_many_states() -> None:
    with pytest.raises(TooLarge):
        compile_stream(reference(TWELVE).stream, every)


def test_pm4py_aligns_what_has_too_many_states() -> None:
    found = check(
        reference(TWELVE),
        streams_of(
            (symbols(f"E {BACKWARDS}!"), State.ENDED, 5, 1),
            (symbols(f"E {BACKWARDS.replace('P:c', 'I')}!"), State.ENDED, 3, 0),
            (symbols("E P:b P:a"), State.OPEN, 2, 0),
            (symbols("E I P:b"), State.OPEN, 1, 0),
            (symbols("E"), State.CANCELLED, 4, 0),
        ),
    )
    assert (found.checked, found.conforming, found.total_cost, found.shortest_path) == (8, 5, 6, 14)
    assert [(d.kind.value, d.label, d.streams, d.moves) for d in found.deviations] == [
        ("unexpected", "improve", 3, 3),
        ("missing", "plan:c", 3, 3),
    ]
    assert (found.open_rates.checked, found.open_rates.conforming, found.open_rates.total_cost) == (3, 2, 1)
    assert found.not_checked == {"cancelled": 4}
    assert "4 of 4 different ones" in found.notes[-1]


@pytest.mark.slow
def test_it_says_the_same_twice() -> None:
    streams = streams_of((symbols("E P:a I P:a P:b I!"), State.ENDED, 1, 0), (symbols("P:c I E!"), State.ENDED, 1, 0))
    one, two = (check(reference(TWELVE), streams) for _ in range(2))
    assert (one.checks, one.deviations) == (two.checks, two.deviations)


def test_no_time_is_no_check_and_is_said() -> None:
    streams = streams_of((symbols(f"E {BACKWARDS}!"), State.ENDED, 5, 0), (symbols("E"), State.OPEN, 2, 0))
    began = time.monotonic()
    found = check(reference(TWELVE), streams, Patience(0))
    assert time.monotonic() - began < 30
    assert found.not_checked == {NO_TIME_LEFT: 7}
    assert (found.checked, found.open_rates.checked, found.checks, found.fitness) == (0, 0, (), None)


class Here:
    """As a process that aligns, but in this one, and so at once."""

    def prepare(self, nets: Unfolded) -> None:
        self.nets = {False: Aligner(nets.whole), True: Aligner(nets.beginning)}

    def align(self, stream: tuple[str, ...], *, prefix: bool, seconds: float) -> Moves | None:
        return self.nets[prefix].align(stream, seconds)

    def kill(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "align_in_time", partial(align_in_time, start=Here, workers=1))


# ------------------------------------------------------------------------------------------- processes and clocks

JOBS = [Job(("engage",), prefix=False), Job(("plan",), prefix=False)]


class Stuck(Worker):
    """A process that hears nothing on the stream `engage`; `all_` says which ones there have been."""

    all_: list[Stuck]

    def __init__(self) -> None:
        super().__init__()
        self.all_.append(self)

    def align(self, stream: tuple[str, ...], *, prefix: bool, seconds: float):  # type: ignore[no-untyped-def]
        if stream == ("engage",):
            while is_alive(self):  # as one who waits for an answer that never comes
                time.sleep(0.01)
            raise Lost
        return super().align(stream, prefix=prefix, seconds=seconds)


def is_alive(worker: Worker) -> bool:
    return worker._process.poll() is None


@pytest.fixture
def stuck() -> type[Stuck]:
    return type("Stuck", (Stuck,), {"all_": []})


def test_a_stuck_process_is_ended_and_another_goes_on(stuck: type[Stuck], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mining.conformance.waiting._GRACE", 0.1)
    monkeypatch.setattr("mining.conformance.waiting._SHARE_FOR_ONE", 200)
    patience = Patience(60)
    found = align_in_time(unfold(reference(SHORT).stream, every), JOBS, patience, start=stuck, workers=1)
    assert found[JOBS[0]] == TOO_LONG
    assert isinstance(found[JOBS[1]], list)
    assert len(stuck.all_) == 2
    assert not any(map(is_alive, stuck.all_))
    assert patience.left < 60


def test_when_the_time_is_over_all_processes_are_ended(stuck: type[Stuck]) -> None:
    began = time.monotonic()
    found = align_in_time(unfold(reference(SHORT).stream, every), JOBS[:1], Patience(0.5), start=stuck)
    assert time.monotonic() - began < 15
    assert found == {JOBS[0]: NO_TIME_LEFT}
    assert not any(map(is_alive, stuck.all_))


def test_a_process_that_sleeps_is_ended_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = "import time; time.sleep(600)"
    monkeypatch.setattr("mining.core.json_process._START", asleep)
    began = time.monotonic()
    found = check(reference(TWELVE), streams_of((symbols(f"E {BACKWARDS}!"), State.ENDED, 3, 0)), Patience(1))
    assert time.monotonic() - began < 30  # a second, and what it takes to see that there are too many states
    assert found.not_checked == {NO_TIME_LEFT: 3}


def test_an_interruption_ends_everything_at_once(stuck: type[Stuck], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        time.sleep(0.3)
        raise KeyboardInterrupt

    monkeypatch.setattr("mining.conformance.waiting._Pool.wait_until", interrupted)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        align_in_time(unfold(reference(SHORT).stream, every), JOBS, Patience(60), start=stuck)
    assert time.monotonic() - began < 15
    assert not any(map(is_alive, stuck.all_))


def test_processes_that_cannot_be_started_are_not_tried_for_ever() -> None:
    def never() -> Worker:
        raise Lost

    found = align_in_time(unfold(reference(SHORT).stream, every), JOBS, Patience(60), start=never)
    assert found == dict.fromkeys(JOBS, NO_TIME_LEFT)


# ------------------------------------------------------------------------------------------------------- the nets


@given(references(), several)
@settings(max_examples=40, deadline=None)
def test_nets_cost_what_the_automaton_costs(agreed: Reference, streams: list[tuple[Symbol, ...]]) -> None:
    nets = unfold(agreed.stream, every)
    for state, net in ((State.UNKNOWN, nets.whole), (State.OPEN, nets.beginning)):
        aligner = Aligner(net)
        for one in check(agreed, streams_of(*((s, state, 1, 0) for s in streams), also=EVERYTHING)).checks:
            moves = aligner.align(one.merged, 60)
            assert moves is not None
            cost = sum(not (reads and nets.part[transition]) if transition >= 0 else 1 for reads, transition in moves)
            assert cost == one.cost, one.merged


@pytest.mark.parametrize(
    ("stream", "variant"),
    [
        (SHORT, "E I P!"),
        (SHORT, "E S I!"),
        ("[engage, {one_of: [plan, improve]}, value, {optional: {engage: ask}}]", "E S! E:ask S"),
        ("[engage, {repeat: [plan, improve]}, deliver_and_support, value]", "E P I I S!"),
        ("[engage, plan, engage, value]", "E E P E!"),
        ("[engage, {repeat: [plan, improve], at_least: 0, at_most: 2}, value]", "E P I P I P I!"),
    ],
)
@pytest.mark.usefixtures("here")
def test_deviations_are_told_alike(stream: str, variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = outcome(stream, variant)
    monkeypatch.setattr(checking, "compile_seen", _refused)
    theirs = outcome(stream, variant)
    assert theirs.checks == ours.checks
    assert theirs.deviations == ours.deviations
    assert (theirs.rates, theirs.shortest_path) == (ours.rates, ours.shortest_path)


def _refused(*_: object) -> None:
    raise TooLarge


@pytest.mark.usefixtures("here")
def test_what_cannot_be_seen_costs_nothing_there_either() -> None:
    found = outcome(TWELVE, f"E {BACKWARDS.replace('P:c ', '')}!")
    assert (found.conforming, found.not_observable) == (1, spelled("P:c"))


def test_parts_that_nobody_could_write_down_are_refused() -> None:
    many = "[" + ", ".join(f"{{plan: s{i}}}" for i in range(MOST_PARTS + 1)) + "]"
    with pytest.raises(TooLarge):
        unfold(compiled(many), every)


def compiled(stream: str):  # type: ignore[no-untyped-def]
    return reference(stream).stream


def test_it_is_said_when_the_reference_stream_is_checked() -> None:
    (said,) = check_reference(reference(TWELVE))
    assert "more than 2,000 states" in said.text
    assert said.todo is not None
    assert "--align-seconds" in said.todo
