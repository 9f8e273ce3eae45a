"""The texts of the page's filter, and of the parts that it can show."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__, skip=("ACTS",))

LABEL = "Show"
ALL = "All streams"
STATUS = "Shown: {what}, {n} of {all}."
CLEAR = "Show all streams"
UNKNOWN = "This page has no part called “{what}”: all streams are shown."

ACTS = ("summary", "map", "waits", "lead", "variants", "conformance")
"""The sections that the filter acts on; what it does not act on in them says so."""

NOT_HERE = "This section shows all streams; the filter does not act here."
OF_ALL = "Of all streams: the filter does not act here."
NOTHING = "There is nothing to draw of these streams."
ALIKE = "The rows keep the order of all streams, so that two parts can be laid side by side."

DIMENSIONS = {
    "period": "Period of demand, by {unit}",
    "type": "Type of ticket",
    "scope": "Run or change",
    "cohort": "{name}",
}
PERIODS_ASKED_FOR = "Period of demand"
UNITS = {"month": "month", "quarter": "quarter", "year": "year"}
SCOPES = {"run": "Running the business", "change": "Changing the business"}
OTHERS_OF_PERIOD = "all other periods"

SECTION = ("Parts", "What can this page be narrowed to, and how do the parts differ?")
HOW = (
    "The filter at the top of the page shows one of these parts at a time; its address says which, so that whoever "
    "gets it sees the same. Each stream is in exactly one part of a table. Lead time runs to the first value claimed."
)
HOW_PERIOD = (
    "A stream is in the period in which its demand arose, in the time zone of the mapping; those of the latest periods "
    "that are fulfilled already are the fast ones."
)
NO_PERIOD = "There is no filter by period: {reason} To have it nevertheless, ask for it: --split-by period."
FEW = "Fewer than 30 fulfilled streams, so that their figures are hints: {names}."
