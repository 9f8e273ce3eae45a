"""The facts of a mapping file: which columns tell what about a ticket."""

from __future__ import annotations

from mining.core.export import Shape
from mining.core.facts import YES_OR_NO, Fact, FactSpec
from mining.mapping.people import called_like_people
from mining.mapping.reader import Reader
from mining.mapping.schema import MappingFile
from mining.mapping.schema_facts import FactPart, FactsPart


def read_facts(reader: Reader, file: MappingFile) -> tuple[FactSpec, ...]:
    """Where each fact stands, in the order of `Fact`. Problems are noted in `reader`."""
    found = [_fact(reader, file, fact, part) for fact, part in _parts(file.facts)]
    specs = tuple(spec for spec in found if spec is not None)
    _check_major(reader, specs)
    _check_scope(reader, file, specs)
    _check_people(reader, file, specs)
    return specs


def _parts(facts: FactsPart | None) -> list[tuple[Fact, FactPart]]:
    parts = [(fact, None if facts is None else getattr(facts, fact.value)) for fact in Fact]
    return [(fact, part) for fact, part in parts if part is not None]


def _fact(reader: Reader, file: MappingFile, fact: Fact, part: FactPart) -> FactSpec | None:
    at = ("facts", fact.value)
    if (part.column is None) is (part.field is None):
        reader.complain(at, "a fact stands in a column, or (of changes) in a field: name one of the two")
        return None
    if part.field is not None and file.export.shape is not Shape.CHANGES:
        reader.complain((*at, "field"), "only an export of the shape changes has fields", todo="name a column")
        return None
    if fact is Fact.GROUP and part.column is not None:
        reader.complain(at, "the column with the group is named under export: group", todo="name it there")
        return None
    holds = (part.is_,) if isinstance(part.is_, str) else tuple(part.is_ or ())
    if fact in YES_OR_NO and not holds:
        text = f"{fact.value} holds or does not: say which cells mean that it does"
        reader.complain(at, text, expected='{column: …, is: "true"}')
        return None
    if fact not in YES_OR_NO and holds:
        reader.complain((*at, "is"), f"{fact.value} is what stands in the cell, so no cell needs to be named")
        return None
    return FactSpec(fact, part.column, part.field, holds)


def _check_major(reader: Reader, specs: tuple[FactSpec, ...]) -> None:
    """A major incident is declared: who reads it off the priority counts incidents that nobody treated as major."""
    places = {spec.fact: (spec.column, spec.field) for spec in specs}
    if Fact.MAJOR in places and places[Fact.MAJOR] == places.get(Fact.PRIORITY):
        text = "a major incident is told by a field of its own, never by its priority"
        todo = "name the field by which it is declared, or leave it out"
        reader.complain(("facts", Fact.MAJOR.value), text, todo=todo)


def _check_scope(reader: Reader, file: MappingFile, specs: tuple[FactSpec, ...]) -> None:
    """Either all tickets of a mapping have one scope, or a column tells it of each."""
    if file.scope is not None and any(spec.fact is Fact.CHANGE for spec in specs):
        text = "scope says of all tickets what the fact change says of each: not both"
        reader.complain(("facts", Fact.CHANGE.value), text, todo="leave one of them out")


def _check_people(reader: Reader, file: MappingFile, specs: tuple[FactSpec, ...]) -> None:
    """The customer is shown in the report, with figures beside it: no person may stand there."""
    people = {file.export.actor, *(time.actor for time in file.export.times if not isinstance(time, str))}
    people |= {spec.column for spec in specs if spec.fact is Fact.CALLER}
    for spec in specs:
        column = spec.column or spec.field
        if spec.fact is Fact.CUSTOMER and column is not None and (column in people or called_like_people(column)):
            text = "a customer is an organisation or a part of one, and this column names people"
            todo = "name the column with their company or department, or leave it out"
            reader.complain(("facts", Fact.CUSTOMER.value), text, found=column, todo=todo)
