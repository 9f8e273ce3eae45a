"""Causes told apart, on what the history keeps of two runs; hand-worked, without an analysis."""

from __future__ import annotations

from dataclasses import replace

from mining.audit.causes import Side, causes, notes
from mining.audit.compare import deviations, grows, variant_drift, variants
from mining.audit.latest import Cohort, Latest
from mining.audit.measured import Measured
from mining.audit.setup import Setup, Text
from mining.audit.statistics import drift, percentiles_differ, shares_differ
from mining.core.audit import CauseKind

A, B, C = (("engage:log", "x"), "ended"), (("engage:log", "y"), "ended"), (("engage:log", "z"), "ended")
WEEKS = {f"2026-01-{day:02}": [10, 100, 10, f"f{day}"] for day in (5, 12, 19, 26)}


def run(**more: object) -> Measured:
    figures = {
        "ledger.rows_read": 1000,
        "conformance.checked": 200,
        "conformance.conforming": 180,
        "measures.lead_time.held.n": 200,
        "measures.rework.streams": 200,
        "measures.rework.back_to_activity": 20,
    }
    base = Measured(
        figures=figures,
        variants={A: 150, B: 50},
        hand_offs=[],
        deviations={"x is missing": 20},
        weeks=dict(WEEKS),
        lead_times=tuple(range(101)),
        columns=("ticket", "time", "event"),
        unmapped={},
        by_completion=False,
        window=("2026-01-05T00:00:00+00:00", "2026-02-01T00:00:00+00:00"),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def setup(
    text: bytes = b"mapping", owner: str | None = "Ada", reference: bytes = b"reference", noise: float = 0.2
) -> Setup:
    return Setup((Text("m.yaml", text, owner),), (Text("r.yaml", reference, None),), noise, 1000, None)


def told(now: Measured, before: Measured, **more: object) -> dict[CauseKind, str]:
    new, old = more.get("new", setup()), more.get("old", setup())
    assert isinstance(new, Setup)
    assert isinstance(old, Setup)
    kept = more.get("kept")
    assert kept is None or isinstance(kept, Measured)
    found = causes(Side(now, new, str(more.get("program", "1"))), Side(before, old, "1"), kept, "no column x")
    return {cause.kind: " ".join([cause.sentence, *cause.evidence]) for cause in found}


def test_nothing_changed() -> None:
    assert set(told(run(), run())) == {CauseKind.NOTHING}


def test_streams_that_take_another_way_are_the_process() -> None:
    found = told(run(variants={A: 60, B: 50, C: 90}), run())
    assert set(found) == {CauseKind.PROCESS}
    assert "Cramér's V" in found[CauseKind.PROCESS]


def test_longer_lead_times_are_the_process() -> None:
    found = told(run(lead_times=tuple(range(40, 141))), run())
    assert set(found) == {CauseKind.PROCESS}
    assert "Kolmogorov-Smirnov distance" in found[CauseKind.PROCESS]


def test_a_share_that_moves_is_the_process() -> None:
    figures = {**run().figures, "conformance.conforming": 120}
    assert "90.0% before, 60.0% now" in told(run(figures=figures), run())[CauseKind.PROCESS]


def test_columns_that_are_gone_or_new_are_the_data() -> None:
    found = told(run(columns=("ticket", "time", "what")), run())
    assert set(found) == {CauseKind.DATA}
    assert "columns are gone: event." in found[CauseKind.DATA]
    assert "new columns: what." in found[CauseKind.DATA]


def test_while_the_data_differ_the_process_is_not_accused() -> None:
    found = told(run(columns=("ticket", "time"), variants={C: 200}), run())
    assert set(found) == {CauseKind.DATA}
    assert "cannot be put down to the process" in found[CauseKind.DATA]


def test_labels_without_a_rule_volumes_selection_and_restated_weeks_are_the_data() -> None:
    figures = {**run().figures, "ledger.events_unmapped_share": 0.05}
    assert "“Pending”" in told(run(figures=figures, unmapped={"Pending": 50}), run())[CauseKind.DATA]
    assert (
        "2,500 rows, after 1,000"
        in told(run(figures={**run().figures, "ledger.rows_read": 2500}), run())[CauseKind.DATA]
    )
    assert "now by completion" in told(run(by_completion=True), run())[CauseKind.DATA]
    weeks = {**WEEKS, "2026-01-12": [10, 130, 10, "other"]}
    assert "1 of 2 weeks" in told(run(weeks=weeks), run())[CauseKind.DATA]


def test_a_small_restatement_is_a_note_only() -> None:
    weeks = {**WEEKS, "2026-01-12": [10, 101, 10, "other"]}
    assert set(told(run(weeks=weeks), run())) == {CauseKind.NOTHING}
    assert any("Late updates restate 1 of 2 weeks" in note for note in notes(run(weeks=weeks), run()))


def test_a_mapping_that_changed_is_told_by_its_effect_and_its_owner() -> None:
    now = run(figures={**run().figures, "conformance.rate_streams": 0.5})
    kept = run(figures={**run().figures, "conformance.rate_streams": 0.9})
    found = told(now, run(), new=setup(b"new"), kept=kept)
    assert set(found) == {CauseKind.MAPPING}
    assert "90.0 % by the old one, 50.0 % by the new one" in found[CauseKind.MAPPING]
    assert "Its owner: Ada" in found[CauseKind.MAPPING]
    unsigned = told(now, run(), new=setup(b"new", owner=None), kept=kept)
    assert "Nobody signed it off" in unsigned[CauseKind.MAPPING]


def test_mapping_and_process_are_told_apart_when_both_changed() -> None:
    """By the old mapping the new inputs differ from the old ones: that part is the process."""
    kept = run(variants={A: 60, B: 50, C: 90})
    assert set(told(run(), run(), new=setup(b"new"), kept=kept)) == {CauseKind.MAPPING, CauseKind.PROCESS}


def test_where_the_old_mapping_cannot_be_used_it_is_said() -> None:
    found = told(run(), run(), new=setup(b"new"))
    assert set(found) == {CauseKind.MAPPING, CauseKind.UNKNOWN}
    assert "no column x" in found[CauseKind.UNKNOWN]


def test_reference_options_and_program_have_their_own_names() -> None:
    assert CauseKind.REFERENCE in told(run(), run(), new=setup(reference=b"new"), kept=run())
    assert "noise was 0.2, and is 0.4" in told(run(), run(), new=setup(noise=0.4), kept=run())[CauseKind.OPTIONS]
    assert set(told(run(), run(), program="2")) == {CauseKind.PROGRAM}


def test_a_calendar_is_part_of_the_set_up() -> None:
    new = replace(setup(), calendar=Text("hours.yaml", b"new", None))
    assert "calendar none to hours.yaml" in told(run(), run(), new=new, kept=run())[CauseKind.OPTIONS]


def test_new_gone_grown_and_shrunk_variants() -> None:
    found = {one.symbols: one.what for one in variants(run(variants={A: 40, C: 160}), run(variants={A: 150, B: 50}))}
    assert found == {A[0]: "shrunk", B[0]: "gone", C[0]: "new"}
    assert variants(run(variants={A: 149, B: 51}), run()) == ()


def test_deviations_that_are_new_and_gone() -> None:
    found = deviations(run(deviations={"y is repeated": 3}), run())
    assert [(one.what, one.sentence, one.streams, one.streams_before) for one in found] == [
        ("new", "y is repeated", 3, 0),
        ("gone", "x is missing", 0, 20),
    ]


# ----------------------------------------------------------------------------------------------------------- statistics


def test_chi_square_is_that_of_scipy() -> None:
    from scipy.stats import chi2_contingency

    before, now = {"a": 90, "b": 60, "c": 50}, {"a": 70, "b": 80, "c": 100}
    found = drift(before, now)
    expected = chi2_contingency([[90, 60, 50], [70, 80, 100]], correction=False)
    assert found is not None
    assert abs(found.statistic - expected.statistic) < 1e-5
    assert abs(found.p_value - expected.pvalue) < 1e-9
    assert found.degrees == 2


def test_rare_variants_are_taken_together() -> None:
    before = {"a": 100, **{f"r{i}": 1 for i in range(10)}}
    now = {"a": 100, **{f"s{i}": 1 for i in range(10)}}
    found = drift(before, now)
    assert found is not None
    assert (found.variants, found.p_value) == (2, 1.0)
    assert drift({}, now) is None


def test_two_shares() -> None:
    """50 of 100 against 70 of 100: pooled 0.6, z = 0.2 / sqrt(0.24 × 0.02) = 2.887, p = 0.0039."""
    assert abs(shares_differ(50, 100, 70, 100) - 0.00389) < 0.0001
    assert shares_differ(0, 0, 1, 2) == 1.0
    assert shares_differ(5, 5, 5, 5) == 1.0


def test_distance_of_percentiles() -> None:
    same = percentiles_differ(range(101), 500, range(101), 500)
    assert same == (0.0, 1.0)
    distance, p_value = percentiles_differ(range(101), 500, range(50, 151), 500)
    assert abs(distance - 50 / 101) < 1e-9
    assert p_value < 1e-9


# ------------------------------------------------------------------------------------------------------ growing exports

END = "2026-02-08T00:00:00+00:00"


def cohort(
    variants: dict[tuple[str, ...], int], valued: int = 36, times: tuple[int, ...] = tuple(range(101))
) -> Cohort:
    return Cohort("2026-02-01T00:00:00+00:00", END, variants, valued, times)


def grown(now: Cohort, **more: object) -> Measured:
    """The export of `run` a week later, with 40 streams more; in the week before `now` it was 30 and 10."""
    since = Latest(run().window[1], 0, cohort({A[0]: 30, B[0]: 10}), now)
    return run(**{"variants": {A: 180, B: 60}, "window": (run().window[0], END), "latest": since, **more})


def test_of_a_growing_export_the_last_period_is_judged_against_the_one_before() -> None:
    """30 and 10, as before: nothing changed. 10 and 30 is another process, which over all 240 would have been small."""
    same = grown(cohort({A[0]: 30, B[0]: 10}))
    assert set(told(same, run())) == {CauseKind.NOTHING}
    assert any("The export grows" in note and "by the 40 streams" in note for note in notes(same, run()))
    other = grown(cohort({A[0]: 10, B[0]: 30}))
    found = told(other, run())
    assert set(found) == {CauseKind.PROCESS}
    assert "streams that began since take other variants" in found[CauseKind.PROCESS]
    drifted = variant_drift(other, run())
    assert drifted is not None
    assert (drifted.streams, drifted.streams_before, drifted.growing) == (40, 40, True)


def test_times_and_value_of_the_last_period() -> None:
    """36 of 40 had reached value, now 20 of 40, and later."""
    found = told(grown(cohort({A[0]: 30, B[0]: 10}, 20, tuple(range(80, 181)))), run())
    assert "90.0% before, 50.0% now (of 40" in found[CauseKind.PROCESS]
    assert "lead times of streams that began since" in found[CauseKind.PROCESS]


def test_where_no_period_before_is_like_the_last_it_is_said() -> None:
    without = grown(cohort({}), latest=None)
    found = told(without, run())
    assert set(found) == {CauseKind.UNKNOWN}
    assert variant_drift(without, run()) is None
    assert any("Two like periods are needed" in note for note in notes(without, run()))
    gone = replace(without, columns=("ticket", "time"))
    assert set(told(gone, run())) == {CauseKind.DATA}


def test_an_export_that_lost_streams_does_not_grow() -> None:
    assert not grows(grown(cohort({}), variants={A: 100, B: 140}), run())
    assert not grows(grown(cohort({}), window=("2026-01-06T00:00:00+00:00", END)), run())


def weekly(shares: list[int]) -> list[Measured]:
    """Runs over a file a week, the latest first: of 200 streams so many take the way B."""
    return [run(variants={A: 200 - share - 10, B: share, C: 10}) for share in shares]


def test_what_weeks_differ_by_anyway_is_not_the_process() -> None:
    """40 to 80 of 200 take the way B from week to week: 80 once more is no news, though chance would not explain it;
    160 is."""
    before, *earlier = weekly([40, 80, 45, 75, 40, 80])
    same = setup(b"same")
    usual, told = (
        causes(Side(weekly([share])[0], same, "1"), Side(before, same, "1"), None, None, lambda: earlier)
        for share in (80, 160)
    )
    assert [cause.kind for cause in usual] == [CauseKind.NOTHING]
    assert "beyond how much such periods differ anyway" in usual[0].sentence
    assert "By more than chance alone: streams take other variants" in usual[0].evidence[0]
    assert "is usual (earlier differences: 5)." in usual[0].evidence[0]
    assert [cause.kind for cause in told] == [CauseKind.PROCESS]


def test_where_few_weeks_are_known_chance_alone_decides_and_that_is_said() -> None:
    before, *earlier = weekly([40, 80])
    same = setup(b"same")
    (found,) = causes(Side(weekly([80])[0], same, "1"), Side(before, same, "1"), None, None, lambda: earlier)
    assert found.kind is CauseKind.PROCESS
    assert "is not known yet (earlier differences: 1)." in found.sentence
