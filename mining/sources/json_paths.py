"""Records of JSON → rows of cells: dotted paths to columns, and nested lists of which each element is a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mining.sources.json_text import Value, cell

_ABSENT = object()
_NAMED_RECORDS = 2_000
_MOST_NAMES = 5_000
_DEEPEST_NAME = 12

_Place = tuple[str, Value]  # the dotted path of a list, and the element of it that this row is about


class Records:
    """Makes rows of records.

    `wanted` are the columns that are kept. `known` are the columns that were seen: of the first 2,000 records all,
    later on the wanted ones. `expand` is the path to the lists of which each element is a row; `expanded` is whether
    any record had it.
    """

    def __init__(self, wanted: Sequence[str], expand: str | None) -> None:
        self.known: set[str] = set()
        self.expanded = expand is None
        self._wanted = tuple(wanted)
        self._expand = tuple(expand.split(".")) if expand else ()
        self._prefixes = [".".join(self._expand[: i + 1]) for i in range(len(self._expand))]
        self._plans: dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]] = {}
        self._seen = 0

    def rows(self, record: dict[str, Value]) -> Iterator[list[str | None]]:
        """The rows of one record: one, or one for each element of its lists. May raise RecursionError."""
        if self._seen < _NAMED_RECORDS:
            self._seen += 1
            self._name(record, "", 0)
        for places in self._fan(record, 0, [("", record)]):
            yield self._row(places)

    def _fan(self, node: Value, at: int, places: list[_Place]) -> Iterator[list[_Place]]:
        """Each element of the lists on the rest of the path; once where there is none, so that no record is lost."""
        while at < len(self._expand) and isinstance(node, dict):
            if self._expand[at] not in node:
                yield places
                return
            node = node[self._expand[at]]
            at += 1
            if isinstance(node, list):
                self.expanded = True
                elements = list(_flat(node))
                for element in elements:
                    yield from self._fan(element, at, [*places, (self._prefixes[at - 1], element)])
                if not elements:
                    yield places
                return
        self.expanded = self.expanded or node is None or at == len(self._expand)
        yield places

    def _row(self, places: list[_Place]) -> list[str | None]:
        prefixes = tuple(prefix for prefix, _ in places)
        plan = self._plans.get(prefixes)
        if plan is None:
            plan = self._plans[prefixes] = [_nearest(column, prefixes) for column in self._wanted]
        row: list[str | None] = []
        for column, (place, parts) in zip(self._wanted, plan, strict=True):
            value = find(places[place][1], parts)
            if value is _ABSENT:
                row.append(None)
                continue
            if not isinstance(value, dict):
                self.known.add(column)
            row.append(cell(value))
        return row

    def _name(self, node: Value, path: str, depth: int) -> None:
        if depth > _DEEPEST_NAME or len(self.known) > _MOST_NAMES:
            return
        if isinstance(node, dict):
            for key, value in node.items():
                self._name(value, f"{path}.{key}" if path else key, depth + 1)
        elif isinstance(node, list) and any(isinstance(element, dict | list) for element in node):
            for element in node[:3]:
                self._name(element, path, depth + 1)
        elif path:
            self.known.add(path)


def find(node: Value, parts: tuple[str, ...]) -> Value:
    """What stands at a path below `node`; of a list, what stands there in each element. None where it is empty on the
    way there, `_ABSENT` where a key is missing. Keys may hold dots themselves: the shortest that leads on is taken."""
    straight = node
    for part in parts:  # nearly always there is nothing but objects and whole keys on the way
        if type(straight) is not dict or part not in straight:
            return _find(node, parts)
        straight = straight[part]
    return None if straight == "" else straight


def _find(node: Value, parts: tuple[str, ...]) -> Value:
    if node is None or node == "":
        return None
    if not parts:
        return node
    if isinstance(node, dict):
        for n in range(1, len(parts) + 1):
            key = ".".join(parts[:n])
            if key in node:
                found = _find(node[key], parts[n:])
                if found is not _ABSENT:
                    return found
        return _ABSENT
    if isinstance(node, list):
        there = [found for found in (_find(element, parts) for element in node) if found is not _ABSENT]
        return there if there or not node else _ABSENT
    return _ABSENT


def lists_in(node: Value, path: str = "", depth: int = 0) -> Iterator[str]:
    """The paths of the lists of objects in a document, without those inside of such lists."""
    if isinstance(node, dict) and depth <= _DEEPEST_NAME:
        for key, value in node.items():
            yield from lists_in(value, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(node, list) and path and any(isinstance(element, dict) for element in node):
        yield path


def _flat(elements: list[Value]) -> Iterator[Value]:
    for element in elements:
        if isinstance(element, list):
            yield from _flat(element)
        else:
            yield element


def _nearest(column: str, prefixes: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """The innermost place that a column lies in, by its number, and the rest of the column's path from there."""
    for i in range(len(prefixes) - 1, 0, -1):
        if column == prefixes[i]:
            return i, ()
        if column.startswith(prefixes[i] + "."):
            return i, tuple(column[len(prefixes[i]) + 1 :].split("."))
    return 0, tuple(column.split("."))
