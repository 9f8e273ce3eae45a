"""The passages between activities that an agreed stream allows."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.activities import Activity


@dataclass(frozen=True, slots=True)
class AgreedPassage:
    """A passage that some stream allowed by the reference makes. `source` None is demand, `target` None is value.

    `whole`: it is in the reference stream as it was agreed. `visible`: it is in what is left of the reference when
    the names that no rule of the mapping can show are passed over. What is `whole` and not `visible` this export
    cannot show; what is `visible` and not `whole` arises where something between was passed over.
    """

    source: Activity | None
    target: Activity | None
    whole: bool
    visible: bool
