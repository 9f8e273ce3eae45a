"""The texts on deviations: what they cost, since when, for whom."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

EFFECTS_CAPTION = "Lead times with and without each deviation"
SEEN_CAPTION = "When deviations were seen"
TRENDS_CAPTION = "Streams with the most frequent deviations, by when they ended"
ATTRIBUTES_CAPTION = "Values that stand out among the streams with a deviation"
EXAMPLES_CAPTION = "Examples: the streams with each deviation that ended last"
LIMITS_CAPTION = "Agreed limits on time"
LIMITS = (
    "Elapsed time, or working time where the limit says so (a working day is the hours of the calendar's week divided "
    "by its days), from the beginning of the one visit to the beginning of the next of the other; of several before, "
    "the last one counts. A stream that is too slow deviates, but costs no move, so that fitness does not see it. Open "
    "streams are in no other column: too slow already are those in which the limit has passed at the export's last "
    "event, or was exceeded before."
)
FIELDS_CAPTION = "Fields that have to be filled when work is handed on"
FIELDS = "Filled when the taking visit begins, by the ticket's last row up to then, over checked streams."
FIELD_NOT_OBSERVABLE = "The export does not tell this field: not checked."
LIMIT_NOT_OBSERVABLE = "No rule of the mapping can show both parts: not checked."
REFERENCES_CAPTION = "The reference streams, each with the streams that it is for"
REFERENCES = (
    "A stream is checked against the reference stream whose applies_to fits its ticket. What follows is of the first; "
    "result.json holds the same for the others."
)
FURTHER_CAPTION = "Deviations from the other reference streams"
FURTHER = "The ten of each that most streams have."
NEAREST_CAPTION = "Streams that no reference stream is for"
NEAREST = (
    "{n} streams in all, counted in no rate. Those that could be aligned stand with the reference stream from which "
    "they differ least."
)
BOUNCES_CAPTION = "Hand-offs that come straight back"
BOUNCES = (
    "Straight back: the next visit is at the giving place again, such as when the user was asked, or work passed to "
    "the wrong group. Within an hour: of its arrival. Share: of all passages from the one to the other."
)
UNDOCUMENTED_PAIRS = "Observed, and nothing is documented to pass, which forbids nothing: {pairs}."
ALL_DOCUMENTED = "For every observed hand-off between activities it is documented what should pass."
NEVER_NOT_SAID = (
    "Streams are of single tickets here, so documented hand-offs that are not seen are not listed: they may lie "
    "between tickets."
)
NEVER_PAIRS = "Documented, and never seen between activities that are seen: {pairs}."
MODEL_QUALITY = (
    "For analysts, over the streams it was found in: precision {precision}, that is 1 minus what the model allows "
    "after each beginning and no stream does, of all it allows there, weighted by streams (Muñoz-Gama, Carmona, 2010); "
    "generalisation {generalisation}, that is 1 minus the mean over its steps of 1 ÷ √ of how often each was replayed "
    "(Buijs, van Dongen, van der Aalst, 2014)."
)
ACCEPTANCES_CAPTION = "Acceptances"
ACCEPTANCES = (
    "Streams: checked streams in its scope that have the deviation. In force: the deviation does not count there, up "
    "to and including the last day. Expired: it counts again. Not met: no checked stream in its scope has it. Cannot "
    "be judged: this export does not show what the scope asks for, so nothing is accepted by it."
)
IF_ALL_LAPSED = (
    "With what is accepted on {day}, {rate} of the streams conform. If all acceptances lapsed, it would be {lapsed}: "
    "{more} more would deviate. {expired}"
)
EXPIRED = {0: "None has expired.", 1: "1 acceptance has expired, and its deviation counts again."}
EXPIRED_MANY = "{n} acceptances have expired, and their deviations count again."
WITH_ACCEPTANCES = "… where what is accepted does not count"
EFFECT = (
    "Lead time runs from demand to the first value held, over checked streams with and without the deviation. The "
    "difference of the medians lies between “at least” and “at most” with 95 % confidence or more; where these are "
    "empty, there are too few streams. A difference is no proof that the deviation is its cause."
)
TREND = (
    "Streams are counted when they ended, so that it does not matter whether the export holds completed tickets only. "
    "Rising or falling is said where the Cochran-Armitage test finds it at 5 %, after correction for all deviations "
    "tested (Benjamini-Hochberg)."
)
BY_END = "Each stream is counted in the period in which it ended."
OVER_REPRESENTED = (
    "Of {tests} values tested ({attributes}), those that streams with the deviation have more often: Fisher's exact "
    "test, one-sided, at 5 % after correction for all of them (Benjamini-Hochberg). A value is that at the end of the "
    "ticket."
)
MORE = "The first {shown} of {all}; result.json holds the others."
COSTLIEST = (
    "“{deviation}” goes with the most additional time: {more} more at the median ({low} to {high}, {n} streams)."
)
PRIVACY_EXAMPLES = (
    "This report names tickets as examples, as was asked for; no person is named in it, and it sends nothing anywhere."
)
