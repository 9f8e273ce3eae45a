"""The tables of the history, as SQLAlchemy sees them. How they came to be is in `migrations/`."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

records = Table(
    "record",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("audit", String(200), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("previous", String(64), nullable=False, unique=True),
    Column("body", Text, nullable=False),
)
"""One row a record. `body` is JSON in its canonical form; `hash` is over it and `previous`, which is the hash of the
record before, so that two records can never follow the same one. `audit` and `kind` stand in the body too."""

documents = Table(
    "document",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""What records refer to by its hash: mappings, reference streams, tables of variants and hand-offs; zlib-compressed."""
