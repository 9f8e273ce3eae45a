"""The texts on cohorts and on tickets that were left out: said only where that was asked for."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

ONLY = (
    "Only part of the export: {kept} of {tickets}, those with {conditions}. The ledger counts the rows of the others."
)
REACHED = (
    "Only part of the export: {kept} of {tickets}, in the streams that begin at a ticket with {conditions}. The ledger "
    "counts the rows of the others."
)
AND = " and "

KINDS = {
    "missing": "no value",
    "not told": "not told by their export",
    "others": "all others",
}

HOW = (
    "Streams split by {by}: {values}. Each stream is in one cohort, by the value last known of the ticket at which it "
    "begins."
)
HOW_PERIOD = (
    "Streams split by {by}: {values}. Each stream is in one cohort, by when its demand arose, in the time zone of the "
    "mapping."
)
NO_TREND = (
    "This is no trend: {reason} Periods lack what was not done by then, or was done before, and near the ends of the "
    "export most of all."
)
OTHERS = "The largest stand apart; the streams of all other values are one more cohort."
FEW = "Fewer than {few} fulfilled streams, so that their figures are hints only: {names}."
NO_PAIR = "There are no two cohorts with a value, so nothing was compared."
NO_CAUSE = (
    "A difference is no cause: cohorts may differ in more than what they were split by. Intervals hold with 95 % "
    "confidence, for streams like these; none of them assumes a distribution of times."
)
MANY = (
    "{n} comparisons stand in this table. Their p is adjusted for that (Holm): below 0.05 chance hardly explains even "
    "one of them."
)
STEPS = "Lead times were compared in steps of {step}."

TIMES_NOTE = (
    "Demand to the first value claimed or confirmed, over the fulfilled streams that have one. Between: the order "
    "statistics between which the figure lies (binomial); – where there are too few streams to say."
)
SHARES_NOTE = (
    "Fulfilled, doubling back and re-opened: of the streams (of those on a known path, where --max-variants left some "
    "out). Conforming: of the checked ones. Waiting: of the elapsed time before value, over fulfilled streams."
)
INTERVALS_NOTE = "Wilson's interval; of waiting that of a ratio over streams (linearised; – below ten of them)."
PAIR_NOTE = (
    "Lead time: how often a stream of {first} takes less time than one of {second}, ties counting half (interval and "
    "test: Brunner and Munzel; effect: Cliff's delta; – below ten streams). Shares: that of {first} minus that of "
    "{second}, in percentage points (interval: Newcombe, of waiting linearised; effect: Cohen's h)."
)
REST_NOTE = (
    "How often a stream of the cohort takes less time than one of all other streams, ties counting half; 50 % is no "
    "difference. Interval and test: Brunner and Munzel; – below ten streams."
)
TIMES_CAPTION = "Points: the figures. Lines: their intervals. The axis is logarithmic."
SHARES_CAPTION = "Points: the figures. Lines: their intervals."

FIGURES = {
    "lead time": "Takes less time",
    "fulfilled": "Fulfilled",
    "conforming": "Conforming",
    "waiting": "Waiting",
    "doubling back": "Doubling back",
    "re-opened": "Re-opened",
}
UNTOLD = "too few streams to tell"
CHANCE = "chance alone can explain it"
NOT_CHANCE = "more than chance; {size}"
NOT_CHANCE_NEGLIGIBLE = "more than chance, but negligible"

PRIVACY_PEOPLE = (
    "Cohorts and conditions may name people in this report: that was asked for (--with-actors). It sends nothing "
    "anywhere."
)
COHORT_DEFINITIONS: tuple[tuple[str, str], ...] = (
    ("Cohort", "Streams that have one thing in common, by the value last known of the ticket at which they begin."),
    (
        "Size of an effect",
        "Cliff's delta: negligible below 0.147, small below 0.33, medium below 0.474 (Romano). Cohen's h: negligible "
        "below 0.2, small below 0.5, medium below 0.8.",
    ),
    (
        "p",
        "How often chance alone would make a difference at least as large, if there were none; adjusted for all that "
        "was compared in one table (Holm).",
    ),
)
