"""Times and counts of the streams: lead time, time in visits, waiting, doubling back, and by what an export was
selected. All of it is elapsed time, and what a calendar allows is working time beside it."""

from mining.measures.measure import headline, measure

__all__ = ["headline", "measure"]
