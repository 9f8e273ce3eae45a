"""The floor: DuckDB doing no more than scanning the file and counting its distinct cases.

python benchmarks/scan_duckdb.py incidents.csv
"""

from __future__ import annotations

import sys

import duckdb

if __name__ == "__main__":
    scan = "SELECT count(*), count(DISTINCT number) FROM read_csv(?, all_varchar = true)"
    print(*duckdb.execute(scan, [sys.argv[1]]).fetchall()[0])
