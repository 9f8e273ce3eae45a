"""A first look at an export: what its columns hold, as figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_helpers import written

from mining.core.errors import RequestError
from mining.core.profile import Asked, ExportProfile
from mining.sources import headers, look

pytestmark = pytest.mark.slow

TICKETS = """\
number,state,opened,due,group,note
INC01,Closed,13/02/2024 10:00,01/03/2024 10:00,?,"two
lines"
INC02,Open,14/02/2024 09:00,02/03/2024 10:00,Desk,
INC03,Closed,15/02/2024 11:00,03/03/2024 10:00,Desk,x
"""


def looked(engine, path: Path, ticket: str = "number", only: set[str] | None = None) -> ExportProfile:
    return look(engine, [path], lambda *_: Asked((ticket,)), only=only)


def test_each_column_is_counted(engine, tmp_path: Path) -> None:
    profile = looked(engine, written(tmp_path / "t.csv", TICKETS))
    assert (profile.rows, profile.format, profile.names[0]) == (3, "CSV", "number")
    state, group, note = (profile.column(name) for name in ("state", "group", "note"))
    assert [(label.text, label.rows) for label in state.labels] == [("Closed", 2), ("Open", 1)]
    assert (group.filled, group.tokens) == (2, (("?", 1),))
    assert note.lines
    assert note.labels == ()
    assert profile.column("number").numbered == 1.0
    assert dict(state.labels[0].filled) == {"opened": 2, "due": 2}
    assert ("opened", "due", 3) in profile.before


def test_a_format_is_found_over_the_whole_column(engine, tmp_path: Path) -> None:
    rows = [f"A{i},0{i % 9 + 1}/02/2024 10:00" for i in range(3000)]
    clear = written(tmp_path / "clear.csv", "id,at\n" + "\n".join([*rows, *["A,13/02/2024 10:00"] * 90]) + "\n")
    unclear = written(tmp_path / "unclear.csv", "id,at\n" + "\n".join(rows) + "\n")
    formats = [[r.format for r in looked(engine, path, "id").column("at").readings] for path in (clear, unclear)]
    assert formats == [["%d/%m/%Y %H:%M"], ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]]


def test_a_column_of_numbers_or_words_holds_no_times(engine, tmp_path: Path) -> None:
    profile = looked(engine, written(tmp_path / "t.csv", "id,n,w\n1,17,may\n2,18,june\n"), "id")
    assert [column.is_time for column in profile.columns] == [False, False, False]
    assert [column.whole for column in profile.columns] == [True, True, False]


def test_what_changes_within_a_ticket_and_what_is_known_only_at_its_end(engine, tmp_path: Path) -> None:
    rows = "".join(
        f"T{t},2024-01-0{day} 08:00:00,2024-02-01 08:00:00,{'New' if day == 1 else 'Done'},T{3 - t}\n"
        for t in (1, 2)
        for day in (1, 2)
    )
    path = written(tmp_path / "t.csv", "ticket,at,closed,state,parent\n" + rows)
    grouping = looked(engine, path, "ticket").grouping("ticket")
    assert grouping is not None
    assert (grouping.tickets, grouping.several) == (2, 2)
    assert [grouping.varies(name) for name in ("at", "closed", "state", "parent")] == [2, 0, 2, 0]
    assert dict(grouping.later) == {"closed": 2}


def test_double_names_are_said_and_not_looked_at(engine, tmp_path: Path) -> None:
    profile = looked(engine, written(tmp_path / "t.csv", "id,at,note,note\n1,2024-01-01,a,b\n"), "id")
    assert profile.names == ("id", "at")
    assert "note" in profile.notes[0]


def test_several_files_are_one_export_and_a_file_that_is_no_export_is_an_error(engine, tmp_path: Path) -> None:
    one, other = written(tmp_path / "1.csv", TICKETS), written(tmp_path / "2.csv", TICKETS)
    profile = look(engine, [one, other], lambda *_: Asked())
    assert (profile.rows, profile.files) == (6, 2)
    assert list(headers(engine, [one, other])) == ["1.csv", "2.csv"]
    with pytest.raises(RequestError):
        look(engine, [written(tmp_path / "empty.csv", "")], lambda *_: Asked())


def test_xes_is_looked_at_too(engine, tmp_path: Path) -> None:
    event = '<event><string key="concept:name" value="log"/><string key="x" value="y"/></event>'
    log = f'<log><trace><string key="concept:name" value="1"/>{event}</trace></log>'
    profile = look(engine, [written(tmp_path / "t.xes", log)], lambda *_: Asked())
    assert set(profile.names) == {"case:concept:name", "concept:name", "x"}


def test_a_csv_that_is_not_quite_one_is_mended(engine, tmp_path: Path) -> None:
    profile = looked(engine, written(tmp_path / "t.csv", TICKETS + "INC04,Open\n"))
    assert profile.rows == 3
    assert "1" in profile.notes[-1]


def test_only_the_columns_that_are_asked_for(engine, tmp_path: Path) -> None:
    profile = looked(engine, written(tmp_path / "t.csv", TICKETS), only={"number", "state"})
    assert profile.names == ("number", "state")
