"""What other packages add to this program: entry points, looked up when something is read or listed, not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from mining.core.errors import MiningError, Problem, RequestError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

FORMATS = "value_stream_miner.formats"
"""Entry points of this group name a module or an object that reads a format: see `mining.sources.opened.Format`."""

MAPPINGS = "value_stream_miner.mappings"
"""Entry points of this group name a package whose folder holds `exports/*.yaml` and `streams/*.yaml`."""


@dataclass(frozen=True, slots=True)
class Extension:
    """An entry point: its name, and the package that brings it, with its version."""

    name: str
    package: str
    point: EntryPoint = field(repr=False)

    def load(self) -> Any:
        """What the entry point names. Raises RequestError where it cannot be imported."""
        with self.answering("being imported"):
            return self.point.load()

    @contextmanager
    def answering(self, doing: str, file: str | None = None) -> Iterator[None]:
        """Turns whatever the extension raises inside the block into a RequestError that names it; ours pass."""
        try:
            yield
        except MiningError:
            raise
        except Exception as error:
            said = str(error).strip().partition("\n")[0][:300]
            raise self.wrong(f"failed at {doing}", f"{type(error).__name__}: {said}", file) from error

    def wrong(self, text: str, found: str | None = None, file: str | None = None) -> RequestError:
        """The error that says what is wrong with this extension."""
        todo = "tell those who made it, with --debug for the details, or uninstall it"
        return RequestError(
            Problem(f'the extension "{self.name}" of the package {self.package} {text}', file, found=found, todo=todo)
        )


@cache
def extensions(group: str) -> tuple[Extension, ...]:
    """The extensions of a group, in the order of their names; looked up once in a run."""
    from importlib.metadata import entry_points

    found: dict[tuple[str, str], Extension] = {}
    for point in entry_points(group=group):
        package = "?" if point.dist is None else f"{point.dist.name} {point.dist.version}"
        found.setdefault((point.name, point.value), Extension(point.name, package, point))
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.package)))
