"""What a page holds packed, as its script unpacks it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any


def unpacked(page: str, name: str = "figures") -> dict[str, Any]:
    """The figures of a page by name, or the parts that its filter can show."""
    found = re.search(rf'<script type="text/plain" id="{name}-packed">([^<]*)</script>', page)
    assert found is not None
    read: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return read
