"""Times and counts of the streams: lead time, time in visits, waiting, doubling back, and by what an export was
selected. Everything here is elapsed time."""

from mining.measures.cohorts import split
from mining.measures.measure import headline, measure

__all__ = ["headline", "measure", "split"]
