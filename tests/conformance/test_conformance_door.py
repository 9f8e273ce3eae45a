"""The room's door: which streams count, and over what the rates are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conformance_helpers import outcome, reference, streams_of, symbols

from mining.conformance import check, list_references, load_reference, outline
from mining.core.activities import State
from mining.core.results import Conformance, Rates
from mining.core.variant_visits import VariantVisits, numbered

SIMPLE = "[engage, deliver_and_support, value]"
AS_AGREED = symbols("E S!")
REPEATED = symbols("E S E S!")
NO_VALUE = symbols("E S")
OPEN, ENDED, CANCELLED, UNKNOWN = State.OPEN, State.ENDED, State.CANCELLED, State.UNKNOWN


@pytest.fixture(scope="module")
def found() -> Conformance:
    streams = streams_of(
        (AS_AGREED, ENDED, 70, 10),
        (REPEATED, ENDED, 20, 5),
        (NO_VALUE, ENDED, 4, 0),
        (NO_VALUE, OPEN, 3, 0),
        (symbols("P E"), OPEN, 2, 0),
        (AS_AGREED, CANCELLED, 1, 0),
        also="P",
        beyond_cap=6,
    )
    return check(reference(SIMPLE), streams)


def test_only_fulfilled_streams_count(found: Conformance) -> None:
    assert found.checked == 90
    assert found.not_checked == {"cancelled": 1, "ended without value": 4, "beyond the cap on variants": 6}


def test_every_stream_is_somewhere(found: Conformance) -> None:
    assert found.checked + found.open_rates.checked + sum(found.not_checked.values()) == 106


def test_the_rates_are_over_streams(found: Conformance) -> None:
    # As agreed: 2 visits and a mark. Repeated: 4 visits and a mark, of which 2 visits match. Shortest path: 3.
    assert found.rates == Rates(
        checked=90,
        conforming=70,
        visible_moves=70 * 2 + 20 * 4,
        matched_moves=70 * 2 + 20 * 2,
        total_cost=20 * 2,
        worst_cost=70 * (3 + 3) + 20 * (5 + 3),
    )
    assert found.rates.streams == 70 / 90
    assert found.rates.moves == 180 / 220
    assert found.fitness == 1 - 40 / 580
    assert found.shortest_path == 3


def test_streams_with_unmapped_events_can_be_left_out(found: Conformance) -> None:
    assert (found.rates_mapped.checked, found.rates_mapped.conforming) == (75, 60)
    assert found.rates_mapped.total_cost == 15 * 2


def test_open_streams_stand_apart(found: Conformance) -> None:
    assert (found.open_rates.checked, found.open_rates.conforming, found.open_rates.total_cost) == (5, 3, 2)
    assert found.open_rates.worst_cost == 5 * 2
    assert {d.label for d in found.deviations} == {"engage", "deliver_and_support"}


def test_deviations_are_counted_over_streams(found: Conformance) -> None:
    assert [(d.sentence, d.streams, d.occurrences, d.moves, d.variants) for d in found.deviations] == [
        ("Deliver and support is repeated", 20, 20, 20, (1,)),
        ("Engage is repeated", 20, 20, 20, (1,)),
    ]


def test_a_deviation_that_comes_twice_in_a_stream_counts_the_stream_once() -> None:
    streams = streams_of((symbols("E P S P S!"), ENDED, 7, 0))
    plan = check(reference(SIMPLE), streams).deviations[1]
    assert (plan.sentence, plan.streams, plan.occurrences, plan.moves) == ("Plan is not expected", 7, 14, 14)


def test_a_deviation_names_its_five_most_frequent_variants() -> None:
    variants = [(symbols(f"E P:p{i} S!"), ENDED, 10 - i, 0) for i in range(8)]
    (plan,) = check(reference(SIMPLE), streams_of(*variants)).deviations
    assert plan.variants == (0, 1, 2, 3, 4)
    assert plan.streams == sum(10 - i for i in range(8))


def test_checks_hold_full_and_open_variants_in_their_order(found: Conformance) -> None:
    assert [one.variant for one in found.checks] == [0, 1, 3, 4]


def test_without_ends_every_stream_is_checked_and_it_is_said() -> None:
    found = check(reference(SIMPLE), streams_of((NO_VALUE, UNKNOWN, 3, 0), also="S!"))
    assert (found.checked, found.total_cost) == (3, 3)
    assert "cannot tell when a ticket has ended" in found.notes[0]


def test_without_value_in_the_mapping_ended_streams_count_and_it_is_said() -> None:
    found = check(reference(SIMPLE), streams_of((NO_VALUE, ENDED, 3, 0), can_realise_value=False))
    assert (found.checked, found.conforming, found.not_observable) == (3, 3, ("value",))
    assert "cannot tell where value is realised" in found.notes[0]


def test_no_streams_at_all() -> None:
    found = check(reference(SIMPLE), streams_of(also="E S!"))
    assert (found.checked, found.rates.streams, found.rates.moves, found.fitness) == (0, None, None, None)
    assert (found.checks, found.deviations) == ((), ())


def test_a_stream_of_nothing_misses_everything() -> None:
    found = outcome(SIMPLE, "", also="E S!")
    assert [d.sentence for d in found.deviations] == [
        "Deliver and support is missing",
        "Engage is missing",
        "Value is missing",
    ]


def test_what_is_told_of_the_reference(found: Conformance) -> None:
    assert (found.reference, found.reference_demand, found.scope) == ("Test", "somebody needs something", "run")
    assert found.reference_outline == ("Engage", "Deliver and support", "value")


def test_equal_symbols_need_not_be_the_same_objects() -> None:
    copied = tuple(replace(symbol) for symbol in REPEATED)
    assert copied[0] is not REPEATED[0]
    first, second = (check(reference(SIMPLE), streams_of((s, ENDED, 1, 0))) for s in (REPEATED, copied))
    assert first == second


def test_outline_in_words() -> None:
    stream = (
        "[engage, {optional: plan}, {repeat: [improve, {engage: ask}], at_most: 3}, "
        "{one_of: [plan, [improve, value]]}, {in_any_order: [plan, {repeat: engage, at_least: 2}]}, "
        "{repeat: value, at_least: 0}, {repeat: value, at_least: 0, at_most: 2}, "
        "{repeat: [plan, value], at_least: 2, at_most: 2}]"
    )
    assert outline(reference(stream)) == (
        "Engage",
        "optional: Plan",
        "1 to 3 times",
        "  Improve",
        "  Engage (ask)",
        "one of",
        "  - Plan",
        "  - Improve",
        "    value",
        "in any order",
        "  - Plan",
        "  - 2 times or more: Engage",
        "any number of times: value",
        "up to 2 times: value",
        "2 times",
        "  Plan",
        "  value",
    )


INCIDENT = "E:contact E:log S:route S:investigate"


@pytest.mark.parametrize(
    ("variant", "conforms"),
    [
        (f"{INCIDENT} S:resolve!", True),
        ("E:contact E:log S:resolve!", True),
        (f"{INCIDENT} E:ask S:route S:resolve!", True),
        (f"E:contact E:ask {INCIDENT[10:]} S:resolve!", False),  # written down only after the user was asked
        ("E:contact E:ask S:investigate E:ask S:investigate S:resolve! E:confirm+", True),
        (f"{INCIDENT} S:resolve! E:survey", True),
        (f"{INCIDENT} S:resolve! E:survey I!", True),
        (f"{INCIDENT} I E:confirm+", True),
        (f"{INCIDENT} S:resolve! E:reopen- S:investigate S:resolve!", False),
        (f"{INCIDENT} S:resolve! S:investigate", False),
        (f"E:contact P {INCIDENT[10:]} S:resolve!", False),
        ("S:investigate S:resolve!", False),
    ],
)
def test_the_shipped_incident_stream_suits_tickets(variant: str, conforms: bool) -> None:
    streams = streams_of((symbols(variant), ENDED, 1, 0), also="E:log E:confirm+ E:survey I I! P")
    assert (check(load_reference("incident"), streams).conforming == 1) is conforms


def test_reopening_is_a_deviation_where_confirmation_cannot_be_shown() -> None:
    streams = streams_of((symbols(f"{INCIDENT} S:resolve! E:reopen- S:investigate S:resolve!"), ENDED, 1, 0))
    found = check(load_reference("incident"), streams)
    assert found.conforming == 0
    assert "Engage, to re-open the ticket, is repeated after value" in {d.sentence for d in found.deviations}


NEW_SERVICE = "E P E P E O D O D O D! S"


@pytest.mark.parametrize(
    ("variant", "conforms"),
    [
        (NEW_SERVICE, True),
        ("E P E P E O I D O D! E", True),
        (f"{NEW_SERVICE} E I! S E!", True),
        ("E P E P E O D O I O D O D E! S", True),  # built and reviewed twice, accepted with the customer
        (f"{NEW_SERVICE} O D", False),  # what is built once the service runs is a stream of its own
        ("P E P E O D O D O D! S", False),
        ("E P E P E O D O D O D!", False),
    ],
)
def test_the_shipped_new_service_stream(variant: str, conforms: bool) -> None:
    streams = streams_of((symbols(variant), ENDED, 1, 0), also="E P D O S! I!")
    assert (check(load_reference("new_service"), streams).conforming == 1) is conforms


def test_the_article_sends_a_survey() -> None:
    streams = streams_of((symbols("E S!"), ENDED, 1, 0), (symbols("E S! E:survey"), ENDED, 1, 0))
    found = check(load_reference("incident_article"), streams)
    assert [d.sentence for d in found.deviations] == ["Engage (survey) is missing"]


@pytest.mark.parametrize(
    ("name", "variant", "deviations"),
    [
        ("request", "E:order S:queue S:fulfil S:deliver!", []),
        ("request", "E:order S:queue O:procure S:fulfil E:ask S:deliver! E:survey", []),
        ("request", "S:queue S:fulfil S:deliver!", ["Engage is missing"]),
        ("problem", "I:log I:analyse O:fix I:verify!", []),
        ("problem", "I:log O:fix I D E I:verify! E", []),
        ("problem", "E I:log O:fix I:verify!", ["The stream begins with Engage"]),
        ("standard_change", "E:request D:prepare D:schedule O:implement D:implement I:review!", []),
        (
            "standard_change",
            "E:request D:prepare D:assess D:implement!",
            ["Design and transition (assess) is not expected"],
        ),
        ("normal_change", "E:request D:assess D:authorise D:schedule O:implement D:implement I:review!", []),
        ("normal_change", "E:request D:assess E:revise D:assess D:authorise D:implement!", []),
        ("normal_change", "E:request D:assess D:implement!", ["Design and transition (authorise) is missing"]),
        ("normal_change", "E:request D:authorise D:assess D:implement!", None),
        ("emergency_change", "E:request D:authorise O:implement D:implement I:review!", []),
        ("emergency_change", "E:request D:authorise D:implement! I:review", []),
        ("emergency_change", "E:request D:authorise D:implement!", None),
        ("release", "P O:build D:test O:build D:deploy! S I", []),
        ("release", "P D:deploy!", ["Obtain/build is missing"]),
        ("major_incident", "E:report S E:inform S! I:review", []),
        ("major_incident", "E:report S!", ["Engage (inform) is missing", "Improve is missing"]),
        ("supplier_case", "E:log S E:supplier O:patch S!", []),
        ("supplier_case", "E:log S!", None),
        ("joining", "E:log E:understand P:approve O:contract D:access S:induct! E:confirm+", []),
        ("joining", "E:log O:contract P:approve D:access S:induct!", None),
    ],
)
def test_the_shipped_streams_by_example(name: str, variant: str, deviations: list[str] | None) -> None:
    """None: it deviates, and in what a reader can see in the file."""
    also = (
        "E:inform E:supplier E:ask E:confirm+ D:assess D:authorise D:implement! D:prepare D:schedule E:revise I P O S"
    )
    found = check(load_reference(name), streams_of((symbols(variant), ENDED, 1, 0), also=also))
    if deviations is None:
        assert found.conforming == 0
    else:
        assert [one.sentence for one in found.deviations] == deviations


def test_what_ships_says_that_it_is_an_example() -> None:
    shipped = list_references()
    assert all(one.note and "example" in one.note for one in shipped.values())
    assert {name: one.scope for name, one in shipped.items()} == {
        "emergency_change": "change",
        "incident": "run",
        "incident_article": "run",
        "joining": "run",
        "major_incident": "run",
        "new_service": "change",
        "normal_change": "change",
        "problem": "run",
        "release": "change",
        "request": "run",
        "standard_change": "change",
        "supplier_case": "run",
    }


def test_the_door_stays_open() -> None:
    """A module of the room with the name of a function of its door would take the function's place once imported."""
    from types import ModuleType

    from mining import conformance

    check(reference(SIMPLE), streams_of((AS_AGREED, ENDED, 1, 0)))
    assert [name for name in conformance.__all__ if isinstance(getattr(conformance, name), ModuleType)] == []


def test_numbered_visits_are_used_only_for_the_variants_that_they_are_of() -> None:
    """Whoever makes streams of other variants need not think of them."""
    plain = streams_of((symbols("E S! E:confirm"), State.ENDED, 3, 0), (symbols("S E"), State.OPEN, 2, 0))
    visits = VariantVisits(plain.variants, *numbered([variant.symbols for variant in plain.variants]))
    agreed = reference("[engage, deliver_and_support, value, {engage: confirm}]")
    assert check(agreed, replace(plain, variant_visits=visits)) == check(agreed, plain)
    fewer = replace(plain, variants=plain.variants[1:])
    assert check(agreed, replace(fewer, variant_visits=visits)) == check(agreed, fewer)
