"""The links and cases of a mapping file."""

from __future__ import annotations

import re

from mining.core.links import CasesBy, CasesSpec, LinkSpec
from mining.mapping.patterns import fault_in
from mining.mapping.reader import Reader
from mining.mapping.schema import CasesPart, ExportPart


def read_links(reader: Reader, part: ExportPart) -> tuple[LinkSpec, ...]:
    """The columns of links. Problems are noted in `reader`."""
    found = []
    for i, link in enumerate(part.links):
        at = ("export", "links", i)
        if (link.to is None) is (link.from_ is None):
            text = "a link needs to (the stream goes on to those tickets) or from (it came from them), and not both"
            reader.complain(at, text)
            continue
        if link.pattern is not None:
            _check_pattern(reader, (*at, "pattern"), link.pattern)
        other = link.to or link.from_ or ""
        found.append(LinkSpec(link.column, other, link.to is not None, link.because, link.pattern))
    return tuple(found)


def read_cases(reader: Reader, part: CasesPart | None) -> CasesSpec | None:
    """How the mapping makes cases; None where it does not say."""
    if part is None:
        return None
    if part.start and part.by is not CasesBy.FOLLOW:
        reader.complain(("cases", "start"), f"a stream begins at a type of ticket only by {CasesBy.FOLLOW.value}")
    return CasesSpec(part.by, tuple(dict.fromkeys(part.start)), part.at_most)


def _check_pattern(reader: Reader, at: tuple[str | int, ...], pattern: str) -> None:
    fault = fault_in(pattern)
    if fault is not None:
        reader.complain(at, f"the regular expression {fault}", found=pattern)
    elif re.compile(pattern).groups > 1:
        reader.complain(at, "one group at most: it is the number", found=pattern, todo="write (?:…) for the others")
