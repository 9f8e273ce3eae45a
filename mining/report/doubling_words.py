"""The texts on doubling back."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

KINDS = {"iteration": "iteration", "rework": "rework"}
NONE = "No stream comes back to an activity or step that it had left."
TOLD = (
    "A stay is a run of neighbouring visits of a stream at one place: an activity, or a step of it. A return is a stay "
    "at a place where the stream has been before. How deep it goes is how many stays elsewhere lie in between: 1 is "
    "there and back again."
)
REWORK = (
    "Rework is a return while value stands withdrawn, the re-opening itself among them{named}. Every other return is "
    "iteration: to ask, to route, to confirm."
)
NAMED = (
    ", and one by or after a step that the mapping names as rejection or failure ({steps}): visited last before "
    "leaving, or since"
)
NOT_TOLD = (
    "No rule of the mapping withdraws value, and it names no step as rejection or failure (rework_after). So rework "
    "cannot be told from iteration here: all returns are counted as iteration."
)
TIMES = (
    "Away: elapsed time from leaving to coming back. Again: elapsed time of the stay that is made again, until the "
    "next one begins. Neither counts the time in which value is realised, nor the work on tickets that counts for "
    "another stream. What is away from one place is spent at others, so only the time again may be added up over "
    "activities."
)
POINTS = "An event is a point here: the time until the next stay belongs to the stay that it leaves."
SUM = (
    "{returns} to {activities} in {back} of {streams} ({share}); {rework} of them ({rework_share}) in "
    "{rework_streams} are rework."
)
AXIS = "returns"
OPEN = "Returns of streams whose end is not known, and those after value, are counted and not timed."
