"""What the times of one file tell about those of the others: they are one export, so they are written alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from mining.core.errors import Problem, RequestError
from mining.sources.time_evidence import Form


class Again(Exception):
    """A later file showed how times of an earlier one are meant, which by itself did not: all have to be read again."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A column of a file whose cells showed by themselves how they are written."""

    file: str
    column: str
    form: Form

    def __str__(self) -> str:
        return f'"{self.column}" of {self.file}'


@dataclass(frozen=True, slots=True)
class _Open:
    forms: tuple[Form, ...]
    error: RequestError


@dataclass
class TimeMemory:
    """What was seen so far in this run, also before it began again. `weighed` counts the columns of which all cells
    were looked at to tell how they are written, `asked` those of which other files had to tell that."""

    seen: list[Seen] = field(default_factory=list)
    weighed: int = 0
    asked: int = 0
    _open: list[_Open] = field(default_factory=list)

    def remember(self, file: str, column: str, form: Form) -> None:
        """Raises RequestError where another file has the same column in another form."""
        for other in self.seen:
            if other.column == column and other.file != file and not _alike(other.form, form):
                raise RequestError(
                    Problem(
                        "the files of this export write their times differently",
                        file=file,
                        column=column,
                        found=f"{form} here, {other.form} in {other.file}",
                        todo="read the files apart, or name the format in the mapping, if one of the files is wrong",
                    )
                )
        self.seen.append(Seen(file, column, form))

    def witness(self, forms: tuple[Form, ...]) -> tuple[Form, Seen] | None:
        """Which of `forms` has its day and month where other columns have theirs, if it is only one; and such a column.

        One export is written by one program under one setting: where it has the day first, it has it everywhere.
        """
        self.asked += 1
        found = [(form, seen) for form in forms for seen in self.seen if form.order and form.order == seen.form.order]
        return found[0] if len({form for form, _ in found}) == 1 else None

    def leave_open(self, forms: tuple[Form, ...], error: RequestError) -> None:
        """Several of `forms` fit a column; later files may show which. If not, `error` is raised in the end."""
        self._open.append(_Open(forms, error))

    def conclude(self) -> None:
        """After all files: raises Again where something that was left open can be told now, else its error."""
        still_open, self._open = self._open, []
        for each in still_open:
            if self.witness(each.forms) is None:
                raise each.error
        if still_open:
            raise Again


def _alike(form: Form, other: Form) -> bool:
    """Names of months and weekdays, short or long, are no difference: "May" is both."""
    return _short(form) == _short(other)


def _short(form: Form) -> tuple[str | None, str | None]:
    return form.format and form.format.replace("%B", "%b").replace("%A", "%a"), form.language
