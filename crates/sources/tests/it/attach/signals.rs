//! What rows of tables that lie elsewhere say of their use, and where they were published.

use super::*;

/// Writes posts of author 1 with what they say of their use and where they stand.
fn write_signals(warehouse: &Warehouse, posts: &[(&str, Option<&str>, Option<&str>)]) {
    let texts = |of: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new((0..posts.len()).map(of).collect::<StringArray>())
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    warehouse.write(
        "posts/a.parquet",
        vec![
            ("author_id", texts(&|_| Some("1".to_owned()))),
            ("post_id", texts(&|at| owned(Some(posts[at].0)))),
            ("type", texts(&|_| Some("q".to_owned()))),
            ("body", texts(&|_| Some("Some words.".to_owned()))),
            ("created_ms", longs(&vec![0; posts.len()])),
            ("audience", texts(&|_| Some("all".to_owned()))),
            ("reply_to", texts(&|_| None)),
            ("ip", texts(&|_| None)),
            ("usage", texts(&|at| owned(posts[at].1))),
            ("place", texts(&|at| owned(posts[at].2))),
            ("place_type", texts(&|at| owned(posts[at].2.map(|_| "g")))),
        ],
    );
}

#[tokio::test]
async fn what_rows_say_of_their_use_and_where_they_stand_is_mapped() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let mapping = MAPPING.replacen(
        "unused = {",
        "content_usage = \"usage\"\nvenue = \"place\"\n\
         venue_kind = { column = \"place_type\", values = { g = \"group\", p = \"page\" } }\n\
         unused = {",
        1,
    );
    write_signals(
        &warehouse,
        &[("a", Some("train-ai=n"), Some("Rust")), ("b", Some("no AI"), None), ("c", None, None)],
    );
    let mapping = warehouse.mapping(&mapping).unwrap();
    let attached = attach_with(&world, &mapping, Options::at(at())).await.unwrap();
    let hint = "`usage` is no dictionary such as `train-ai=n, search=y` (RFC 9651)";
    assert_eq!(refused_with_hints(&attached), [("bad content usage", hint)]);
    let mut said = Vec::new();
    for column in ["content_usage", "venue_kind", "venue"] {
        said.push(crate::linkedin_round_trip::column(&world, lake::Table::Items, column).await);
    }
    let words = |word: &str| vec![Some(word.to_owned()), None];
    assert_eq!(said, [words("train-ai=n"), words("group"), words("Rust")]);

    // a signal that comes later, one that is taken back, and one that nobody can read any more
    write_signals(&warehouse, &[("a", None, Some("Rust")), ("c", Some("train-ai=n"), None)]);
    again(&world).await;
    assert_eq!(causes(&world).await, [RemovalCause::Edit, RemovalCause::Edit]);
    write_signals(&warehouse, &[("a", None, Some("Rust")), ("c", Some("train-ai"), None)]);
    again(&world).await;
    write_signals(&warehouse, &[("a", None, Some("Rust")), ("c", Some("train-ai=n;"), None)]);
    assert_eq!(again(&world).await.items.lake["items"].removed, 1);
}

#[tokio::test]
async fn a_mapping_knows_the_kinds_of_venues() {
    let warehouse = Warehouse::new();
    let told =
        warehouse.wrong("unused = {", "venue_kind = { always = \"forum\" }\nunused = {").await;
    assert!(told.contains("`forum` is unknown; known: page, group"), "{told}");
}
