"""Events → visits → paths → variants and hand-offs.

A visit is a run of neighbouring events with one label. It is found per case in a sorted list of its events: in DuckDB
that takes a third of the time of two window functions (docs/decisions). Distinct sequences of visits are paths; paths
that differ only in waiting are one variant. Everything that depends on the sequence alone is worked out once per path,
in Python; everything that depends on the case is a join of the path's small table with the streams, in the engine.
"""

from mining.streams.build import build_streams
from mining.streams.chosen import tickets_of_streams
from mining.streams.explicit import explicit_streams
from mining.streams.links import links_by_ticket
from mining.streams.taken_apart import pair_times, take_apart
from mining.streams.tickets import streams_of_tickets
from mining.streams.timed_passages import timed_passages
from mining.streams.visits import visits_by_case

__all__ = [
    "build_streams",
    "explicit_streams",
    "links_by_ticket",
    "pair_times",
    "streams_of_tickets",
    "take_apart",
    "tickets_of_streams",
    "timed_passages",
    "visits_by_case",
]
