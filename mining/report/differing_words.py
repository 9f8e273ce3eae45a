"""The texts on what two cohorts differ in."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

TITLE = "In what they differ"
HOW = (
    "Steps, hand-offs, routes and deviations of the two, {n} comparisons in all. So many find something by chance "
    "alone, so p is adjusted for all of them together (Benjamini and Hochberg, 1995): of what is coloured, one in 20 "
    "at most is expected to be a false alarm. What is grey is within what chance explains. Intervals are of each "
    "comparison alone, with 95 % confidence. A difference is no cause."
)
MAP_TITLE = "The hand-offs in which they differ"
MAP_KEY = "Width: how often, over all streams. Label: the difference in points."
MAP_FIRST, MAP_SECOND, MAP_CHANCE = "more streams of {who}", "more streams of {who}", "within what chance explains"
NOTHING = "Nothing in which the two differ is more than chance explains."

UNTOLD = "too few streams to tell"
CHANCE = "within what chance explains"
MORE = "more often in {who}"
LONGER = "longer in {who}"
TAKES_LESS = "First takes less time"

HEADS = {
    "place": "Step",
    "hand-off": "Hand-off",
    "wait": "Hand-off",
    "variant": "Route",
    "deviation": "Deviation",
}
CAPTIONS = {
    "place": "Steps that streams come to",
    "hand-off": "Hand-offs that streams make",
    "wait": "How long hand-offs take",
    "variant": "Routes that streams take",
    "deviation": "Deviations that checked streams have",
}
_SHARES = "Shares of the streams on a known path; {first} minus {second}, in points (interval: Newcombe)."
NOTES = {
    "place": _SHARES,
    "hand-off": _SHARES,
    "wait": (
        "Medians before value; then how often a passage of {first} takes less time than one of {second}, ties counting "
        "half: 50 % is no difference (Brunner and Munzel). Passages of one stream count as if they were independent."
    ),
    "variant": _SHARES,
    "deviation": "Shares of the checked streams; {first} minus {second}, in points (interval: Newcombe).",
}
