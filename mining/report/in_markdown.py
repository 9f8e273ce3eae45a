"""The first screen as Markdown, for a ticket, a chat or a wiki page."""

from __future__ import annotations

import re

from mining.core.analysis import Analysis
from mining.report import words
from mining.report.formats import count, harmless, moment
from mining.report.language import t
from mining.report.overview import Overview, Tile, overview

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#+!|~@&])")
"""What Markdown, its tables or a chat would read as more than a letter; @ would call somebody."""


_MOST_FILES = 5


def in_markdown(analysis: Analysis) -> str:
    """The verdict, the figures, and what to look at first, with what they rest on.

    Every text of the log is escaped, so that it reads as it stands and neither links nor calls anybody.
    """
    first = overview(analysis)
    title = f"# {words.TITLE} {plain(analysis.mapping.name)}"
    parts = [
        title,
        f"**{plain(first.verdict)}**",
        *(plain(line) for line in first.lede),
        _tiles(first),
        f"## {words.LOOK_FIRST}",
        _findings(first),
        _origin(analysis),
    ]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """`text` as Markdown that shows just this text, in one line."""
    return _SIGNS.sub(r"\\\1", harmless(text))


def _tiles(first: Overview) -> str:
    shown = first.tiles if first.links is None else (*first.tiles, first.links)
    return "\n".join(["| | | |", "|---|---:|---|", *map(_tile, shown)])


def _tile(tile: Tile) -> str:
    return f"| {plain(tile.name)} | {plain(tile.figure)} | {'; '.join(map(plain, tile.over))} |"


def _findings(first: Overview) -> str:
    if not first.findings:
        return words.NOTHING_STANDS_OUT
    numbered = enumerate(first.findings, 1)
    return "\n".join(f"{number}. **{plain(one.claim)}**  \n   {plain(one.evidence)}" for number, one in numbered)


def _origin(analysis: Analysis) -> str:
    files = ", ".join(f"{plain(file.name)} (sha256 {file.sha256[:12]})" for file in analysis.files[:_MOST_FILES])
    further = len(analysis.files) - _MOST_FILES
    if further > 0:
        files += t(" and {n} further files", n=count(further))
    mapping = f"{plain(analysis.mapping.file)} (sha256 {analysis.mapping.sha256[:12]})"
    reference = ""
    if analysis.conformance:
        reference = t("; reference stream {name}", name=plain(analysis.conformance.reference))
    return t(
        "{made_by}, {moment}, from {files}; mapping {mapping}{reference}.",
        made_by=words.MADE_BY,
        moment=moment(analysis.run.started),
        files=files,
        mapping=mapping,
        reference=reference,
    )
