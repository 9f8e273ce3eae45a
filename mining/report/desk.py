"""What the section on the service desk says beside its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mining.core.analysis import Analysis
from mining.core.desk import LEAST_ANSWERS, Part, ServiceDesk
from mining.report import desk_words as words
from mining.report.formats import count, cut, date, decimal, duration, harmless, many, percent, share
from mining.report.language import local, t, told
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


def counted(desk: ServiceDesk) -> str:
    """Of which tickets the figures are, and of which not."""
    text = words.INTRO if len(desk.types) == 1 else words.INTRO_TYPES
    said = text.format(tickets=many(desk.tickets, "ticket"), types=_names(desk.types))
    return f"{said} {words.LEFT_OUT.format(types=_names(desk.left_out))}" if desk.left_out else said


def _intro(desk: ServiceDesk) -> str:
    said = [counted(desk), words.CLAIMED]
    listed = tuple(one for one in desk.listed if one in desk.types)
    if listed:
        said.append(words.LISTED.format(types=_names(listed)))
    return " ".join(said)


def _figure(name: str, part: Part, over: str, **values: str) -> Figure:
    return Figure(
        t(name), percent(share(part.n, part.of)), t(over, n=count(part.n), tickets=many(part.of, "ticket"), **values)
    )


def _figures(desk: ServiceDesk) -> Iterator[Figure]:
    moved, pong = desk.reassignment, desk.ping_pong
    if moved is not None:
        changed = Part(moved.tickets - moved.by_changes[0], moved.tickets)
        yield _figure(
            "Re-assigned",
            changed,
            "{n} of {tickets} with a group; {changes} of group in all",
            changes=many(moved.changes, "change"),
        )
    if pong is not None:
        between = "" if pong.between is None else t(", median {time} between", time=duration(pong.between.median))
        yield _figure(
            "Ping-pong",
            pong.tickets,
            "{n} of {tickets} with a group; {times}{between}",
            times=many(pong.occurrences, "time"),
            between=between,
        )
    yield from _resolution(desk)
    if desk.target_met is not None:
        yield _figure("Target met", desk.target_met.met, "{n} of {tickets} that ended, as the tool says")
    if desk.target is not None:
        yield _figure(
            "Resolved by the target",
            desk.target.met,
            "{n} of {tickets} resolved, with a target that could be read{left}",
            left=_left(desk),
        )
    if desk.priorities is not None:
        found = desk.priorities
        yield _figure(
            "Priority changed",
            found.changed,
            "{n} of {tickets} with a priority; changes: {up} raised, {down} lowered, {unordered} without order",
            up=count(found.up),
            down=count(found.down),
            unordered=count(found.unordered),
        )
    if desk.knowledge_used is not None:
        yield _figure("Knowledge used", desk.knowledge_used, "{n} of {tickets} resolved")
    yield from _surveys(desk)
    if desk.open is not None and desk.open.all is not None:
        every = desk.open.all
        beyond = "" if every.beyond is None else t(", {n} beyond the 85th percentile", n=count(every.beyond))
        waiting = t("neither ended nor resolved; {n} waiting long", n=count(every.long))
        yield Figure(t("Open at the end"), count(every.tickets), waiting + beyond)


def _left(desk: ServiceDesk) -> str:
    target = desk.target
    if target is None:
        return ""
    left = "" if target.left is None else t("; median {time} left", time=duration(target.left.median))
    late = "" if target.overrun is None else t(", {time} late where late", time=duration(target.overrun.median))
    return f"{left}{late}"


def _resolution(desk: ServiceDesk) -> Iterator[Figure]:
    if desk.lines is not None:
        first = next((one for one in desk.lines.by_line if one.line == 1), None)
        alone = "" if first is None or first.alone is None else t("; {n} without another line", n=count(first.alone))
        found = Part(0 if first is None else first.tickets, desk.lines.tickets)
        yield _figure("Resolved at the first line", found, "{n} of {tickets} resolved with a group{alone}", alone=alone)
    contact = desk.first_contact
    if contact is not None and contact.first_group is not None:
        yield _figure(
            "First-contact resolution",
            contact.first_group,
            "{n} of {tickets} resolved with a group: by the first group, not re-opened",
        )
    if contact is not None:
        yield _figure(
            "Resolved at first touch", contact.first_touch, "{n} of {tickets} resolved: in the first row, not re-opened"
        )
    if desk.reopening is not None:
        yield _figure(
            "Re-opened",
            desk.reopening.reopened,
            "{n} of {tickets} resolved; {times} in all",
            times=many(desk.reopening.reopenings, "time"),
        )


def _surveys(desk: ServiceDesk) -> Iterator[Figure]:
    if desk.surveys_sent is not None:
        yield _figure("Surveys sent", desk.surveys_sent, "{n} of {tickets}; sent is not answered")
    found = desk.satisfaction
    if found is not None:
        mean = (
            t("too few answers for a mean")
            if found.mean is None
            else t("mean of the answers {n}", n=decimal(found.mean, 2))
        )
        unread = t("; {answers} no number", answers=many(found.unread, "answer")) if found.unread else ""
        yield _figure(
            "Surveys answered", found.answered, "{n} of {tickets} resolved; {mean}{unread}", mean=mean, unread=unread
        )


def satisfied(desk: ServiceDesk) -> str:
    """Satisfaction beside lead time in words; nothing where no answer is told."""
    found = desk.satisfaction
    if found is None:
        return ""
    answers = t("{n} of {tickets}", n=count(found.answered.n), tickets=many(found.answered.of, "resolved ticket"))
    said = [words.ANSWERED.format(answers=answers, share=percent(share(found.answered.n, found.answered.of)))]
    if found.mean is not None:
        said.append(words.MEAN_ANSWER.format(mean=decimal(found.mean, 2)))
    apart, by = found.slowest_to_fastest, {one.quarter: one for one in found.quartiles}
    if apart is None:
        return " ".join([*said, words.NOT_BY_QUARTER.format(least=LEAST_ANSWERS)])
    fast, slow = by[1], by[4]
    said.append(
        words.BY_QUARTER.format(
            fast_time=duration(fast.until),
            fast_mean=decimal(fast.mean or 0, 2),
            fast_n=many(fast.answered, "answer"),
            slow_mean=decimal(slow.mean or 0, 2),
            slow_n=many(slow.answered, "answer"),
            difference=local(f"{apart.difference:+.2f}"),
            low=local(f"{apart.low:+.2f}"),
            high=local(f"{apart.high:+.2f}"),
        )
    )
    clear = apart.high < 0 or apart.low > 0
    said.append(
        words.TOLD_APART.format(than=t("lower") if apart.high < 0 else t("higher")) if clear else words.NOT_APART
    )
    return " ".join([*said, words.WHO_ANSWERS])


def _flow(desk: ServiceDesk) -> str:
    if desk.flow.not_shown is not None:
        return harmless(told(desk.flow.not_shown))
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
