"""What is read alike in several parts of an audit file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mining.audit import figures, quantities
from mining.core.errors import nearest
from mining.core.yaml_reader import YamlReader
from mining.core.yamlio import At


@dataclass(slots=True)
class Reader(YamlReader):
    """What parts of an audit file have in common: durations, names of environment variables, figures."""

    def span(self, at: At, text: str) -> timedelta:
        """A duration as text; nothing where it is none, with the problem noted."""
        found = quantities.span(text)
        if found is None:
            self.complain(at, "this is no duration", found=text, expected="such as 30 s, 10 min, 2 h or 8 days")
        return found or timedelta(0)

    def variable(self, at: At, name: str) -> str:
        """The name of an environment variable; what cannot be one is noted, and not shown."""
        if not name.replace("_", "a").isalnum():
            todo = "put the address into an environment variable, and write the variable's name here"
            # what was found is never shown: it may be a secret
            self.complain(at, "this is no name of an environment variable", todo=todo)
        return name

    def figure(self, at: At, figure: str) -> str:
        """The name of a figure of `result.json`; one that does not exist is noted, with those near it."""
        known = figures.known()
        if not figures.is_known(figure, known):
            near = nearest(figure, known) or ["conformance.fitness", "ledger.rows_unmapped_share"]
            todo = "vsm analyse … --json shows all figures by their names"
            self.complain(at, "result.json has no such figure", found=figure, expected=", ".join(near), todo=todo)
        return figure
