"""The texts on the service desk: what each figure means, and whose definition that is."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__, named=("FIRST_CONTACT", "INDICATORS", "NOT_TOLD"))

SECTION = (
    "Service desk",
    "Do tickets get to the right group at once, are they resolved there, and what is on hand today?",
)

INTRO = "Counted by tickets: {tickets} of the type {types}."
INTRO_TYPES = "Counted by tickets: {tickets} of the types {types}."
LISTED = (
    "Of {types} this export is a list: it tells how a ticket stands, and not which groups and priorities it had before."
)
LEFT_OUT = "Tickets of {types} are left out: they are no demand on the desk."
CLAIMED = "Value is first claimed when the desk says “resolved”; resolved stands for that here."

CHANGES = ("none", "one", "two", "three or more")
NO_GROUP = "no group"
NO_PRIORITY = "none"
NO_LINE = "not known"
OTHERS = "{n} others"
OTHER_PAIRS = "{n} other pairs"
NOBODY = "nobody"

FIRST_CONTACT: tuple[tuple[str, str], ...] = (
    ("first_group", "Resolved by the first group, and not re-opened"),
    ("without_asking", "… and nobody outside the desk was waited on before"),
    ("first_line", "… by a group of the first line"),
    ("first_touch", "Resolved in the ticket's first row, and not re-opened"),
)
INDICATORS: tuple[tuple[str, str], ...] = (
    ("resolved", "Resolved straight out of the wait"),
    ("again", "Not the ticket's first wait on them"),
    ("short", "Over within five minutes"),
    ("long", "Longer than {days} days"),
    ("late", "Begun in the last tenth of the time to the target"),
)
INDICATORS_NOTE = (
    "Indicators, not verdicts: each has innocent reasons too. A wait begun in the last tenth of the time is suspect "
    "where "
    "that is far more than a tenth of the waits."
)
CAUSE_NOTE = (
    "The time before value of fulfilled tickets, while they waited; the group is the one that had the ticket when the "
    "wait began. Waits whose end is not known are left out."
)
PAIR_NOTE = "Of those waits, the ones that began as the ticket passed from one group to the other."
PAIRS_NOTE = "The time between is how long the other group had the ticket, in all."
LINES_NOTE = (
    "Alone: no group of another line had had the ticket before. Both shares are of all resolved tickets with a group."
)
FLOW_NOTE = (
    "By days of UTC. Done: value that held was claimed, or the ticket ended without. Tickets that were open before the "
    "export begins and are not in it are not counted, so the backlog starts at nothing. The first and the last period "
    "may be cut by the ends of the export."
)
ARRIVALS_ONLY = "The mapping can neither end a ticket nor claim value, so only arrivals are shown."
OPEN_NOTE = (
    "At the last event of the export, {at}: neither ended nor resolved. Beyond: older than {limit}, within which 85 "
    "of 100 "
    "were resolved. Waiting long: for more than {days} days."
)
OPEN_NO_LIMIT = (
    "At the last event of the export, {at}: neither ended nor resolved. Waiting long: for more than {days} days. "
    "Without "
    "lead times there is no limit of age."
)
NOTHING_OPEN = "No ticket of the export is open."
OPEN_PARTIAL = "The export was selected by completion, so most tickets that are open are not in it."
PRIORITY_NOTE = "Raised: the number that leads the priority became smaller, as from 3 to 1."
TARGET_NOTE = "As the tool says, of ended tickets of which it says anything."
QUARTILE_NOTE = "Quarters of all resolved tickets by lead time. No mean is given with fewer than {least} answers."
CLASSES_NOTE = "Lead time from demand to the first value claimed, of fulfilled tickets."

NOT_TOLD: tuple[tuple[str, str], ...] = (
    ("reassignment", "Re-assignment, ping-pong: the mapping names no column with the group, or the export is a list."),
    ("lines", "Push to front: the mapping does not say which groups are of which line of support (support_lines)."),
    ("priorities", "Changes of priority: the mapping tells no priority, or only the one at the end."),
    ("target_met", "Whether the target was met, as the tool says: the mapping tells no such column (target_met)."),
    ("target", "Lead time against the target: the mapping tells no target."),
    ("satisfaction", "Satisfaction: the mapping tells no answer to a survey (satisfaction)."),
    ("monitoring", "Demand raised by monitoring: the mapping does not say how to tell it (monitoring)."),
    ("major", "Major incidents: the mapping tells no field that declares them (major). Priority is none."),
    ("knowledge_used", "Knowledge: the mapping does not tell whether an article was used (knowledge_used)."),
)

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Re-assignment",
        "A change of the group that has a ticket; from no group to the first is none. Source: the re-assignment "
        "count of "
        "ticketing tools (in ServiceNow the field reassignment_count).",
    ),
    (
        "Ping-pong",
        "A group gets a ticket back at once from the group that it gave it to (A, B, A). Returned: a group gets it "
        "back "
        "by whatever way. Source: the question on ping-pong of the Business Process Intelligence Challenge 2013 "
        "(Volvo IT).",
    ),
    (
        "Push to front",
        "The line of support whose group has the ticket when value is first claimed. Source: the question on push to "
        "front of the Business Process Intelligence Challenge 2013, by which the first line should resolve most "
        "incidents "
        "without the second and third; MetricNet counts the same as first level resolution. Children that were "
        "resolved with their parent are left out.",
    ),
    (
        "Re-opening",
        "Tickets in which value was withdrawn after it had been claimed, of tickets in which it was claimed. Source: "
        "the "
        "re-open rate of service desk metrics (HDI), and the reopen count of ticketing tools.",
    ),
    (
        "First-contact resolution",
        "Source: HDI and MetricNet, who count contacts that are resolved at the first contact, without escalation and "
        "without calling back. Tickets show no contacts. What comes nearest: the first group resolved the ticket and "
        "it "
        "was not re-opened; and, more strictly, its first row resolved it. Children that were "
        "resolved with their parent are left out.",
    ),
    (
        "Misuse of waiting",
        "Waits on somebody outside the desk (user, customer, requester, employee, caller, client; supplier, vendor, "
        "third "
        "party) that may hide time of the desk's own. Source: the question on “wait user” of the Business Process "
        "Intelligence Challenge 2013; the signs are ours.",
    ),
    (
        "Changes of priority",
        "Tickets whose priority was changed, of those that tell one from the first row on. Source: re-prioritisation "
        "in "
        "incident management; no standard fixes a formula.",
    ),
    (
        "Arrivals and backlog",
        "Tickets by when demand arose; the backlog is what has arrived and is not done. Source: arrival rate and "
        "work in "
        "progress as in Little's law.",
    ),
    (
        "Target met",
        "What the tool says of the service level, of ended tickets; and, where the export tells a time until when a "
        "ticket "
        "was to be resolved, whether value was first claimed by then. Source: service level agreements; the tool's "
        "clock "
        "may stop at nights and while waiting, elapsed time does not.",
    ),
    (
        "Waiting by cause and pair of groups",
        "Elapsed time before value in visits that wait, by whom they wait on and which group has the ticket. Source: "
        "waiting as a waste in value stream mapping (Rother and Shook, Learning to See).",
    ),
    (
        "Today's list",
        "Open tickets by age, against the 85th percentile of lead time. Source: work item age and service level "
        "expectation in the Kanban Guide.",
    ),
    (
        "Satisfaction",
        "The mean of the answers as the export has them, beside lead time. Source: customer satisfaction of HDI and "
        "MetricNet. A survey that was sent is not answered, and neither realises value.",
    ),
    (
        "Raised by monitoring",
        "Demand that a tool raised and not a person, counted apart. Source: the ITIL 4 practice of monitoring and "
        "event "
        "management.",
    ),
    (
        "Major incident",
        "An incident that a field of its own declares to be one, whatever its priority. Source: the ITIL 4 practice of "
        "incident management, where major incidents have a procedure of their own.",
    ),
    (
        "Knowledge used",
        "Resolved tickets with which an article was used. Source: the link rate of Knowledge-Centered Service "
        "(Consortium "
        "for Service Innovation).",
    ),
)

ANSWERED = "The survey was answered for {answers} ({share})."
MEAN_ANSWER = "The mean of the answers is {mean}, on the scale of the export."
BY_QUARTER = (
    "The quarter that was resolved fastest, within {fast_time}, was given {fast_mean} ({fast_n}), the slowest "
    "{slow_mean} ({slow_n}): a difference of {difference} (95 % interval {low} to {high})."
)
TOLD_APART = "Those who waited longest answer {than} than those who waited least."
NOT_APART = "The interval holds 0: no difference can be told from chance."
NOT_BY_QUARTER = (
    "Too few answered in the fastest or the slowest quarter to hold them against each other (at least {least} each)."
)
WHO_ANSWERS = (
    "That goes together, and is no proof: people choose whether to answer, and slow tickets differ in more than time."
)
