"""OCEL 2.0 as XML, read as a stream by expat; entities are refused, and a file that breaks off is noticed."""

from __future__ import annotations

import re
from xml.parsers import expat

from mining.core.errors import Problem, RequestError
from mining.sources import ocel
from mining.sources.ocel import Event, Log, Object
from mining.sources.opened import Opened, Visit
from mining.sources.xml_stream import XmlStream

NAME = "OCEL 2.0 (XML)"
_MARK = re.compile(rb"<(?:object-types|event-types|objects|events)[\s/>]")
_Attributes = dict[str, str]


def fits(name: str, head: bytes) -> bool:
    """A log with types of objects and events, where XES has traces, or a file that calls itself so."""
    text = head.replace(b"\0", b"")
    return name.lower().endswith(".xmlocel") or (b"<log" in text and _MARK.search(text) is not None)


def open_file(visit: Visit) -> Opened:
    """Read the whole log, and write its rows."""
    collector = _Collector()
    stream = XmlStream(visit, NAME)
    collector.listen(stream.parser)
    stream.read(collector.start, is_root=lambda tag: tag in ("log", "ocel"))
    for section in ("objects", "events"):
        if section not in collector.sections:
            found = ", ".join(f"<{tag}>" for tag in sorted(collector.sections)[:8])
            problem = Problem(f"is no whole OCEL 2.0: it has no <{section}>", file=visit.name, found=found)
            raise RequestError(problem)
    log = collector.log
    for key, thing in collector.objects:
        log.add_object(key, thing, visit.name)
    return ocel.opened(visit, log, NAME)


class _Collector:
    """Takes what expat finds. Sections stand at depth 2, events and objects at 3, what belongs to them below."""

    def __init__(self) -> None:
        self.log = Log(event_types=set(), object_types=set())
        self.objects: list[tuple[str | None, Object]] = []
        self.sections: set[str] = set()
        self._section = ""
        self._depth = 0
        self._event: Event | None = None
        self._object: Object | None = None
        self._key: str | None = None  # of that object
        self._attribute: _Attributes | None = None
        self._text: list[str] = []

    def listen(self, parser: expat.XMLParserType) -> None:
        """Have `parser` tell this collector."""
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def start(self, tag: str, attributes: _Attributes) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth == 2:
            self._section = tag
            self.sections.add(tag)
        elif self._depth == 3:
            self._begin(tag, attributes)
        elif self._depth > 3:
            self._inside(tag, attributes)

    def _begin(self, tag: str, attributes: _Attributes) -> None:
        get = attributes.get
        if (self._section, tag) == ("events", "event"):
            self._event = Event(get("id"), get("type"), get("time"))
            self.log.events.append(self._event)
        elif (self._section, tag) == ("objects", "object"):
            self._object = Object(get("type"))
            self._key = get("id")
            self.objects.append((self._key, self._object))
        elif self._section in ("event-types", "object-types"):
            types = self.log.event_types if self._section == "event-types" else self.log.object_types
            assert types is not None  # noqa: S101  both are sets from the beginning
            types.add(get("name", ""))

    def _inside(self, tag: str, attributes: _Attributes) -> None:
        if tag == "attribute":
            self._attribute, self._text = attributes, []
            if self._section in ("event-types", "object-types"):
                prefix = ocel.OF_OBJECT if self._section == "object-types" else ""
                self.log.columns.add(prefix + attributes.get("name", ""))
        elif self._event is not None and tag in ("relationship", "object", "relobj"):
            self._event.objects.append(attributes.get("object-id"))
        elif self._object is not None and tag in ("relationship", "object", "relobj"):
            self.log.relations.append((self._key, attributes.get("object-id"), attributes.get("qualifier")))

    def _end(self, tag: str) -> None:
        if tag == "attribute" and self._attribute is not None:
            name, text = self._attribute.get("name", ""), "".join(self._text)
            if self._event is not None:
                self._event.attributes[name] = text
            elif self._object is not None:
                self._object.attributes.setdefault(name, []).append((self._attribute.get("time"), text))
            self._attribute = None
        elif self._depth == 3:
            self._event = self._object = None
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if self._attribute is not None:
            self._text.append(text)
