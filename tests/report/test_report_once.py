from __future__ import annotations

from report_builders import analysis

from mining.report import remembered
from mining.report.language import speaking
from mining.report.once import once
from mining.report.routes import routes


def test_what_is_remembered_is_worked_out_once_of_each_analysis() -> None:
    one, other = analysis(), analysis()
    seen = []

    @once
    def counted(of: object) -> int:
        seen.append(of)
        return len(seen)

    with remembered():
        assert [counted(one), counted(other), counted(one)] == [1, 2, 1]
        with remembered():  # that of the whole stays
            assert counted(one) == 1
        assert counted(one) == 1
    assert counted(one) == 3


def test_nothing_is_remembered_in_the_words_of_another_language() -> None:
    given = analysis()
    with remembered():
        english = routes(given)
        with speaking("de"):
            german = routes(given)
        assert routes(given) is english
    assert english[0][0].check == "conforms"
    assert german[0][0].check != "conforms"
