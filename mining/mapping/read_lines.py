"""The lines of support of a mapping file: which groups are of the first, the second, the third."""

from __future__ import annotations

from typing import Any

from mining.core.export import Shape
from mining.core.facts import SupportLine
from mining.mapping.reader import Reader, shortly
from mining.mapping.schema import MappingFile

MOST_LINES = 9


def read_support_lines(reader: Reader, file: MappingFile) -> tuple[SupportLine, ...]:
    """The lines in the order of the file, since the first that fits a group is its line. Problems are noted in
    `reader`."""
    data = file.support_lines
    if data is None:
        return ()
    at = ("support_lines",)
    if not isinstance(data, dict) or not data:
        expected = '{1: ["Service desk*"], 2: ["*"]}'
        reader.complain(at, "the lines of support are told by their numbers", found=shortly(data), expected=expected)
        return ()
    told_by_field = file.facts is not None and file.facts.group is not None
    if file.export.group is None and not told_by_field and not _times_tell_group(file):
        todo = "name the column under export: group, or leave support_lines out"
        reader.complain(
            at, "lines of support are those of groups, and the mapping names no column with groups", todo=todo
        )
    read = [_line(reader, file, key, patterns) for key, patterns in data.items()]
    return tuple(line for line in read if line is not None)


def _times_tell_group(file: MappingFile) -> bool:
    times = (time for time in file.export.times if not isinstance(time, str))
    return file.export.shape is Shape.TICKETS and any(time.group is not None for time in times)


def _line(reader: Reader, file: MappingFile, key: Any, patterns: Any) -> SupportLine | None:
    at = ("support_lines", key)
    if isinstance(key, bool) or not isinstance(key, int) or not 1 <= key <= MOST_LINES:
        expected = f"a whole number from 1 to {MOST_LINES}"
        reader.complain(at, "a line of support is a number", found=shortly(key), expected=expected)
        return None
    texts = reader.texts(at, patterns)
    return None if texts is None else SupportLine(file.export.ticket_type, key, texts)
