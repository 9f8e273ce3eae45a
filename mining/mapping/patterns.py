"""The regular expressions that mappings may use: the part that RE2 (DuckDB) and Java (Spark) read alike.

Allowed: literals, `.`, `^`, `$`, classes `[a-z]` and `[^a-z]`, `\\d \\D \\w \\W \\s \\S \\b \\B \\t \\n \\r`, escaped
punctuation, groups `(…)` and `(?:…)`, alternatives, `* + ? {m} {m,} {m,n}` with and without a lazy `?`, and the flags
`(?i)`, `(?s)`, `(?m)` at the beginning. Without: looking ahead or behind, back-references, named groups, atomic groups
and possessive quantifiers, since RE2 promises linear time by leaving them out.
"""

from __future__ import annotations

import re
import warnings

MAX_LENGTH = 1_000
_MAX_REPEAT = 1_000
_LETTERS_AFTER_BACKSLASH = frozenset("dDwWsSbBtnr")
_TOKEN = re.compile(
    r"\\(?P<escaped>.)|(?P<group>\(\?)|(?P<possessive>[*+?]\+)|\{(?P<repeat>[^}]*)\}?|&&|.",
    re.DOTALL,
)
_REPEAT = re.compile(r"[0-9]+(,[0-9]*)?")
_FLAGS = re.compile(r"\A\(\?[ism]+\)")


def fault_in(pattern: str) -> str | None:
    """What is wrong with a regular expression, in words; None where nothing is."""
    if len(pattern) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH:,} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        return f"is not valid: {error}"
    return _outside_the_subset(_FLAGS.sub("", pattern))


def _outside_the_subset(pattern: str) -> str | None:
    inside_set = False
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if token["escaped"] is not None:
            fault = _fault_in_escape(token["escaped"], inside_set)
        elif inside_set:
            fault = _fault_in_set(text)
            inside_set = text != "]"
        else:
            fault = _fault_outside_set(token, pattern)
            inside_set = text == "["
        if fault is not None:
            return fault
    return None


def _fault_in_escape(char: str, inside_set: bool) -> str | None:
    if char.isdigit():
        return f"refers back to a group (\\{char}), which is not supported"
    if inside_set and char in "bB":
        return f"uses \\{char} inside [ ], which is not supported"
    if char.isalnum() and char not in _LETTERS_AFTER_BACKSLASH:
        return f"uses \\{char}, which is not supported"
    return None


def _fault_in_set(text: str) -> str | None:
    if text in ("[", "&&"):
        return f"uses {text} inside [ ], which engines read differently: write \\{text[0]}"
    return None


def _fault_outside_set(token: re.Match[str], pattern: str) -> str | None:
    if token["group"] is not None:
        return _fault_in_group(pattern[token.start() :])
    if token["possessive"] is not None:
        return f"uses {token.group()} (possessive), which is not supported"
    if token["repeat"] is not None:
        return _fault_in_repeat(token["repeat"], pattern[token.end() : token.end() + 1])
    if token.group() == "[" and pattern[token.end() :].startswith(("]", "^]")):
        return "has ] as the first in [ ], which engines read differently: write \\]"
    return None


def _fault_in_group(rest: str) -> str | None:
    if rest.startswith("(?:"):
        return None
    if rest.startswith(("(?=", "(?!", "(?<=", "(?<!")):
        return "looks ahead or behind, which is not supported"
    return f"uses {rest[:4]}, which is not supported: only (?:…), and (?i), (?s), (?m) at the beginning"


def _fault_in_repeat(numbers: str, after: str) -> str | None:
    if after == "+":
        return f"uses {{{numbers}}}+ (possessive), which is not supported"
    if not _REPEAT.fullmatch(numbers):
        return f"uses {{{numbers}}}, which engines read differently: write {{m,n}} or escape the brace"
    if any(n and int(n) > _MAX_REPEAT for n in numbers.split(",")):
        return f"repeats more than {_MAX_REPEAT:,} times"
    return None
