"""The history of audits: records in a chain of hashes, kept by SQLite or PostgreSQL, never changed.

It holds figures, hashes, gates and tables of variants; no ticket, no person, and no secret. SQLAlchemy and Alembic are
imported when a history is opened.
"""

from __future__ import annotations
