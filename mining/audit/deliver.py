"""Delivers one alert with Apprise; run as a process of its own by `alerts.py`, which can end it.

Reads JSON with `address`, `title` and `text` from standard input. Exit code 0: delivered; 1: not; 2: no such address.
"""

from __future__ import annotations

import json
import sys


def main() -> int:
    """Deliver what standard input says."""
    import apprise

    given = json.load(sys.stdin)
    target = apprise.Apprise()
    if not target.add(given["address"]):
        return 2
    sent = target.notify(body=given["text"], title=given["title"], body_format=apprise.NotifyFormat.TEXT)
    return 0 if sent else 1


if __name__ == "__main__":
    sys.exit(main())
