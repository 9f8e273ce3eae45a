"""The six value chain activities, value, ends, states, and what is documented to pass between activities.

Source of the activities and of the hand-off table: S. Danby, "The Service Value Chain in ITIL 4" (2022),
in this project's own words. ITIL is a registered trade mark of its owner.
"""

from __future__ import annotations

from enum import StrEnum


class Activity(StrEnum):
    """One of the six value chain activities."""

    PLAN = "plan"
    ENGAGE = "engage"
    DESIGN_AND_TRANSITION = "design_and_transition"
    OBTAIN_BUILD = "obtain_build"
    DELIVER_AND_SUPPORT = "deliver_and_support"
    IMPROVE = "improve"

    @property
    def display(self) -> str:
        """The name that people see."""
        return _NAMES[self]

    @property
    def purpose(self) -> str:
        """What the activity is there for, in one phrase."""
        return _PURPOSES[self]


class Value(StrEnum):
    """How value is realised, as the log shows it."""

    CLAIMED = "claimed"  # the desk says: resolved
    CONFIRMED = "confirmed"  # an act of the requester
    WITHDRAWN = "withdrawn"  # re-opened


class End(StrEnum):
    """How a ticket ended."""

    FULFILLED = "fulfilled"
    LAPSED = "lapsed"  # closed by a timer, nobody objected
    AGENT = "agent"  # closed by somebody of the desk
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"

    @property
    def cancels(self) -> bool:
        """Whether a ticket that ended so is cancelled: there was no demand left to fulfil."""
        return self in (End.WITHDRAWN, End.DUPLICATE, End.REJECTED)


class State(StrEnum):
    """The state of a stream at the end of the export."""

    ENDED = "ended"
    OPEN = "open"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # the mapping has no rule that ends a ticket


_NAMES = {
    Activity.PLAN: "Plan",
    Activity.ENGAGE: "Engage",
    Activity.DESIGN_AND_TRANSITION: "Design and transition",
    Activity.OBTAIN_BUILD: "Obtain/build",
    Activity.DELIVER_AND_SUPPORT: "Deliver and support",
    Activity.IMPROVE: "Improve",
}

_PURPOSES = {
    Activity.PLAN: "a shared understanding of vision, current status and improvement direction",
    Activity.ENGAGE: "understanding of stakeholders' needs, transparency, continual engagement, good relationships",
    Activity.DESIGN_AND_TRANSITION: (
        "products and services that keep meeting expectations of quality, cost and time to market"
    ),
    Activity.OBTAIN_BUILD: "service components available when and where needed, to specification",
    Activity.DELIVER_AND_SUPPORT: "services delivered and supported to agreed specification",
    Activity.IMPROVE: "continual improvement of products, services and practices",
}

_P, _E, _D, _O, _S, _I = Activity

_NEWS_COMPONENT = "new and changed component, product and service information"
_NEWS_SERVICE = "new and changed product and service information"
_THIRD_PARTY = "third-party service component information"

HAND_OFFS: dict[tuple[Activity, Activity], tuple[str, ...]] = {
    (_P, _E): ("product and service portfolio", "contract and agreement requirements"),
    (_P, _D): ("portfolio decisions", "architectures and policies"),
    (_P, _O): ("architectures and policies",),
    (_P, _I): ("improvement opportunities", "performance information"),
    (_E, _P): ("demand and opportunities", _THIRD_PARTY),
    (_E, _D): (
        "product and service requirements",
        "contracts and agreements",
        "knowledge and information about third-party service components",
    ),
    (_E, _O): ("change or project initiation requests", "contracts and agreements", _THIRD_PARTY),
    (_E, _S): ("user support tasks", _THIRD_PARTY),
    (_E, _I): ("stakeholder feedback", "performance information", "improvement opportunities", _THIRD_PARTY),
    (_D, _P): (_NEWS_SERVICE,),
    (_D, _E): ("contract and agreement requirements", _NEWS_SERVICE),
    (_D, _O): ("requirements and specifications", _NEWS_SERVICE),
    (_D, _S): (
        "new and changed products and services",
        "new and changed product, component and service information",
    ),
    (_D, _I): ("performance information", "improvement opportunities", _NEWS_SERVICE),
    (_O, _P): (_NEWS_COMPONENT,),
    (_O, _E): ("contract and agreement requirements", _NEWS_COMPONENT),
    (_O, _D): ("service components", _NEWS_COMPONENT),
    (_O, _S): ("service components", "new and changed component and service information"),
    (_O, _I): ("performance information", "improvement opportunities", _NEWS_COMPONENT),
    (_S, _E): ("task completion", "service performance information", "contract and agreement requirements"),
    (_S, _D): ("service performance information",),
    (_S, _O): ("change or project initiation requests",),
    (_S, _I): ("service performance information", "improvement opportunities"),
    (_I, _P): ("value chain performance information", "improvement initiatives and status"),
    (_I, _E): ("improvement initiatives and status", "contract and agreement requirements"),
    (_I, _D): ("improvement initiatives and status", "service performance information"),
    (_I, _O): ("improvement initiatives and status",),
    (_I, _S): ("improvement initiatives and status",),
}
"""What is documented to pass between two activities. The source calls its lists examples, so a pair that is
missing here is undocumented, not forbidden. A hand-off within one activity is internal and never listed."""
