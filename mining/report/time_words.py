"""The texts on working time, on streams that are not done yet, and on streams that the window of the export cuts."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_WEEK = "round the clock, every day"
CALENDAR = "{hours}, on the clocks of {zone}{holidays}{free}"
HOLIDAYS = "; not on public holidays of {country}, of which {n} fall on such days in the window of the export"
NO_HOLIDAYS = "; public holidays are worked"
FREE = "; not on {n} named by the calendar"
UNKNOWN_YEARS = "The public holidays of {country} are not known for {years}: those days count as worked."
OF_GROUP = "{group}, which had {tickets}: {calendar}."
NO_TICKETS = "No ticket was ever in the group {group}: is it spelt as in the export?"
NONE_IN_WINDOW = (
    "None of these hours lies in the window of the export{of_group}: all of its time is outside, and working times are "
    "0."
)
BY_GROUP = "At every moment the calendar of the group counts that has the ticket then."
NOT_BY_GROUP = "No row tells which group has a ticket, so the calendars of groups were not used: all work by the first."
BY_GROUP_OF_VISIT = (
    "At every moment the calendar of the group counts that has the ticket which the stream's visit is of then."
)

WITHIN = (
    "Of {elapsed} before value, which are {all_hours}, {within} ({within_share}) lie within working hours and "
    "{outside} ({outside_share}) outside."
)
WITHIN_KEY, OUTSIDE_KEY = "within working hours", "outside working hours"
FLOW = (
    "Knowing the working hours, flow efficiency lies between {low} and {high} of elapsed time, and between {work_low} "
    "and {work_high} of working time."
)
FLOW_NONE = "Knowing the working hours, flow efficiency lies between {low} and {high} of elapsed time."

ASSUMED = {
    "state": "What an event says of a ticket goes on until the next one: a visit is over when the next begins.",
    "point": "Time between two visits is not taken as work, though this export cannot show whether it was.",
    "no ends": "Lower bound: the export does not record when somebody worked, so no work is certain.",
    "ends": "Lower bound: work is only what the export tells the beginning and the end of.",
    "upper": "Upper bound: whatever no rule marks as waiting is taken as work, also where nobody worked on the ticket.",
    "no calendar": "No working hours are known: in nights, at weekends and on holidays somebody may have worked.",
    "calendar": "Nobody works outside the hours of the calendar, and somebody may in all of them.",
    "recorded outside": (
        "Work that the export records counts at whatever hour. How much of a visit's recorded work lies outside "
        "working hours is not known: for the upper bound as much as can be, and for the lower one as well."
    ),
    "value": "Time after value is neither work nor waiting.",
}

SURVIVAL = (
    "{open} of {streams} are open and have not come to value yet. The lead times above leave them out, and so look "
    "shorter than they are. The estimate of Kaplan and Meier counts each of them as long as it was seen: until the "
    "last event of the export."
)
SURVIVAL_DONE = (
    "A stream is done once value is claimed, also where its ticket is still open. {left} that ended without value or "
    "were cancelled count until they ended, as if they had been going to come to value like the others."
)
SURVIVAL_ROUNDED = (
    "There are too many different durations to keep them all: they were rounded up to whole units of {unit}."
)
SURVIVAL_NOTE = (
    "Estimate: of all streams, those that are open included, half or 85 of 100 come to value within this time. From "
    "and to: 95 % interval (Greenwood, log-log). – where the estimate does not come so far. Left: ended without value, "
    "or cancelled."
)
MARKS_NOTE = "Still seen: streams that had not come to value before, and were not lost from sight."
NOT_DONE = "Not estimated for streams that are not done yet. {why}"
HALF, MOST = "half", "85 of 100"
TO = {"claimed": "First value claimed", "held": "First value held"}
CURVE_NOTE = "The band is the 95 % interval of the estimate to the first value claimed."
CURVE_ESTIMATE, CURVE_PLAIN = "with those that are not done", "fulfilled streams alone"

OPEN_CUT = (
    "The export ends before {n} of {all} ({share}) do. How long these take is not known yet; the longer a stream "
    "takes, the more likely it is one of them."
)
BEGUN_CUT = (
    "At least {n} of {early} that appear early in the export ({share}) seem to have begun before it: so many more than "
    "later ones appear in the middle of their way. Their lead times are too short. (Where streams have come to begin "
    "in another way meanwhile, that looks the same.)"
)
COMPLETED_CUT = (
    "An export of completed tickets leaves out those that were open when it was made. Of tickets that arose late in "
    "its window it holds only the quick ones, so lead times of that part look shorter than they are."
)

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Working time",
        "Elapsed time within the hours of the calendar. What counts is the clock on the wall: an hour that it skips in "
        "spring is none, one that it shows twice in autumn is two.",
    ),
    (
        "Estimated lead time",
        "By Kaplan and Meier: at each duration, of the streams that were seen at least so long, those that came to "
        "value just then; the shares that did not, multiplied.",
    ),
)
