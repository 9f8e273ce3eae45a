"""Alembic's migrations of the history; `versions/` holds one module a step."""
