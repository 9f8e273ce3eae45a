"""The texts of the section on workload over time."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

SECTION = ("Workload over time", "When does demand come and when is work done, and does it pile up?")

FLOW_TITLE = "Arrivals and backlog"
COUNTED = "How these are counted"
NOT_SHOWN = "Arrivals and backlog are not shown. {reason}"
GREW = (
    "{arrived} arrived and {done} were done from {first} to {last}: {n} more are on hand at the end than at the start."
)
SHRANK = (
    "{arrived} arrived and {done} were done from {first} to {last}: {n} fewer are on hand at the end than at the start."
)
SAME = "{arrived} arrived and as many were done from {first} to {last}."
ARRIVED = "{arrived} arrived from {first} to {last}."
BEHIND = "In {n} of {all} more arrived than were done."

WEEK_TITLE = "In the week"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR = "Hour"
ARRIVALS = "Tickets that arrived, by day and hour"
VISITS = "Visits that began, by day and hour"
ARRIVALS_LEFT_OUT = "Arrivals by day and hour are not shown, for the same reason."
WHEN = "{share} of the {n} {what} lie between Monday and Friday; the busiest hour is {day}, {hour} to {next} o'clock."
WHAT_ARRIVED = "arrivals"
WHAT_BEGAN = "beginnings of visits"
NO_HOURS = "All {what} lie in one hour of the day, so the export tells days and no hours."
WEEK_NOTE = (
    "On the clocks of {zone}. A visit begins when a ticket comes to a step or begins to wait: somebody, or a machine, "
    "took it up, passed it on, set it waiting or resolved it. It says when a ticket was touched, and not for how long."
)
ZONE_ASSUMED = "{zone}, since the mapping names no zone"
AXIS = "hour of the day, {zone}"
HOVER = "%{y}, %{x} o'clock: %{z:,}"
