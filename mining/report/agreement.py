"""What was agreed and what was seen, passage by passage between the activities."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mining.core.activities import Activity
from mining.core.analysis import Analysis
from mining.core.passages import AgreedPassage
from mining.core.results import Conformance
from mining.core.streams import HandOff
from mining.report import map_words
from mining.report.formats import harmless
from mining.report.tally import by_frequency


class Agreement(StrEnum):
    """How a passage stands."""

    SEEN = "seen"  # and agreed
    NOT_AGREED = "not agreed"  # and seen
    NEVER = "never"  # seen, though agreed
    NOT_SHOWN = "not shown"  # agreed, and nothing that this export could show

    @property
    def display(self) -> str:
        """In words."""
        return map_words.AGREED_KEY[self.value]


@dataclass(frozen=True, slots=True)
class Compared:
    """A passage that is agreed, or seen, or both. `seen` is its hand-off; `skipping`: agreed only once what the export
    cannot show is passed over."""

    source: Activity | None
    target: Activity | None
    agreement: Agreement
    seen: HandOff | None
    skipping: bool = False


def agreed_streams(analysis: Analysis) -> tuple[Conformance, ...]:
    """The outcomes of the reference streams whose passages are known."""
    found = (analysis.conformance, *analysis.further_conformance)
    return tuple(one for one in found if one is not None and one.passages is not None)


def agreed(analysis: Analysis) -> tuple[AgreedPassage, ...]:
    """The passages that any of the reference streams allows, each once."""
    found: dict[tuple[Activity | None, Activity | None], AgreedPassage] = {}
    for conformance in agreed_streams(analysis):
        for one in conformance.passages or ():
            before = found.get((one.source, one.target), one)
            both = (before.whole or one.whole, before.visible or one.visible)
            found[one.source, one.target] = AgreedPassage(one.source, one.target, *both)
    return tuple(found.values())


def name_of_agreed(analysis: Analysis) -> str:
    """Whose passages are shown, in a sentence."""
    streams = agreed_streams(analysis)
    said = ", ".join(harmless(one.reference) for one in streams)
    return (map_words.PASSAGES_OF if len(streams) == 1 else map_words.SEVERAL).format(name=said)


def compared(analysis: Analysis) -> tuple[Compared, ...]:
    """Every passage that is agreed or seen: first what was seen, the most frequent first; then what was not."""
    known = {(one.source, one.target): one for one in agreed(analysis)}
    seen = by_frequency(analysis.streams.activities)
    found = []
    for hand_off in seen:
        one = known.pop((hand_off.source, hand_off.target), None)
        agreement = Agreement.NOT_AGREED if one is None else Agreement.SEEN
        skipping = one is not None and not one.whole
        found.append(Compared(hand_off.source, hand_off.target, agreement, hand_off, skipping))
    for one in known.values():
        # What only arises by passing something over was never agreed as such: that it is not seen says nothing.
        if one.whole:
            agreement = Agreement.NEVER if one.visible else Agreement.NOT_SHOWN
            found.append(Compared(one.source, one.target, agreement, None))
    return tuple(found)
