"""Times and counts of the streams: lead time, time in visits, waiting, doubling back, and by what an export was
selected; and costs, where a mapping gives rates. All of it is elapsed time, and what a calendar allows is working time
beside it."""

from mining.measures.breakdown import breakdowns
from mining.measures.cohorts import split
from mining.measures.costs import costs
from mining.measures.desk import open_list, service_desk, types_of_desk
from mining.measures.differing import differences
from mining.measures.measure import headline, measure
from mining.measures.selection import selection
from mining.measures.slices import by_cohort, by_period, by_scope, by_type, count_parts, measure_parts
from mining.measures.stream_costs import stream_costs

__all__ = [
    "breakdowns",
    "by_cohort",
    "by_period",
    "by_scope",
    "by_type",
    "costs",
    "count_parts",
    "differences",
    "headline",
    "measure",
    "measure_parts",
    "open_list",
    "selection",
    "service_desk",
    "split",
    "stream_costs",
    "types_of_desk",
]
