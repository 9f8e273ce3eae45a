# ruff: noqa: S608  what is put into the queries is our own
"""The same questions in raw SQL and no more: DuckDB reads, maps, and finds visits, variants, hand-offs and lead times.

    python benchmarks/sketch_duckdb.py incidents.csv

So much the engine alone takes for what the peer does before it turns to pm4py. There is nothing here of what makes a
product: no ledger, no bad cell told, no link, no model, no alignment, no file, no report. It reads the columns that the
peer reads, and its rules are the peer's, in the peer's order. Prints its figures as JSON, so that `benchmarks/run.py`
can compare them.
"""

from __future__ import annotations

import json
import sys

import duckdb

READ = """CREATE TABLE events AS
SELECT number AS ticket, strptime(sys_updated_at, '%d/%m/%Y %H:%M') AS time,
    strptime(opened_at, '%d/%m/%Y %H:%M') AS opened, sys_mod_count::INTEGER AS version,
    incident_state AS state, sys_updated_by AS actor, assignment_group AS team
FROM read_csv(?, all_varchar = true, nullstr = '?')"""

RULES = (  # the first that holds decides; each is the number of what it makes
    "state = 'Closed' AND before = 'Closed' OR state = 'Resolved' AND before = 'Resolved'",
    "number > 1 AND state = before AND actor = actor_before AND team IS NOT DISTINCT FROM team_before",
    "state = 'Closed'",
    "state = 'Resolved'",
    "before IN ('Resolved', 'Closed') AND state IN ('New', 'Active', 'Awaiting User Info', 'Awaiting Vendor', "
    "'Awaiting Problem', 'Awaiting Evidence')",
    "state = 'Awaiting User Info'",
    "state = 'Awaiting Vendor'",
    "state = 'Awaiting Problem'",
    "state = 'Awaiting Evidence'",
    "state = 'New' AND number = 1",
    "state = 'Active' AND number = 1",
    "state IN ('New', 'Active') AND team IS DISTINCT FROM team_before",
    "state = 'New'",
    "state = 'Active'",
)
UNCHANGED, END, RESOLVE, LOGGED, UNMAPPED, CONTACT = 1, 2, 3, 10, len(RULES), len(RULES) + 1

MAP = f"""CREATE TABLE mapped AS
SELECT ticket, time, number, CASE WHEN number = 1 AND opened < time THEN opened END AS opened,
    (CASE {" ".join(f"WHEN {rule} THEN {i}" for i, rule in enumerate(RULES))} ELSE {UNMAPPED} END)::TINYINT AS made
FROM (SELECT *, lag(state) OVER w AS before, lag(actor) OVER w AS actor_before, lag(team) OVER w AS team_before,
        row_number() OVER w AS number
    FROM events WINDOW w AS (PARTITION BY ticket ORDER BY time, version))"""

LISTS = f"""CREATE TABLE lists AS
SELECT min(opened) AS contact, list({{'made': made, 'time': time}} ORDER BY number) AS events
FROM mapped WHERE made > {UNCHANGED} GROUP BY ticket"""

STREAMS = f"""CREATE TABLE streams AS
SELECT list_transform(visits, visit -> visit.made) AS path, list_transform(visits, visit -> visit.time) AS begins,
    events[-1].made = {END} AS ended
FROM (SELECT events, list_filter(made, (visit, i) -> i = 1 OR visit.made <> made[i - 1].made) AS visits
    FROM (SELECT events, list_concat(
            CASE WHEN contact IS NOT NULL THEN [{{'made': {CONTACT}::TINYINT, 'time': contact}}] ELSE [] END,
            CASE WHEN events[1].made = {RESOLVE}
                THEN [{{'made': {LOGGED}::TINYINT, 'time': events[1].time}}] ELSE [] END,
            list_filter(events, event -> event.made NOT IN ({END}, {UNMAPPED}))) AS made FROM lists))"""

VARIANTS = "SELECT path, ended, count(*) AS n FROM streams GROUP BY path, ended ORDER BY n DESC LIMIT 200000"

HAND_OFFS = """SELECT here, next, count(*), quantile_disc(time, [0.5, 0.85, 0.95]) FROM (
    SELECT unnest(path[1:-2]) AS here, unnest(path[2:]) AS next,
        unnest(list_transform(begins[2:], (begin, i) -> begin - begins[i])) AS time FROM streams)
GROUP BY here, next"""

FIGURES = f"""SELECT count(*) AS cases, sum(len(path))::BIGINT AS visits, count(value) AS fulfilled,
    epoch(quantile_disc(begins[value] - begins[1], 0.5)) / 3600 AS "median lead time"
FROM (SELECT path, begins, CASE WHEN ended THEN list_position(path, {RESOLVE}) END AS value FROM streams)"""


def main(path: str) -> None:
    """Print the figures of the log at `path`."""
    duckdb.execute(READ, [path])
    duckdb.execute(f"{MAP}; DROP TABLE events; {LISTS}; DROP TABLE mapped; {STREAMS}; DROP TABLE lists")
    for query in (VARIANTS, HAND_OFFS):
        duckdb.execute(query).fetchall()
    print(json.dumps(duckdb.execute(FIGURES).to_arrow_table().to_pylist()[0]))


if __name__ == "__main__":
    main(sys.argv[1])
