"""The texts on examples: single streams with their visits in time."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

EVIDENCE_TITLE = "Evidence for each deviation"
EVIDENCE = (
    "How many streams have it, in which variants, and streams to look at, those that ended last. "
    "Times are UTC; a thin bar is waiting."
)
VARIANTS_TITLE = "Streams to look at"
VARIANTS = (
    "Of each of the most frequent variants the streams that ended last, with their visits. Times are UTC; a thin bar "
    "is waiting."
)
NOT_NAMED = "Their tickets are named with --with-tickets."
EXAMPLES_OF = "Examples of variant #{number}"
EXAMPLE = "Example"
IN_VARIANTS = "Most frequent variants with it:"
FURTHER = "{n} further visits are not shown."
COLUMNS = ("Activity and step", "Waiting", "Start (UTC)", "Took", "When")
NEEDS_SCRIPT = "Examples are shown where scripts may run; result.json holds them too."
SO_FAR = "not over yet"
COUNTED = "{n} of {checked} checked streams ({share}), {times} times."
WITH_WITHOUT = "Median lead time {one} with it, {other} without it."
SEEN = "Seen from {first} to {last}: {trend}."
FILES = "tables/deviations.parquet beside this report says which stream has which deviation."
