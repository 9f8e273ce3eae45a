"""Times and counts of the streams: lead time, time in visits, waiting, doubling back, and by what an export was
selected. Everything here is elapsed time."""

from mining.measures.desk import open_list, service_desk
from mining.measures.measure import headline, measure

__all__ = ["headline", "measure", "open_list", "service_desk"]
