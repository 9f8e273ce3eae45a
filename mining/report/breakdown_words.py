"""The texts of the section that breaks the streams down by service, priority, group and customer."""

from __future__ import annotations

from mining.core.breakdown import FEW, MOST_VALUES, Dimension
from mining.report.language import texts

texts(__name__)

SECTION = (
    "Services, priorities, groups",
    "Which services, categories, priorities, groups and customers take longest, and how much of the delay is theirs?",
)

NAMES = {
    Dimension.SERVICE: "Service",
    Dimension.CATEGORY: "Category",
    Dimension.PRIORITY: "Priority",
    Dimension.GROUP: "Group",
    Dimension.CUSTOMER: "Customer",
    Dimension.TICKET_TYPE: "Type of ticket",
}
BY = "By"
HOW = "How these are counted"
CAPTION = "Streams by {by}, those with the most delay first"
CHART = "Lead time by {by}"
NO_VALUE = "no {by}"
OTHERS = "{n} further values"
OTHER = "1 further value"
FEW_MARK = "few"
OF = "{n} of {all}"

STANDS_OUT = "{by} {name} stands out: {delay} of the delay ({time}) with {streams} of the streams."
EVEN = "No {by} has a share of the delay that stands out from its share of the streams."
NO_DELAY = "No stream has a lead time, so there is no delay to share out."

NOTHING = (
    "Nothing tells the streams of this export apart: the mapping names no column for service, category, priority, "
    "group or customer under facts, the columns are not in the export, or all streams have one value there."
)
NOT_TOLD = (
    "Not shown by {missing}: the mapping names no such column under facts, the export does not have it, or all streams "
    "have one value there."
)

COLUMNS = {
    "streams": "Streams",
    "median": "Median lead time",
    "p85": "85 % within",
    "delay": "Share of the delay",
    "held": "Value holds",
    "reopened": "Re-opened",
    "doubling_back": "Doubling back",
    "conforming": "Conforming",
}
HIDDEN = ("Share of the streams", "Streams with a lead time", "Delay", "Not open", "On a known path", "Checked")
"""Columns of the CSV alone: on the page they are the small figures below the large ones."""

MEDIAN = "median"
P85 = "85 % within"
AXIS = "elapsed time from demand to the first value (logarithmic)"

DEFINITIONS = (
    (
        "Where a stream counts",
        "By what the last row of its ticket tells: the group that had it at the end, its last priority. A stream of "
        "several tickets counts where the ticket does at which it begins.",
    ),
    (
        "Lead time",
        "Elapsed time from demand to the first value claimed, of fulfilled streams; their number is below the median.",
    ),
    (
        "Delay",
        "What the lead times exceed the median lead time of all streams by, summed up: {typical} here, {delay} in all. "
        "A value leads the table because many of its streams are late, or because they are very late. Streams that are "
        "not fulfilled have no lead time and no delay yet.",
    ),
    ("Value holds", "Of the streams that are not open: value was realised and not withdrawn later."),
    ("Re-opened", "Of all streams on a known path: value was withdrawn after it had been claimed."),
    ("Doubling back", "Of all streams on a known path: they return to an activity that they had left."),
    (
        "Conforming",
        "Of the fulfilled streams that were checked, each against the reference stream that is for it: no deviation.",
    ),
    (
        "What is named",
        f"The {MOST_VALUES} values with the most delay; the others are one row. “{FEW_MARK}”: fewer than {FEW} streams "
        "with a lead time, so that the figures are hints. No person is named: columns with callers, or with those who "
        "acted, cannot stand for customers.",
    ),
)
