"""What the section on the service desk says beside its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.desk import LEAST_ANSWERS, Part, ServiceDesk
from mining.report import desk_words as words
from mining.report.formats import count, cut, date, duration, harmless, many, percent, share
from mining.report.linking import Figure


@dataclass(frozen=True, slots=True)
class DeskTexts:
    """The sentences and figures of the section."""

    intro: str
    figures: tuple[Figure, ...]
    flow: str
    open: str
    satisfaction: str
    not_told: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]


def desk_texts(analysis: Analysis) -> DeskTexts | None:
    """The sentences on the service desk; None where it was not measured."""
    desk = analysis.measures.service_desk
    if desk is None:
        return None
    return DeskTexts(
        intro=_intro(desk),
        figures=tuple(_figures(desk)),
        flow=_flow(desk),
        open=_open(analysis, desk),
        satisfaction=satisfied(desk),
        not_told=tuple(text for name, text in words.NOT_TOLD if getattr(desk, name) is None),
        definitions=words.DEFINITIONS,
    )


def _names(types: tuple[str, ...]) -> str:
    return ", ".join(cut(harmless(one)) for one in types)


def _intro(desk: ServiceDesk) -> str:
    text = words.INTRO if len(desk.types) == 1 else words.INTRO_TYPES
    said = [text.format(tickets=many(desk.tickets, "ticket"), types=_names(desk.types)), words.CLAIMED]
    listed = tuple(one for one in desk.listed if one in desk.types)
    if listed:
        said.append(words.LISTED.format(types=_names(listed)))
    return " ".join(said)


def _figure(name: str, part: Part, over: str) -> Figure:
    return Figure(name, percent(share(part.n, part.of)), f"{count(part.n)} of {over.format(many(part.of, 'ticket'))}")


def _figures(desk: ServiceDesk) -> Iterator[Figure]:
    moved, pong = desk.reassignment, desk.ping_pong
    if moved is not None:
        changed = Part(moved.tickets - moved.by_changes[0], moved.tickets)
        yield _figure("Re-assigned", changed, f"{{}} with a group; {many(moved.changes, 'change')} of group in all")
    if pong is not None:
        between = "" if pong.between is None else f", median {duration(pong.between.median)} between"
        yield _figure("Ping-pong", pong.tickets, f"{{}} with a group; {many(pong.occurrences, 'time')}{between}")
    yield from _resolution(desk)
    if desk.target_met is not None:
        yield _figure("Target met", desk.target_met.met, "{} that ended, as the tool says")
    if desk.target is not None:
        yield _figure(
            "Resolved by the target", desk.target.met, f"{{}} resolved, with a target that could be read{_left(desk)}"
        )
    if desk.priorities is not None:
        found = desk.priorities
        order = f"{count(found.up)} raised, {count(found.down)} lowered"
        yield _figure(
            "Priority changed", found.changed, f"{{}} with a priority; {order}, {count(found.unordered)} without order"
        )
    if desk.knowledge_used is not None:
        yield _figure("Knowledge used", desk.knowledge_used, "{} resolved")
    yield from _surveys(desk)
    if desk.open is not None and desk.open.all is not None:
        every = desk.open.all
        beyond = "" if every.beyond is None else f", {count(every.beyond)} beyond the 85th percentile"
        waiting = f"neither ended nor resolved; {count(every.long)} waiting long"
        yield Figure("Open at the end", count(every.tickets), waiting + beyond)


def _left(desk: ServiceDesk) -> str:
    target = desk.target
    if target is None:
        return ""
    left = "" if target.left is None else f"; median {duration(target.left.median)} left"
    late = "" if target.overrun is None else f", {duration(target.overrun.median)} late where late"
    return f"{left}{late}"


def _resolution(desk: ServiceDesk) -> Iterator[Figure]:
    if desk.lines is not None:
        first = next((one for one in desk.lines.by_line if one.line == 1), None)
        alone = "" if first is None or first.alone is None else f"; {count(first.alone)} without another line"
        found = Part(0 if first is None else first.tickets, desk.lines.tickets)
        yield _figure("Resolved at the first line", found, f"{{}} resolved with a group{alone}")
    contact = desk.first_contact
    if contact is not None and contact.first_group is not None:
        yield _figure(
            "First-contact resolution",
            contact.first_group,
            "{} resolved with a group: by the first group, not re-opened",
        )
    if contact is not None:
        yield _figure("Resolved at first touch", contact.first_touch, "{} resolved: in the first row, not re-opened")
    if desk.reopening is not None:
        yield _figure(
            "Re-opened", desk.reopening.reopened, f"{{}} resolved; {many(desk.reopening.reopenings, 'time')} in all"
        )


def _surveys(desk: ServiceDesk) -> Iterator[Figure]:
    if desk.surveys_sent is not None:
        yield _figure("Surveys sent", desk.surveys_sent, "{}; sent is not answered")
    found = desk.satisfaction
    if found is not None:
        mean = "too few answers for a mean" if found.mean is None else f"mean of the answers {found.mean:.2f}"
        unread = f"; {many(found.unread, 'answer')} no number" if found.unread else ""
        yield _figure("Surveys answered", found.answered, f"{{}} resolved; {mean}{unread}")


def satisfied(desk: ServiceDesk) -> str:
    """Satisfaction beside lead time in words; nothing where no answer is told."""
    found = desk.satisfaction
    if found is None:
        return ""
    answers = f"{count(found.answered.n)} of {many(found.answered.of, 'resolved ticket')}"
    said = [words.ANSWERED.format(answers=answers, share=percent(share(found.answered.n, found.answered.of)))]
    if found.mean is not None:
        said.append(words.MEAN_ANSWER.format(mean=f"{found.mean:.2f}"))
    apart, by = found.slowest_to_fastest, {one.quarter: one for one in found.quartiles}
    if apart is None:
        return " ".join([*said, words.NOT_BY_QUARTER.format(least=LEAST_ANSWERS)])
    fast, slow = by[1], by[4]
    said.append(
        words.BY_QUARTER.format(
            fast_time=duration(fast.until),
            fast_mean=f"{fast.mean or 0:.2f}",
            fast_n=many(fast.answered, "answer"),
            slow_mean=f"{slow.mean or 0:.2f}",
            slow_n=many(slow.answered, "answer"),
            difference=f"{apart.difference:+.2f}",
            low=f"{apart.low:+.2f}",
            high=f"{apart.high:+.2f}",
        )
    )
    told = apart.high < 0 or apart.low > 0
    said.append(words.TOLD_APART.format(than="lower" if apart.high < 0 else "higher") if told else words.NOT_APART)
    return " ".join([*said, words.WHO_ANSWERS])


def _flow(desk: ServiceDesk) -> str:
    if desk.flow.not_shown is not None:
        return harmless(desk.flow.not_shown)
    return words.FLOW_NOTE if desk.flow.backlog_told else words.ARRIVALS_ONLY


def _open(analysis: Analysis, desk: ServiceDesk) -> str:
    found = desk.open
    if found is None:
        return words.ARRIVALS_ONLY
    partial = f" {words.OPEN_PARTIAL}" if analysis.measures.selection.by_completion else ""
    if found.all is None:
        return words.NOTHING_OPEN + partial
    text = words.OPEN_NO_LIMIT if found.limit is None else words.OPEN_NOTE
    return text.format(at=date(found.at), limit=duration(found.limit), days=found.days) + partial
