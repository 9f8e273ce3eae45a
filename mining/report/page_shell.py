"""What every page stands in: Plotly, the style and the scripts, a policy that lets nothing else in, the templates."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mining.report import (
    action_words,
    breakdown_words,
    differing_words,
    example_words,
    filter_words,
    formats,
    map_words,
    names,
    parting_words,
    plots,
    words,
    workload_words,
)
from mining.report.language import local, spoken, t, told
from mining.report.plotly_locale import plotly_locale
from mining.report.sections import SECTIONS

if TYPE_CHECKING:
    import jinja2


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure of the page: its data, its height and the least width it can be read at, in pixels."""

    name: str
    data: str
    height: int
    width: int
    caption: str


def warm_up() -> None:
    """What every page needs, whatever is in it: the library packed, the templates compiled. It is kept for the next."""
    library()
    for name in templates().list_templates():
        templates().get_template(name)


def asset(name: str) -> str:
    """The text of a file beside the templates: a style sheet or a script."""
    return (files("mining.report") / "assets" / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------------------- library


@lru_cache(maxsize=1)
def _plotly() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(maxsize=1)
def library() -> str:
    """Plotly's own script, packed: the page unpacks it itself. No time stamp in it, so that pages are reproducible."""
    return packed(_plotly())


def packed(text: str | bytes) -> str:
    """What the page's script unpacks again."""
    whole = text.encode("utf-8") if isinstance(text, str) else text
    return base64.b64encode(gzip.compress(whole, 9, mtime=0)).decode("ascii")


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode('ascii')}'"


def policy(*inline: str) -> str:
    """The content security policy: the page's scripts and the library by their hashes, nothing from outside, nothing
    sent."""
    scripts = " ".join((*(_hash(script.encode()) for script in inline), _hash(_plotly())))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


# -------------------------------------------------------------------------------------------------------------- charts


def embedded_json(value: Any) -> str:
    """JSON that may stand inside a script element, whatever its strings hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def embedded_locale() -> str:
    """What Plotly itself says, as the page embeds it; nothing in English."""
    made = plotly_locale()
    return "" if made is None else embedded_json(made)


def figure_json(figure: plots.Figure) -> str:
    """A figure as the page embeds it; Plotly's own template, of 7 kB, is not in it, since the page's script has one."""
    return embedded_json(plots.spoken_figure(figure))


# ----------------------------------------------------------------------------------------------------------- templates


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    """The templates, with what they use by name."""
    import jinja2

    loader = jinja2.PackageLoader("mining.report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        w=words,
        mw=map_words,
        aw=action_words,
        bw=breakdown_words,
        dw=differing_words,
        ew=example_words,
        fw=filter_words,
        lw=workload_words,
        nw=parting_words,
        SECTIONS=SECTIONS,
        t=t,
        spoken=spoken,
        zip=zip,
    )
    for used in (
        formats.count,
        formats.many,
        formats.percent,
        formats.whole_percent,
        formats.duration,
        formats.harmless,
        formats.css_text,
        formats.glued,
        formats.moment,
        formats.in_numbers,
        names.reference_label,
        names.value_mark,
        names.outlined,
        told,
        local,
    ):
        environment.filters[used.__name__] = used
    return environment
