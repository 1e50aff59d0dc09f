//! Nothing that can be asked of permitted rows tells of a refused one.

use arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;
use gate::{FactRange, GateError, PermitRequest, Table};

use crate::support::{Item, World, purpose};

async fn sql(world: &mut World, query: &str) -> Result<String, String> {
    let permitted = world.permit(None).await;
    let session = SessionContext::new();
    session.register_table("items", permitted.table(Table::Items).unwrap()).unwrap();
    let frame = session.sql(query).await.map_err(|error| error.to_string())?;
    let batches = frame.collect().await.map_err(|error| error.to_string())?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}

fn only_value(table: &str) -> String {
    table.lines().nth(3).unwrap_or_default().trim_matches(['|', ' ']).to_owned()
}

async fn world() -> World {
    let mut world = World::new(20).await;
    let items: Vec<_> = (0..20).map(|number| Item::public(number, number, "words")).collect();
    // whether a row lies in the lake or in a table elsewhere makes no difference
    let (own, elsewhere): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.item % 3 > 0);
    world.items(&own).await;
    crate::attached::attach(&mut world, "elsewhere", &[&elsewhere]).await;
    for number in [0, 7, 19] {
        world.objects(number).await;
    }
    world
}

#[tokio::test]
async fn counts_and_extremes_see_permitted_rows_only() {
    let mut world = world().await;
    let check = async |world: &mut World, query: &str, expected: &str| {
        assert_eq!(only_value(&sql(world, query).await.unwrap()), expected, "{query}");
    };
    check(&mut world, "SELECT count(*) FROM items", "17").await;
    check(&mut world, "SELECT min(member_number) FROM items", "1").await;
    check(&mut world, "SELECT max(member_number) FROM items", "18").await;
    check(&mut world, "SELECT count(*) FROM items WHERE member_number = 7", "0").await;
    check(&mut world, "SELECT count(*) FROM (SELECT item FROM items LIMIT 18)", "17").await;
    check(&mut world, "SELECT count(*) FROM (SELECT item FROM items LIMIT 5)", "5").await;
    check(&mut world, "SELECT count(*) FROM items WHERE range = 0", "6").await;
}

#[tokio::test]
async fn a_filter_that_would_fail_on_a_refused_row_does_not_meet_it() {
    let mut world = world().await;
    let query = "SELECT count(*) FROM items WHERE 1 / (member_number - 7) >= 0";
    assert_eq!(only_value(&sql(&mut world, query).await.unwrap()), "16");
    let query = "SELECT count(*) FROM items WHERE 1 / (member_number - 8) >= 0";
    sql(&mut world, query).await.expect_err("division by zero on a permitted row");
}

#[tokio::test]
async fn nothing_is_given_out_as_of_an_instant_to_come() {
    let mut world = world().await;
    let holder = world.register("early", std::path::Path::new("nowhere")).await;
    let facts = FactRange::at(world.store.last_sequence().await.unwrap());
    let lake_version = world.version().await;
    let as_of = crate::support::as_of().plus_days(1);
    let request =
        PermitRequest { holder, purpose: purpose(), as_of, facts, lake_version, after: None };
    let early = world.gate.permit(&request, as_of.plus_days(-1)).await;
    assert!(matches!(early, Err(GateError::AsOfAhead { .. })));
    world.gate.permit(&request, as_of).await.unwrap();
}

#[tokio::test]
async fn what_came_in_up_to_a_version_is_not_looked_at() {
    let mut world = World::new(8).await;
    let items = |numbers: std::ops::Range<i64>| -> Vec<_> {
        numbers.map(|number| Item::public(number, number, "words")).collect()
    };
    world.items(&items(0..2)).await;
    crate::attached::attach(&mut world, "earlier", &[&items(2..4)]).await;
    let after = world.version().await;
    world.items(&items(4..6)).await;
    crate::attached::attach(&mut world, "later", &[&items(6..8)]).await;
    for number in [0, 5] {
        world.objects(number).await;
    }
    let holder = world.register("later", std::path::Path::new("nowhere")).await;
    let request = PermitRequest {
        holder,
        purpose: purpose(),
        as_of: crate::support::as_of(),
        facts: FactRange::at(world.store.last_sequence().await.unwrap()),
        lake_version: world.version().await,
        after: Some(after),
    };
    let permitted = world.gate.permit(&request, request.as_of).await.unwrap();
    let members: Vec<_> = crate::support::texts(&permitted).await.into_keys().collect();
    assert_eq!(members, [(4, 4), (6, 6), (7, 7)]);
    let counts = permitted.account().await.unwrap();
    let items = &counts.tables[&Table::Items];
    assert_eq!((items.rows_in, items.kept), (4, 3));
    assert_eq!(permitted.permit().after, Some(after));
}

#[tokio::test]
async fn nothing_can_be_written_through_it() {
    let mut world = world().await;
    sql(&mut world, "INSERT INTO items SELECT * FROM items").await.unwrap_err();
}
