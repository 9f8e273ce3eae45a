"""The texts of the maps. Braces are filled in by the modules that use a text."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

TABS = {
    "steps": "Steps",
    "activities": "Six activities",
    "agreed": "Agreed stream",
    "difference": "Agreed and seen",
}
TABS_LABEL = "Which map"
TITLES = {
    "steps": "Value chain map on steps",
    "activities": "Value chain map on the six activities",
    "agreed": "Map of the agreed stream",
    "difference": "Map of what was agreed and what was seen",
}

STEPS_FIRST = (
    "This opens on the steps, because {why}: six boxes would say little. The map on the six activities is one click "
    "away."
)
ONE_HOLDS = "{activity} holds {share} of the time before value (the rule: 60 % or more)"
FEW_SEEN = "no more than two of the six activities were seen"
ACTIVITIES_FIRST = (
    "This opens on the six activities. It opens on the steps where one activity holds 60 % or more of the time before "
    "value, or no more than two of the six were seen, and where the activity with most of the time has several steps."
)
STEP_PLACES = (
    "Each step has its place in the area of its activity; the places come from the mapping's rules, not from what was "
    "counted, so two maps of one mapping can be laid side by side."
)
NEVER = "never seen"
NEVER_SEEN = "A rule of the mapping could show this step, but no event met it."
NO_STEP = "no step told"
NO_ROOM = "There is no room for it on the map."
BEYOND = "{n} hand-offs are left out, for lack of room or as the rarest; the files beside this report hold them all."
ROOMLESS = "There is no room for {n} of the steps ({names}), so {hand_offs} to or from them are not drawn."

SHOW = "Draw"
MOST_FREQUENT = "the {n} most frequent"
ALL, ALL_WITH_ROOM = "all {n}", "all {n} that there is room for"
DRAWN = "The {n} most frequent of {all} hand-offs are drawn."
DRAWN_ALL = "Every hand-off is drawn."

PASSAGES_OF = "Passages between activities that the agreed stream “{name}” allows, whatever its steps."
SEVERAL = "Passages between activities that any of the agreed streams ({name}) allows, whatever their steps."
AGREED_KEY = {
    "seen": "agreed and seen",
    "not agreed": "seen, not agreed",
    "never": "agreed, never seen",
    "not shown": "agreed; this export cannot show it",
}
AGREED_PLAIN = "agreed"
DIFFERENCE_NOTE = (
    "Seen in at least one stream, open and cancelled ones included, whatever came before and after: a passage that is "
    "agreed may still come at the wrong time. That is what conformance checks. Where the export cannot show a part "
    "of the agreed stream, what is left when it is passed over counts as agreed too."
)
SKIPPING = "agreed once what the export cannot show is passed over"
CAN_SHOW = "can show it"
NOT_AGREED, NOT_SHOWN = "not agreed", "cannot be shown"
PART, NO_PART = "part of the agreed stream", "not part of it"
AGREEMENT_WIDTH = "Width: how often it was seen. Label: number of passages, or why there is none."

CLOCK = "Times"
ELAPSED = "elapsed"
WORKING = "working time"
WORKING_NOTE = (
    "Working time: of each hand-off what lies within the hours of the calendar, nights and weekends left out. A day in "
    "the colours is one of 24 working hours."
)
MEDIAN_WORKING = "Median, working time"
