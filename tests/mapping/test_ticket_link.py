"""Where the source tool shows a ticket: an address that nobody can bend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mining import mapping as room
from mining.core.errors import ConfigError
from mining.mapping.several import _info

GOOD = """\
name: Test
ticket_link: {link}
export:
  shape: events
  ticket: number
  time: {{column: at}}
  event: state
rules:
  - when: {{state: New}}
    activity: {{engage: log}}
"""


@pytest.mark.parametrize(
    "link", ["https://desk.example.com/{ticket}", "http://localhost:8080/show?id={ticket}&view=full#top"]
)
def test_an_address_that_can_be_used(link: str) -> None:
    read = room.parse_mapping(GOOD.format(link=f'"{link}"'), "mine.yaml")
    assert read.info.ticket_links == (("", link),)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("javascript:alert({ticket})", "begins with https:// or http://"),
        ("data:text/html,{ticket}", "begins with https:// or http://"),
        ("//desk.example.com/{ticket}", "begins with https:// or http://"),
        ("ftp://desk.example.com/{ticket}", "begins with https:// or http://"),
        ("https://{ticket}.example.com/", "stands behind it"),
        ("https:///{ticket}", "needs a host"),
        ("https://me:secret@desk.example.com/{ticket}", "no user name or password"),
        ("https://desk.example.com/", "says once where"),
        ("https://desk.example.com/{ticket}/{ticket}", "says once where"),
        ("https://desk.example.com/{ticket}?q={group}", "in braces"),
        ("https://desk.example.com/ {ticket}", "no spaces"),
        ("https://desk.example.com/<{ticket}", "no spaces, quotes"),
        ("https://[::1/{ticket}", "no address"),
        ("https://desk.example.com:port/{ticket}", "no address"),
    ],
)
def test_an_address_that_is_refused(link: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        room.parse_mapping(GOOD.format(link=f"'{link}'"), "mine.yaml")
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.found) == ("mine.yaml", 2, link)
    assert said in problem.text


def test_of_several_exports_each_type_of_ticket_has_its_own() -> None:
    first = room.parse_mapping(GOOD.format(link='"https://a.example/{ticket}"'), "a.yaml")
    second = replace(first, info=replace(first.info, export=replace(first.export, ticket_type="change")))
    third = replace(second, info=replace(second.info, ticket_links=()))
    link = "https://a.example/{ticket}"
    assert _info([first, second]).ticket_links == (("ticket ", link), ("change ", link))
    assert _info([first, third]).ticket_links == (("ticket ", link),)
