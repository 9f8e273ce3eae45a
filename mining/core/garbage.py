"""How often Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (200_000, 20, 50)
"""Objects made before the first, second and third generation are looked through; Python's own are 700, 10, 10."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Look for it seldom inside the block: paths and variants are a million objects that never refer to themselves, and
    looking through all of them again and again took nearly half of the time in which they are made."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
