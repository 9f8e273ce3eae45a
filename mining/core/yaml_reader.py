"""Reading a YAML file part by part, with every problem collected before anybody is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from mining.core.errors import Problem
from mining.core.yamlio import At, YamlFile


@dataclass(slots=True)
class YamlReader:
    """The file that is read, and what was found wrong with it so far."""

    yaml: YamlFile
    problems: list[Problem] = field(default_factory=list)

    def complain(self, at: At, text: str, **more: str | None) -> None:
        """Note a problem with the part at `at`; `more` are fields of `Problem`."""
        self.problems.append(self.yaml.problem(at, text, **more))

    def in_order(self) -> list[Problem]:
        """The problems by their lines, each only once: two readers may have stumbled over the same part."""
        return list(dict.fromkeys(sorted(self.problems, key=lambda problem: problem.line or 0)))
