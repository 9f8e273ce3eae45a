"""The texts on improvement, on run and change, and on how often value came."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

GROUPED = (
    "Incidents are grouped by their {fact}, which {telling} of {all} tell ({share}): {groups}. A group recurs where "
    "{least} incidents or more fall into some {days} days. So {recurring} recur ({recurring_share} of all), with "
    "{incidents}."
)
NOT_GROUPED = (
    "No column of the export tells a configuration item, a service or a category, so nothing shows what recurs."
)
BEYOND = (
    "Only the largest {most} groups were looked at; {beyond} further ones have {least} incidents or more, and are in "
    "none of the figures below."
)
FACTS = {"item": "configuration item", "service": "service", "category": "category"}
LED_TO = {
    "problem": "a problem",
    "change": "a change, at once or by the problem",
    "cause": "the change that caused it",
    "problem or change": "a problem or a change",
}
LED_TO_NOTE = (
    "Incidents: those that name such a ticket, each once. Done: those of the tickets in this export that reached "
    "value; of others nothing is known. Recurring groups: those that hold such an incident."
)
VERDICTS = {
    "compared": "compared",
    "association": "association only",
    "not shown": "not shown",
}
EFFECTS_NOTE = (
    "Linked: recurring groups that led to one. Dated: those of which the day is known from which it holds, which is "
    "when the problem or change reached value or, where it is not in the export, when an incident first named it; "
    "that day itself counts on neither side. Looked at: those that recurred in the {days} days before it, with both "
    "windows in the export. Before and after: their incidents in {days} days each."
)
COMPARED_NOTE = (
    "Compared: groups for which others recurred as much in the same days, led to nothing by then and were not "
    "improved in the days after. Expected: what would have come after, had they gone as those did. Ratio: after ÷ "
    "expected; where nothing is compared, after ÷ before of all that were looked at. The interval is one of 95 %, by "
    "the jackknife over groups. Own: after ÷ before of the compared groups. Theirs: expected ÷ before, which is how "
    "the comparison groups went by themselves."
)
RATES_NOTE = (
    "1: as many after as were to be expected. The bar is the 95 % interval. Open marks: after ÷ before, of the "
    "improved groups and of those that they are compared with, which went down by themselves where theirs is below 1."
)
RATES_ROWS = {
    "problem": "a problem",
    "change": "a change",
    "problem or change": "a problem<br>or a change",
}
RIPPLE_DAYS_NOTE = (
    "Over {alone}; day 0 begins with the change. Base line: {base} incidents a day before. Band: if it went on, and "
    "chance alone made days differ, at least 95 of 100 days would have {low} to {high} (Poisson)."
)
COMPARED = (
    "Where recurring incidents led to {what}, {after} came in the {days} days after, in {groups}. Groups that "
    "recurred as much in the same days and led to nothing ({comparison} of them) let {expected} be expected: {ratio} "
    "times as many came (95 % interval {low} to {high}). {meaning} Of the improved groups {fewer} had fewer "
    "incidents after; of those that they are compared with, {comparison_fewer} had, too."
)
FEWER, SAME, MORE = (
    "That is fewer than was to be expected.",
    "The interval holds 1: no difference can be told from chance.",
    "That is more than was to be expected.",
)
OBSERVED = (
    "This compares what was observed. Nobody drew lots which groups were improved, so that other reasons remain "
    "possible."
)
ASSOCIATION = (
    "An association, and no more: where recurring incidents led to {what}, {after} came in the {days} days after, "
    "against {against} (95 % interval of the ratio {low} to {high}). {reason}"
)
AGAINST_BEFORE, AGAINST_EXPECTED = "{n} in the days before", "{n} to be expected by comparison"
NOT_SHOWN = "Before and after {what}: not shown. {reason}"
NONE_SHOWN = "What came before and after is not shown. {reason}"
RIPPLE = (
    "In the {after_days} days after a change, {after} came on its configuration item, {rate} a change; in the "
    "{before_days} days before, {before}, which makes {base} in as many days. That is {ratio} times as many (exact "
    "95 % interval {low} to {high}), over {alone}."
)
RIPPLE_NOT_SHOWN = "Not shown. {reason}"
RIPPLE_NOTE = (
    "Changes: those with an item that reached value; they count from then. In the export: both windows lie in it. "
    "Alone: no other change on its item within {before_days} + {after_days} days before it, or {after_days} days "
    "after, so that no incident counts twice. Base line: incidents in the {before_days} days before, for as many "
    "days as are looked at after. The interval is exact for incidents that come one by one; where they come in "
    "bursts it is too narrow."
)
ONE_SCOPE = "All {streams} are of one scope, as told by the {by}: {scope}."
SCOPES = {"run": "Run the business", "change": "Change the business", None: "Not told"}
SCOPES_SAID = {"run": "run the business", "change": "change the business", None: "not told"}
SCOPE_NOTE = (
    "Running keeps services going; changing makes new or better ones. The scope of a stream is that of the ticket at "
    "which it begins, as the {by} says. Time before value is that of fulfilled streams, and so are the lead times, "
    "to the first value claimed. {work}"
)
NO_WORK = "This export records no work, so that only elapsed time can be split."
SOME_WORK = "Recorded work is the part of that time in which events of known length went on."

TIMES_NOTE = (
    "Value counts each time that it is claimed, and where the requester confirms it though no claim stands. Again: "
    "after it had been withdrawn. Further: while earlier value stood."
)
ONCE_OR_MORE = "{n} or more"
CHILDREN = (
    "{tickets} name a parent of their type. Each is a demand with a lead time of its own: {lead}. {absent}The work "
    "on the others counts for their parents."
)
CHILD_LEAD = "half within {median}, 85 % within {p85}, over {n}"
CHILD_NO_LEAD = "none of them reached value and ended"
CHILD_ABSENT = "Of {n} the parent is in no export; these count as any ticket. "
CASCADED = (
    "{n} were resolved or closed within a minute of their parent, by the same actor or a machine: that is no "
    "resolution. Of the {with_value} with value, {resolutions} were resolved by themselves."
)
AGAINST_TIME = (
    "{streams} {verb} the order of time: {value} tell value before demand, {end} an end before it. Such "
    "streams are counted, and are in no lead time."
)
AGAINST_CLAIM = "{streams} {verb} value or an end before demand"
AGAINST_EVIDENCE = (
    "value in {value}, an end in {end}; they are in no lead time, and the columns of their times need a look"
)
LAST_VALUE = "Demand to the last value, where it held"
