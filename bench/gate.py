"""The peers' part of the gate measurement: the same files, the same rows, an anti-join.

usage: gate.py duckdb|polars scan|gate|write-scan|write-gate FOLDER ORDER THREADS

Whom to refuse is resolved beforehand and loaded before the clock starts, as the gate's own answers
are. Nothing is counted but the rows that pass. Prints one line of JSON.
"""

import glob
import json
import os
import resource
import shutil
import sys
import time

AS_OF = 1772323200000000  # 2026-03-01T00:00:00Z in microseconds
OLDEST = 1420070400000000  # 2015-01-01T00:00:00Z
COLUMNS = ["member_number", "item", "kind", "language", "title", "text", "created"]


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def files(folder, order):
    pattern = "lake/items/range=*/*.parquet" if order == "member" else "files/*.parquet"
    return sorted(glob.glob(os.path.join(folder, pattern)))


class DuckDB:
    def __init__(self, folder, order, threads):
        import duckdb

        self.version = duckdb.__version__
        self.db = duckdb.connect()
        self.db.execute(f"SET threads = {threads}")
        self.db.execute("SET preserve_insertion_order = false")
        for name in ("members", "rows"):
            path = os.path.join(folder, f"refused-{name}.parquet")
            self.db.execute(f"CREATE TABLE refused_{name} AS FROM read_parquet('{path}')")
        listed = ", ".join(f"'{path}'" for path in files(folder, order))
        self.rows = f"read_parquet([{listed}], hive_partitioning = false)"

    def select(self, gated):
        query = f"SELECT {', '.join(COLUMNS)} FROM {self.rows} items"
        if gated:
            query += f"""
                ANTI JOIN refused_members USING (member_number)
                ANTI JOIN refused_rows USING (member_number, item)
                WHERE kind IN ('post', 'article', 'comment') AND visibility = 'public'
                AND created BETWEEN {OLDEST} AND {AS_OF} AND sensitive IS NOT TRUE"""
        return query

    def sums(self, gated):
        bytes_of = ", ".join(f"sum(strlen({one}))" for one in COLUMNS[2:6])
        row = self.db.execute(
            f"""SELECT count(*), sum(member_number), sum(item & 4294967295),
                sum(created // 1000000), {bytes_of} FROM ({self.select(gated)})"""
        ).fetchone()
        return [int(value or 0) for value in row]

    def write(self, gated, out):
        options = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 65536"
        options += ", PER_THREAD_OUTPUT"
        self.db.execute(f"COPY ({self.select(gated)}) TO '{out}' ({options})")


class Polars:
    def __init__(self, folder, order, threads):
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars

        self.pl = polars
        self.version = polars.__version__
        self.refused = {
            name: polars.read_parquet(os.path.join(folder, f"refused-{name}.parquet"))
            for name in ("members", "rows")
        }
        self.files = files(folder, order)

    def select(self, gated):
        col = self.pl.col
        rows = self.pl.scan_parquet(self.files, hive_partitioning=False)
        if gated:
            rows = (
                rows.filter(
                    col("kind").is_in(["post", "article", "comment"])
                    & (col("visibility") == "public")
                    & col("created").is_between(OLDEST, AS_OF)
                    & col("sensitive").ne_missing(True)
                )
                .join(self.refused["members"].lazy(), on="member_number", how="anti")
                .join(self.refused["rows"].lazy(), on=["member_number", "item"], how="anti")
            )
        return rows.select(COLUMNS)

    def sums(self, gated):
        col = self.pl.col
        row = (
            self.select(gated)
            .select(
                self.pl.len().cast(self.pl.Int64).alias("rows"),
                col("member_number").sum(),
                (col("item") & 0xFFFFFFFF).sum(),
                (col("created") // 1000000).sum(),
                *[col(one).str.len_bytes().cast(self.pl.Int64).sum() for one in COLUMNS[2:6]],
            )
            .collect(engine="streaming")
            .row(0)
        )
        return list(row)

    def write(self, gated, out):
        os.makedirs(out)
        path = os.path.join(out, "rows.parquet")
        self.select(gated).sink_parquet(
            path,
            compression="zstd",
            compression_level=3,
            maintain_order=False,
            statistics=False,
            row_group_size=65_536,
        )


def main():
    engine, task, folder, order, threads = sys.argv[1:6]
    peer = {"duckdb": DuckDB, "polars": Polars}[engine](folder, order, threads)
    gated = task.endswith("gate")
    out = os.path.join(folder, f"written-{engine}")
    shutil.rmtree(out, ignore_errors=True)
    result = {"version": peer.version}
    cpu, wall = cpu_seconds(), time.perf_counter()
    if task.startswith("write"):
        peer.write(gated, out)
    else:
        rows, members, items, created, *lengths = peer.sums(gated)
        result["sums"] = {
            "bytes": lengths,
            "created": created,
            "items": items,
            "members": members,
            "rows": rows,
        }
    result["cpu_seconds"] = cpu_seconds() - cpu
    result["seconds"] = time.perf_counter() - wall
    if task.startswith("write"):
        written = glob.glob(os.path.join(out, "**"), recursive=True)
        result["bytes"] = sum(os.path.getsize(path) for path in written if os.path.isfile(path))
    shutil.rmtree(out, ignore_errors=True)
    print(json.dumps(result))


main()
