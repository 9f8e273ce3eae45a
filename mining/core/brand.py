"""Whose report it is: title, organisation, logo and accent colour, from a file."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mining.core.errors import ConfigError, Problem, nearest
from mining.core.yamlio import YamlFile, read_yaml

_KEYS = ("title", "organisation", "logo", "accent")
_KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_BEGINNINGS = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}
_LARGEST = 200_000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LIGHT, _DARK = "#ffffff", "#171e27"
"""What texts in the accent colour stand on: the cards of the report, in light and in dark."""

_READABLE = 4.5
"""The least contrast of a text with its ground: WCAG 2.2, success criterion 1.4.3."""


@dataclass(frozen=True, slots=True)
class Brand:
    """How a report presents itself. `logo` is a data URI. `accent_light` and `accent_dark` are "#rrggbb", readable on
    the report's ground in light and in dark."""

    title: str | None = None
    organisation: str | None = None
    logo: str | None = None
    accent_light: str | None = None
    accent_dark: str | None = None


NO_BRAND = Brand()


def load_brand(path: Path) -> Brand:
    """Read a brand file: YAML with any of title, organisation, logo (a file beside it: SVG, PNG or JPEG) and accent
    ("#rrggbb"; made lighter or darker until it can be read).

    Raises RequestError where it cannot be read, ConfigError with every problem of the file.
    """
    yaml = read_yaml(path)
    if not isinstance(yaml.data, dict):
        raise ConfigError(yaml.problem((), "a group of keys is expected here", expected=", ".join(_KEYS)))
    problems = [_no_key(yaml, key) for key in yaml.data if key not in _KEYS]
    problems += [
        yaml.problem((key,), "text is expected here", found=str(value), todo="put it in quotes")
        for key, value in yaml.data.items()
        if key in _KEYS and not (isinstance(value, str) and value)
    ]
    if problems:
        raise ConfigError(*problems)
    accent = yaml.data.get("accent")
    if accent is not None and not _COLOUR.fullmatch(accent):
        raise ConfigError(yaml.problem(("accent",), "this is no colour", found=accent, expected='"#rrggbb"'))
    logo = yaml.data.get("logo")
    return Brand(
        title=yaml.data.get("title"),
        organisation=yaml.data.get("organisation"),
        logo=None if logo is None else _logo(yaml, path.parent / logo),
        accent_light=None if accent is None else _readable(accent, _LIGHT),
        accent_dark=None if accent is None else _readable(accent, _DARK),
    )


def _no_key(yaml: YamlFile, key: Any) -> Problem:
    near = nearest(str(key), _KEYS)
    todo = f'did you mean "{near[0]}"?' if near else None
    return yaml.problem((key,), f'there is no key "{key}" here', expected=", ".join(_KEYS), todo=todo)


def _logo(yaml: YamlFile, path: Path) -> str:
    """The picture as a data URI. As an image a page runs no script in it, and fetches nothing for it."""
    kind = path.suffix.lower()
    if kind not in _KINDS:
        text = "a logo is a picture of another kind"
        raise ConfigError(yaml.problem(("logo",), text, found=path.name, expected=", ".join(_KINDS)))
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        said = f"the logo cannot be read: {error.strerror}"
        raise ConfigError(yaml.problem(("logo",), said, found=path.name)) from error
    if size > _LARGEST:
        expected = f"at most {_LARGEST:,} bytes"
        raise ConfigError(yaml.problem(("logo",), "the logo is too large", found=f"{size:,} bytes", expected=expected))
    if not data.startswith(_BEGINNINGS.get(kind, b"")) or (kind == ".svg" and b"<svg" not in data):
        raise ConfigError(yaml.problem(("logo",), f"this is no {kind[1:].upper()} file", found=path.name))
    return f"data:{_KINDS[kind]};base64,{base64.b64encode(data).decode('ascii')}"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(colour: str, ground: str) -> str:
    """`colour`, mixed with black or white in steps until it can be read on `ground`."""
    away = "#000000" if _luminance(ground) > 0.5 else "#ffffff"
    mixed = (_mixed(colour, away, step / 20) for step in range(21))
    return next(one for one in mixed if contrast(one, ground) >= _READABLE)


def _mixed(colour: str, with_: str, share: float) -> str:
    pairs = [(int(colour[i : i + 2], 16), int(with_[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)
