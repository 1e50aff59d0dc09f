use datafusion::{arrow::util::pretty::pretty_format_batches, prelude::SessionContext};
use lake::Table;

use crate::support::World;

/// The named columns of a table, sorted, as text.
async fn show(world: &World, table: Table, columns: &[&str]) -> String {
    let context = SessionContext::new();
    let provider = world.lake.table(table).await.unwrap();
    let frame = context.read_table(provider).unwrap().select_columns(columns).unwrap();
    let mut lines: Vec<String> = pretty_format_batches(&frame.collect().await.unwrap())
        .unwrap()
        .to_string()
        .lines()
        .skip(3)
        .filter(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().join("|"))
        .collect();
    lines.sort();
    lines.join("\n")
}

const LINES: &str = r#"
{"event":"e1","kind":"member","member":"a","at":"2026-01-01","name":"Ann","created":"1970-01-01T00:00:01Z"}
{"event":"e2","kind":"member","member":"b","at":"2026-01-01","name":"Ben"}
{"event":"e3","kind":"profile","member":"a","at":"2026-01-01","headline":"Engineer"}
{"event":"e4","kind":"post","member":"a","at":"2026-01-01","id":"i1","text":"With Ben.","visibility":"public","sensitive":true,"mentions":[{"member":"b","start":5,"end":8}]}
{"event":"e5","kind":"comment","member":"b","at":"2026-01-01","id":"i2","text":"Yes.","parent":{"member":"a","kind":"post","id":"i1"}}
{"event":"e8","kind":"article","member":"b","at":"2026-01-01","id":"i4","text":"Long.","content_usage":"train-ai=n","venue":{"kind":"page","name":"Bridges"}}
{"event":"e6","kind":"comment","member":"b","at":"2026-01-01","id":"i3","text":"Who?","parent":{"member":"z","kind":"post","id":"i9"}}
{"event":"e7","kind":"activity","member":"b","at":"2026-01-01","id":"v1","action":"like","target":{"member":"a","kind":"post","id":"i1"}}
"#;

#[tokio::test]
async fn values_stand_in_their_columns() {
    let world = World::new().await;
    world.import(LINES).await;
    assert_eq!(
        show(&world, Table::Members, &["member_number", "display_name", "created", "source"]).await,
        "|0|Ann|1000000|test-network|\n|1|Ben||test-network|"
    );
    assert_eq!(
        show(&world, Table::Profiles, &["member_number", "headline", "about"]).await,
        "|0|Engineer||"
    );
    assert_eq!(
        show(
            &world,
            Table::Items,
            &[
                "kind",
                "external",
                "text",
                "visibility",
                "sensitive",
                "parent_member",
                "content_usage",
                "venue_kind",
                "venue"
            ]
        )
        .await,
        "|article|i4|Long.||||train-ai=n|page|Bridges|\n|comment|i2|Yes.|||0||||\n\
         |comment|i3|Who?|||2||||\n|post|i1|With Ben.|public|true|||||"
    );
    assert_eq!(
        show(
            &world,
            Table::Mentions,
            &["member_number", "author_member", "field", "span_start", "span_end", "how"]
        )
        .await,
        "|1|0|text|5|8|id|"
    );
    assert_eq!(
        show(&world, Table::Activity, &["member_number", "kind", "target_member"]).await,
        "|1|like|0|"
    );
}

#[tokio::test]
async fn an_item_is_pointed_at_by_its_address() {
    let world = World::new().await;
    world.import(LINES).await;
    let target = show(&world, Table::Activity, &["target_item"]).await;
    let author_item = show(&world, Table::Mentions, &["author_item"]).await;
    assert_eq!(target, author_item);
    let items = show(&world, Table::Items, &["item", "external"]).await;
    assert!(items.contains(&format!("{target}i1|")), "{items}");
}
