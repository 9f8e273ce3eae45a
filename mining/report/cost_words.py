"""The texts on cost: said only where the mapping gives rates."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

SECTION = ("Cost", "What do the streams cost, and what of it is not as agreed?")
BASIS = {
    "recorded work": (
        "Priced is the work that the export records: how long events went on that do not wait. Work that nobody "
        "recorded is not in it; priced by all elapsed time before value that is not waiting, it would be {at_most}."
    ),
    "not waiting": (
        "This export does not tell how long anybody worked. Priced is, before value, all elapsed time in visits that "
        "do not wait, nights and weekends included, as if one person had worked all of it. Every amount here is an "
        "upper bound; the lower bound is 0."
    ),
}
FIGURES = {"recorded work": "recorded", "not waiting": "at most"}
OVER = "{figures}, over {streams}"
UNPRICED = "No rate is given for {time} of that time; it costs nothing here."
OTHERS = "The streams that were not fulfilled cost {amount} beside that, as far as they came."
SHARED = "Work on a ticket that several streams share counts once, for the stream that it belongs to."
OF_EACH = "tables/stream_costs.parquet beside this report has the cost of each stream."
NO_GROUPS = (
    "The rates of groups are not used: no row tells which group has a ticket. Those of steps and activities hold."
)
RATES_OF_VISIT = (
    "The rate is that of the group that has the visit's ticket when the visit begins, else of the step, the activity, "
    "or all."
)
DEVIATIONS = (
    "A deviation costs what its own visits cost: those that are in a stream and should not be there. What is missing "
    "has no visit. Streams that deviate cost more or less for other reasons too, so that their whole cost is not set "
    "against that of others."
)
NO_DEVIATIONS = "No checked stream has a visit that should not be there."
RATES = (
    "The rate is that of the group that has the ticket when the visit begins, else of the step, the activity, or all."
)
