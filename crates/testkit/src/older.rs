/// The statements that take those steps of the store back that came with journals and after them,
/// as if an earlier version had made it.
pub fn steps_back() -> Vec<String> {
    let columns = ["system", "entries", "bytes", "start", "hash"];
    let columns = columns.map(|one| format!("ALTER TABLE fact_counter DROP COLUMN journal_{one}"));
    let others = [
        "DROP TABLE replays",
        "DROP TABLE key_fingerprints",
        "DROP TABLE archives",
        "ALTER TABLE imported_events DROP COLUMN content",
        "DROP TABLE feed_orders",
        "DROP TABLE feed_positions",
        "ALTER TABLE permits DROP COLUMN reads",
        "DELETE FROM seaql_migrations WHERE version >= '0020'",
    ];
    columns.into_iter().chain(others.map(str::to_owned)).collect()
}
