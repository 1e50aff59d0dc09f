"""Makes a small warehouse: posts as a folder of Parquet files, users as one file.

Needs pyarrow. Run it in an empty folder; `warehouse.py without 2` leaves member 2 out.
"""

import sys
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ADA, BEN, CHLOE, DORA = 1, 2, 3, 4

USERS = [
    (ADA, "Ada Byron", "DE", True),
    (BEN, "Ben Otto", "US", True),
    (CHLOE, "Chloé Roux", "US", True),
    (DORA, "Dora Klein", "US", False),
]

POSTS = [
    (10, ADA, "post", "What flour do you take?", "everyone", None),
    (11, BEN, "answer", "Rye, and never any other.", "everyone", 10),
    (12, CHLOE, "answer", "Thanks Ben Otto, rye it is.", "everyone", 10),
    (13, BEN, "post", "Only for my friends.", "contacts", None),
    (14, DORA, "post", "I baked a cake!", "everyone", None),
    (15, BEN, "direct", "You did not read this.", "contacts", None),
]

WRITTEN = datetime(2024, 5, 1, 8, tzinfo=timezone.utc)


def main():
    without = int(sys.argv[2]) if sys.argv[1:2] == ["without"] else None
    folder = Path("warehouse")
    (folder / "posts").mkdir(parents=True, exist_ok=True)
    posts = [post for post in POSTS if post[1] != without]
    columns = list(zip(*posts))
    table = pa.table(
        {
            "post_id": pa.array(columns[0], pa.int64()),
            "user_id": pa.array(columns[1], pa.int64()),
            "type": columns[2],
            "body": columns[3],
            "audience": columns[4],
            "in_reply_to": pa.array(columns[5], pa.int64()),
            "written_at": pa.array([WRITTEN] * len(posts), pa.timestamp("us", tz="UTC")),
            "ip_address": ["192.0.2.1"] * len(posts),
        }
    )
    pq.write_table(table, folder / "posts" / "part-0.parquet")
    columns = list(zip(*USERS))
    users = {"id": columns[0], "name": columns[1], "country": columns[2], "is_adult": columns[3]}
    pq.write_table(pa.table(users), folder / "users.parquet")


main()
