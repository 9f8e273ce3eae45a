"""Every text of the report, in one place; those on links are in `link_words.py`, since few reports have them.

Braces are filled in by the modules that use a text.
"""

from __future__ import annotations

from mining.report.language import texts

texts(__name__, named=("LEDGER_LINES", "LEDGER_EVENTS", "LEDGER_BESIDE", "MODEL_FILES"))

TITLE = "Value streams of"
LOGO = "Logo"
MADE_BY = "Made by value-stream-miner"
SKIP = "Skip to the summary"
CONTENTS = "Contents"
DARK, LIGHT, PRINT = "Dark", "Light", "Print"
CSV = "CSV"
SHOW_TABLE = "Show as table"
ABOUT_TABLE = "How to read this table"
SIDEWAYS = "Swipe sideways to see the whole chart."
PRINTED = "What was folded when this was printed is left out; the report itself, and result.json beside it, hold it."
NO_SCRIPT = "The charts need JavaScript, which is switched off here. Every chart has a table below it."
DRAWING_FAILED = "This chart could not be drawn in this browser. The table below it holds the same figures."

LOOK_FIRST = "Look at these first"
LOOK_FIRST_RULE = (
    "Chosen by rule, three at most, in this order: events without an activity or rows set aside (from 1 %), value or "
    "an end told for a time before demand, where most time before value goes, the deviation of most streams (from 1 "
    "%), doubling back (from 5 %), endings by a timer (from half of all), the second largest wait, the slowest "
    "streams."
)
NOTHING_STANDS_OUT = "Nothing in these figures crosses the thresholds by which findings are chosen."
FEW_STREAMS = "Only {n}: read medians and percentages as hints."

NOT_WAITING = "not waiting"
WAITING_ON = "waiting on the {on}"
WAITING_SPECIAL = {"unknown": "waiting, on whom is not known", "hand-off": "between two visits"}
WAITED_ON = {"unknown": "on parties that the export does not name"}
WORK_OR_WAITING = "whether that is waiting or work, this export cannot show"
WAITED_ON_ANY = "on the {on}"

STATES = {"ended": "ended", "open": "open", "cancelled": "cancelled", "unknown": "end not known"}
VALUE_MARKS = {"claimed": "value claimed", "confirmed": "value confirmed", "withdrawn": "value withdrawn"}
ENDS = {
    "fulfilled": "Fulfilled",
    "lapsed": "Closed by a timer, nobody objected",
    "agent": "Closed by the desk",
    "withdrawn": "Withdrawn by the requester",
    "duplicate": "Closed as a duplicate",
    "rejected": "Rejected",
}
END_NOTES = {
    "fulfilled": "the export says that the ticket ended fulfilled",
    "lapsed": "a timer is no confirmation: it shows that nobody objected, not that anybody agreed",
    "agent": "the desk closed it; that is no confirmation by the requester either",
    "withdrawn": "cancelled: counted in no lead time and in no conformance",
    "duplicate": "cancelled: counted in no lead time and in no conformance",
    "rejected": "cancelled: counted in no lead time and in no conformance",
}

DEMAND, VALUE = "Demand", "Value"
CANNOT_SHOW = "this export cannot show it"
CANNOT_SHOW_WAITING = "no rule of the mapping can show waiting"
NO_RULE_FOR = "No rule of the mapping can show this activity. Whether it took place is not known."
NO_RULE_FOR_VALUE = "No rule of the mapping says when value is realised."
NEVER_SEEN = "A rule of the mapping could show this activity, but no event met it."
DOCUMENTED = "Documented to pass"
UNDOCUMENTED = "nothing is documented for this pair, which forbids nothing"
INTERNAL = "internal: both ends lie in one activity"

MAP_KEY_WIDTH = "Width: how often. Colour: median time. Label: number of passages · median time."
MAP_UNTIMED = "not timed"
MAP_GREY = (
    "Grey, dashed: {names}. No rule of the mapping can show it, so nothing is known of it: "
    "that is not the same as zero."
)
HANDS_TIME = {
    "state": "The time of a hand-off runs from the start of the giving visit to the start of the taking one.",
    "point": "The time of a hand-off runs from the end of the giving visit to the start of the taking one.",
    "ends": (
        "The time of a hand-off runs from the end of the giving visit to the start of the taking one; it is none where "
        "the giving visit is not over yet."
    ),
}
AFTER_VALUE = "Passages after value was realised are counted and not timed."

BETWEEN = (
    "The events of this export are points in time. Nearly all time therefore lies between visits, and whether that is "
    "waiting or work the export cannot show: it is counted as not worked."
)
FLOW_UNTOLD = (
    "Flow efficiency cannot be told: {share} of this time lies between two visits, and whether anybody worked then the "
    "export cannot show."
)
BETWEEN_ENDS = (
    "This export tells when events end. Work is what goes on in events that do not wait, each until its end or until "
    "the next event begins, whichever is earlier, so that no moment counts twice. That nobody works outside of them is "
    "an assumption: the time between visits is counted as not worked."
)
HOLDS = {
    "state": (
        "An event's state holds until the ticket's next event (holds: state). A visit lasts until the next visit "
        "begins, and the time of a hand-off is the time of the giving visit."
    ),
    "point": (
        "An event is a point in time (holds: point). A visit lasts from its first event to its last, and the time "
        "between two visits is the hand-off's."
    ),
    "ends": (
        "An event lasts until the end that the export tells of it; one without an end is a point in time (holds: "
        "point). A visit lasts from its first event to the latest end of its events; where it is not over when the "
        "next begins, its time is counted up to there. The time between two visits is the hand-off's."
    ),
}
ZONE = "Times without an offset were read as {zone}."
ZONE_ASSUMED = "The mapping names no time zone: times without an offset were read as UTC."

DOUBLING = "Doubling back"
CONFORMS, CONFORMS_SO_FAR = "conforms", "conforms so far"
DEVIATIONS_ONE, DEVIATIONS_MANY = "1 deviation", "{n} deviations"
NOT_CHECKED = "not checked"
NO_REFERENCE = (
    "No reference stream was named for this analysis, so nothing was checked. "
    "Name one with --reference; vsm reference list shows those that are there."
)
NOTHING_CHECKED = "No stream could be checked against the reference stream."

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Conformance by streams",
        "Fulfilled streams without a deviation, of all fulfilled streams that could be checked.",
    ),
    (
        "Conformance by moves",
        "Moves that match the reference stream, of all visible moves of those streams; value marks are left out.",
    ),
    (
        "Fitness",
        "1 minus the costly moves, divided by the most that there could be: all visible visits and value marks of a "
        "stream, plus the shortest way through the reference stream.",
    ),
    (
        "Fulfilled stream",
        "A stream whose last event ends it and in which value was claimed or confirmed at least once. Where the "
        "mapping has no rule that ends a ticket, every stream is taken.",
    ),
    ("Lead time", "Elapsed time, nights and weekends included, from demand to the first value claimed or confirmed."),
    ("Value held", "The first value claimed or confirmed that was not withdrawn later by re-opening."),
    (
        "Waiting share",
        "Elapsed time before value in visits that wait on somebody, of all elapsed time before value. "
        "What comes after value is no waiting.",
    ),
    (
        "Flow efficiency",
        "Time of work, of all elapsed time before value, as two bounds: the lower one counts only what the export "
        "records as work, the upper one everything that is not waiting.",
    ),
    ("Doubling back", "Streams that come back to an activity that they had left, of all streams."),
    (
        "Quantiles",
        "Nearest rank, never interpolated: the median is a duration that a stream really took. 85 % within x means "
        "that 85 of 100 took x or less.",
    ),
)

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("activity", "one of the six activities of the service value chain"),
    ("step", "a finer name inside an activity, given by the mapping's rule"),
    ("visit", "events of one stream that follow each other with the same activity, step and waiting"),
    ("stream", "one route from demand to value: the visits of one ticket, in order"),
    ("variant", "streams with the same sequence of activities, steps and value marks, in the same state"),
    ("hand-off", "the passage from one visit to the next"),
    ("value", "claimed: the desk says resolved; confirmed: an act of the requester; withdrawn: re-opened"),
    ("reference stream", "the agreed stream that the others are compared with"),
    ("deviation", "one difference between a stream and the reference stream"),
    ("mapping", "the file that says how to read this kind of export and which event is which activity"),
    ("ledger", "the account of every row of the export and why it went where it went"),
)

LEDGER_LINES: tuple[tuple[str, str, str], ...] = (
    ("rows_mapped", "Mapped", "a rule gave them an activity, or ended the ticket"),
    ("rows_ignored", "Ignored", "a rule says that they tell nothing"),
    ("rows_unchanged", "Unchanged", "nothing that a rule looks at had changed since the row before"),
    ("rows_duplicate", "Duplicate", "the same row again, as overlapping exports have it"),
    ("rows_filtered", "Filtered", "left out by a filter of this run"),
    ("rows_unmapped", "Unmapped", "no rule met them"),
    ("rows_rejected", "Rejected", "could not be read; set aside in rejected.csv beside this report"),
)
LEDGER_EVENTS: tuple[tuple[str, str, str], ...] = (
    ("events_mapped", "Mapped", "they stand in the streams"),
    ("events_ignored", "Ignored", "a rule says that they tell nothing"),
    ("events_unmapped", "Unmapped", "no rule met them"),
    ("events_rejected", "Rejected", "could not be read"),
)
ADDS_UP = "The account adds up: no row and no event is lost."
DOES_NOT_ADD_UP = "The account does not add up. This is a fault of the program; please report it."
LEDGER_BESIDE: tuple[tuple[str, str, str], ...] = (
    (
        "ties_decided_by_position",
        "Ties decided by position",
        "the same ticket and time, and no counter that orders them",
    ),
    ("missing_updates", "Missing updates", "gaps in the update counter, of {neighbours} neighbouring rows"),
    ("demand_events", "Demand events", "made from the column that tells when demand arose, not from a row"),
    ("events_by_system", "Events by system actors", "kept; they say nothing about people's work"),
    ("events_in_bulk", "Events in bulk", "one actor changed many tickets at once"),
)
NO_COUNTER = "The export has no update counter that could show missing updates."

NOT_SHOWN = "Therefore not shown"

CONFIRMED_NONE = "No rule of the mapping can show that a requester confirmed anything."
CONFIRMED_SOME = "In {n} streams ({share}) the requester confirmed value."
CONFIRMED_ZERO = "The mapping could show a confirmation by the requester, but there is none."
TIMER = {
    "ticket": "{n} of {all} ended tickets ({share}) were closed by a timer. A timer is no confirmation.",
    "stream": "{n} of {all} ended streams ({share}) were closed by a timer. A timer is no confirmation.",
}

MODEL_FILES = (("models/discovered.bpmn", "BPMN"), ("models/discovered.pnml", "Petri net (PNML)"))
MODEL_NOTE = "These files lie beside the report, in the folder that the analysis wrote."

TRADE_MARK = "ITIL is a registered trade mark of PeopleCert; this project is not affiliated."
LICENCE = (
    "value-stream-miner is free software under the GNU Affero General Public License, version 3 or later. The charts "
    "are drawn by plotly.js, copyright Plotly, Inc., under the MIT licence, which is embedded here."
)
PRIVACY = "No ticket and no person is named in this report, and it sends nothing anywhere."
BESIDE = "result.json, beside this file, holds every figure of this report for other programs."
