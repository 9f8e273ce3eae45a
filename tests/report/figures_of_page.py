"""The figures that a page holds, plain or packed."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

_FIGURE = re.compile(r'<script type="([a-z/]+)" id="figure-([a-z-]+)">(.*?)</script>', flags=re.DOTALL)


def figures_of(page: str) -> dict[str, dict[str, Any]]:
    """Each figure by its name."""
    return {
        name: json.loads(_unpacked(data) if kind == "text/plain" else data)
        for kind, name, data in _FIGURE.findall(page)
    }


def _unpacked(data: str) -> str:
    return gzip.decompress(base64.b64decode(data)).decode()
