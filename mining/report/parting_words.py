"""The texts of the section that follows streams step by step."""

from __future__ import annotations

from mining.report.language import texts

texts(__name__)

SECTION = ("Stream by step", "At which step do streams part from the way that most of them take?")
TITLE = "Streams step by step"
PARTS = (
    "Most streams part at {place}, their step {step}: of {n} that come there, {share} go on to {most}; of the others "
    "most go to {other}."
)
TOGETHER = "At no step does more than one stream in a hundred leave the way that most of them take."
NOTE = (
    "A step is a stay at one place, waiting included: neighbouring visits of one activity and step are one. Streams "
    "are followed for {steps} steps; of each step the {places} places that most streams come to are named. All streams "
    "on a known path: {streams}. The stronger bands are the way that most take at each step."
)
NOTHING = "No stream makes a visit, so there is no step to follow."
OTHER = "other steps"
FURTHER = "further steps"
HELD, WITHOUT, NOT_KNOWN, OPEN, CANCELLED = (
    "value holds",
    "ended, no value holds",
    "end not known",
    "still open",
    "cancelled",
)
CAPTION = "Where streams go, step by step"
COLUMNS = ("Step", "From", "To", "Streams", "Of those at From")
BEYOND = "{n} rarer passages are not in this table."
NODE, LINK = "%{label}: %{value:,} streams", "%{source.label} → %{target.label}: %{value:,} streams"
