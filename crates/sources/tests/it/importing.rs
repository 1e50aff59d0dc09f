use std::collections::BTreeMap;

use lake::Table;
use policy::{MemberNumber, Sequence};
use sources::{Kind, Options, Report, import};
use store::{Fact, Identity, Membership, NewFact, RemovalCause};

use crate::support::{KEYS, SOURCE, World, at, declaration, dump, ndjson};

const DOCUMENT: &str = include_str!("../../../../docs/events.md");

fn examples() -> String {
    let blocks = DOCUMENT.split("```json\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

fn member(id: &str, more: &str) -> String {
    let (event, comma) =
        (format!("member-{id}-{}", more.len()), if more.is_empty() { "" } else { "," });
    format!(
        "{{\"event\":\"{event}\",\"kind\":\"member\",\"member\":\"{id}\",\"at\":\"2026-01-01\",\"name\":\"N {id}\"{comma}{more}}}\n"
    )
}

fn post(event: &str, author: &str, text: &str, visibility: &str) -> String {
    format!(
        "{{\"event\":\"{event}\",\"kind\":\"post\",\"member\":\"{author}\",\"at\":\"2026-01-01\",\"id\":\"i1\",\"text\":\"{text}\",\"visibility\":\"{visibility}\"}}\n"
    )
}

fn delete(event: &str, author: &str) -> String {
    format!(
        "{{\"event\":\"{event}\",\"kind\":\"delete\",\"member\":\"{author}\",\"at\":\"2026-01-02\",\"of\":\"post\",\"id\":\"i1\"}}\n"
    )
}

async fn facts(world: &World) -> Vec<Fact> {
    let last = world.store.last_sequence().await.unwrap();
    world.store.facts_between(Sequence::START, last).await.unwrap()
}

async fn rows(world: &World, table: Table) -> usize {
    world.lake.content_keys(table).await.unwrap().len()
}

async fn number(world: &World, external: &str) -> Option<Membership> {
    let external_hash = KEYS.identity_hash(SOURCE, external);
    let identity = Identity { source: SOURCE.to_owned(), external_hash };
    world.store.lookup(&identity).await.unwrap()
}

async fn causes(world: &World) -> Vec<RemovalCause> {
    let withdrawn = facts(world).await.into_iter().filter_map(|fact| match fact.content {
        NewFact::Withdrawn(withdrawn) => Some(withdrawn.cause),
        _ => None,
    });
    withdrawn.collect()
}

/// Running the same import again must change nothing at all.
async fn again(world: &World, lines: &str, options: Options<'_>) -> Report {
    let before = (world.lake.version().await.unwrap(), world.store.last_sequence().await.unwrap());
    let report = world.import_with(lines, options).await;
    let after = (world.lake.version().await.unwrap(), world.store.last_sequence().await.unwrap());
    assert_eq!(before, after);
    assert_eq!(report.lake_version_before, report.lake_version_after);
    assert_eq!((report.facts_recorded, report.removals_started), (0, 0));
    let total = report.total();
    assert_eq!(total.accepted + total.replaced + total.superseded, 0, "{total:?}");
    report
}

#[tokio::test]
async fn a_declared_notice_that_is_still_to_come_brings_nothing_in() {
    let world = World::new().await;
    let notice = "notice = { policy_version = '2025-11-03', delivered_at = '2099-01-01' }";
    let declared = declaration(&format!("reason = 'a test'\n{notice}\n"));
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let event = member("a", "");
    let (World { lake, store, .. }, mut source) = (&world, ndjson(event.as_bytes()));
    let refused = import(&mut source, lake, store, &KEYS, options, &mut |_| ()).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("2099-01-01T00:00:00Z"), "{refused}");
    assert_eq!(rows(&world, Table::Members).await, 0);
}

#[tokio::test]
async fn every_kind_comes_in_and_the_same_import_twice_changes_nothing() {
    let world = World::new().await;
    let report = world.import(&examples()).await;
    let total = report.total();
    assert_eq!((total.read, total.sealed, total.accounted()), (18, 5, 18));
    assert_eq!(report.lake_version_after.as_i64(), 1, "a batch is one lake version");
    // In one batch the two deletions take the place of a comment and a profile.
    for (table, expected) in [
        (Table::Members, 2),
        (Table::Profiles, 0),
        (Table::Positions, 1),
        (Table::Education, 1),
        (Table::Skills, 1),
        (Table::Items, 3),
        (Table::Mentions, 1),
        (Table::Activity, 1),
    ] {
        assert_eq!(rows(&world, table).await, expected, "{table}");
    }
    assert_eq!(report.members_new, 3, "two who speak and one who is named");
    assert_eq!(facts(&world).await.len(), 1, "one account about which something is known");
    again(&world, &examples(), Options::at(at())).await;
}

#[tokio::test]
async fn small_batches_make_the_same_lake_and_change_nothing_twice() {
    let world = World::new().await;
    let options = Options { batch_rows: 1, ..Options::at(at()) };
    let report = world.import_with(&examples(), options).await;
    assert!(report.lake_version_after.as_i64() > 10);
    assert_eq!(rows(&world, Table::Items).await, 3);
    assert_eq!(causes(&world).await, [RemovalCause::Deletion, RemovalCause::Deletion]);
    // Otherwise the deleted comment would come back for a moment.
    again(&world, &examples(), options).await;
}

#[tokio::test]
async fn an_edit_replaces_the_row_and_starts_a_removal() {
    let world = World::new().await;
    world.import(&post("p1", "a", "first", "public")).await;
    let report = world.import(&post("p2", "a", "second", "public")).await;
    assert_eq!(report.total().replaced, 1);
    assert_eq!(report.lake["items"].replaced, 1);
    assert_eq!(rows(&world, Table::Items).await, 1);
    assert_eq!(causes(&world).await, [RemovalCause::Edit]);
    let Some(Membership::Known(author)) = number(&world, "a").await else { panic!("unknown") };
    let Some(NewFact::Withdrawn(withdrawn)) = facts(&world).await.pop().map(|fact| fact.content)
    else {
        panic!("no removal")
    };
    let item = KEYS.item_id(SOURCE, Kind::Post, "i1");
    assert_eq!((withdrawn.member, withdrawn.item), (Some(author), Some(item)));
    // An old event that is handed over again does not undo the edit.
    again(&world, &post("p1", "a", "first", "public"), Options::at(at())).await;
}

#[tokio::test]
async fn a_narrowed_visibility_is_its_own_cause() {
    let world = World::new().await;
    for (event, visibility) in [("p1", "public"), ("p2", "private"), ("p3", "public")] {
        world.import(&post(event, "a", "same", visibility)).await;
    }
    assert_eq!(causes(&world).await, [RemovalCause::Visibility, RemovalCause::Edit]);
}

#[tokio::test]
async fn a_signal_that_comes_later_starts_a_removal() {
    let world = World::new().await;
    let said = |event: &str, usage: &str| {
        let line = post(event, "a", "same", "public");
        format!("{},\"content_usage\":{usage}}}\n", line.trim_end().trim_end_matches('}'))
    };
    world.import(&post("p1", "a", "same", "public")).await;
    let silent = world.import(&said("p2", "null")).await;
    assert_eq!((silent.total().unchanged, silent.removals_started), (1, 0));
    let report = world.import(&said("p3", "\"train-ai=n\"")).await;
    assert_eq!((report.total().replaced, report.removals_started), (1, 1));
    assert_eq!(causes(&world).await, [RemovalCause::Edit]);
    let unreadable = world.import(&said("p4", "\"train-ai=y,\"")).await;
    assert_eq!(unreadable.total().refused.len(), 1, "what was said before stands");
    assert_eq!(unreadable.lake, BTreeMap::new());
}

#[tokio::test]
async fn a_deletion_takes_the_row_and_its_mentions() {
    let world = World::new().await;
    let text = post("p1", "a", "with Ben", "public").trim_end().trim_end_matches('}').to_owned()
        + ",\"mentions\":[{\"member\":\"b\",\"start\":5,\"end\":8}]}\n";
    world.import(&text).await;
    assert_eq!((rows(&world, Table::Items).await, rows(&world, Table::Mentions).await), (1, 1));
    let report = world.import(&delete("d1", "a")).await;
    assert_eq!(report.total().accepted, 1);
    assert_eq!((report.lake["items"].removed, report.lake["mentions"].removed), (1, 1));
    assert_eq!((rows(&world, Table::Items).await, rows(&world, Table::Mentions).await), (0, 0));
    assert_eq!(causes(&world).await, [RemovalCause::Deletion]);
    let gone = world.import(&delete("d2", "a")).await;
    assert_eq!(gone.total().unchanged, 1);
    let stranger = world.import(&delete("d3", "nobody")).await;
    assert_eq!(stranger.total().unchanged, 1);
    assert_eq!((stranger.members_new, stranger.facts_recorded), (1, 0));
    assert_eq!(stranger.lake, BTreeMap::new(), "nothing but the number");
    again(&world, &text, Options::at(at())).await;
}

#[tokio::test]
async fn within_a_batch_the_last_row_counts() {
    let world = World::new().await;
    let lines = post("p1", "a", "first", "public") + &post("p2", "a", "second", "public");
    let report = world.import(&lines).await;
    let total = report.total();
    assert_eq!((total.superseded, total.accepted), (1, 1));
    assert_eq!(causes(&world).await, [], "what never came in needs no removal");
    again(&world, &lines, Options::at(at())).await;
}

#[tokio::test]
async fn an_erased_member_does_not_come_in_again() {
    let world = World::new().await;
    world.import(&(member("a", "") + &member("b", ""))).await;
    let Some(Membership::Known(erased)) = number(&world, "a").await else { panic!("unknown") };
    world.store.erase_member(erased, "test", at()).await.unwrap();
    let back = post("p1", "a", "I am back", "public");
    let stay = post("p2", "b", "I stay", "public").replace("i1", "i2");
    let hello = post("p3", "b", "Hello Ann", "public").replace("i1", "i3");
    let hello = hello.trim_end().trim_end_matches('}');
    let mentions = ",\"mentions\":[{\"member\":\"a\",\"start\":6,\"end\":9}]}\n";
    let lines = [back.as_str(), &stay, hello, mentions].concat();
    let report = world.import(&lines).await;
    assert_eq!(report.total().refused.into_iter().collect::<Vec<_>>(), [("erased member", 1)]);
    let refused = &report.refused_rows[0];
    assert_eq!((refused.line, refused.reason), (1, "erased member"));
    assert_eq!(rows(&world, Table::Items).await, 2);
    let mentions = world.lake.content_keys(Table::Mentions).await.unwrap();
    assert_eq!(mentions[0].member, erased, "the name is found, so that it can be redacted");
}

#[tokio::test]
async fn account_facts_are_recorded_when_they_are_new_or_changed() {
    let world = World::new().await;
    world.import(&member("a", "\"region\":\"DE\"")).await;
    world.import(&member("a", "\"region\":\"DE\",\"age\":\"adult\"")).await;
    world.import(&member("a", "\"status\":\"closed\",\"age\":\"adult\"")).await;
    let said: Vec<_> = facts(&world)
        .await
        .into_iter()
        .filter_map(|fact| match fact.content {
            NewFact::Account(fact) => {
                let words = [
                    fact.region.map(|region| region.to_string()),
                    fact.age.map(|age| age.to_string()),
                    fact.status.map(|status| status.to_string()),
                ];
                Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
            _ => None,
        })
        .collect();
    assert_eq!(said, ["DE", "adult", "closed"]);
}

#[tokio::test]
async fn a_declaration_fills_only_gaps() {
    let world = World::new().await;
    let declared = declaration(
        "region = 'DE'\nage = 'adult'\nstatus = 'active'\nvisibility = 'public'\nreason = 'a test'\n\
         [notice]\npolicy_version = '2025-11-03'\ndelivered_at = '2025-09-18'\n",
    );
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let lines = member("a", "\"region\":\"FR\",\"age\":\"minor\"")
        + &post("p1", "b", "hello", "private")
        + &post("p2", "c", "hello", "private").replace(",\"visibility\":\"private\"", "");
    let report = world.import_with(&lines, options).await;
    assert_eq!(report.declaration.as_deref(), Some(declared.hash.as_str()));
    let kept = world.store.declaration(&declared.hash).await.unwrap();
    assert_eq!(kept.as_deref(), Some(declared.text.as_str()));
    let last = world.store.last_sequence().await.unwrap();
    let snapshot = facts(&world).await;
    let notices = snapshot.iter().filter(|fact| matches!(fact.content, NewFact::Notice(_)));
    assert_eq!(notices.count(), 3, "one for each member of the source");
    let words = |member: MemberNumber| {
        let accounts = snapshot.iter().filter_map(move |fact| match &fact.content {
            NewFact::Account(fact) if fact.member == member => Some(fact.clone()),
            _ => None,
        });
        accounts
            .map(|fact| {
                (
                    fact.region.is_some(),
                    fact.age.is_some(),
                    fact.status.is_some(),
                    fact.declaration.is_some(),
                )
            })
            .collect::<Vec<_>>()
    };
    let Some(Membership::Known(a)) = number(&world, "a").await else { panic!("unknown") };
    let Some(Membership::Known(b)) = number(&world, "b").await else { panic!("unknown") };
    assert_eq!(words(a), [(true, true, false, false), (false, false, true, true)]);
    assert_eq!(words(b), [(true, true, true, true)]);
    again(&world, &lines, options).await;
    assert_eq!(world.store.last_sequence().await.unwrap(), last);
}

#[tokio::test]
async fn a_later_declaration_reaches_rows_that_came_in_before() {
    let world = World::new().await;
    let line = post("p1", "a", "hello", "private").replace(",\"visibility\":\"private\"", "");
    world.import(&line).await;
    let declared = declaration("region = 'DE'\nvisibility = 'public'\nreason = 'a test'\n");
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let report = world.import_with(&line, options).await;
    assert_eq!((report.total().replaced, report.facts_recorded), (1, 2));
    again(&world, &line, options).await;
}

#[tokio::test]
async fn the_report_tells_the_first_thousand_refusals_and_is_kept() {
    let world = World::new().await;
    let lines = "not json\n".repeat(1_005) + &member("a", "");
    let report = world.import(&lines).await;
    assert_eq!((report.refused_rows.len(), report.refused_rows_untold), (1_000, 5));
    assert_eq!(report.total().refused["not json"], 1_005);
    report.check().unwrap();
    let imports = world.store.imports().await.unwrap();
    let (_, kept) = imports[0].finished.clone().unwrap();
    assert_eq!((kept.accepted, kept.refused), (1, 1_005));
    assert_eq!(kept.report, serde_json::to_value(&report).unwrap());
}

#[tokio::test]
async fn a_dump_comes_in_twice_without_a_trace() {
    let users = r#"<row Id="5" DisplayName="Ann" /><row Id="6" DisplayName="Ben" />"#;
    let posts = r#"<row Id="1" PostTypeId="1" Body="Why?" OwnerUserId="5" />"#;
    let comments = r#"<row Id="1" PostId="1" Text="Hm" UserId="6" />"#;
    let world = World::new().await;
    let (folder, mut source) = dump(users, posts, comments);
    let options = Options { batch_rows: 2, ..Options::at(at()) };
    let first = world.import_from(&mut source, options).await;
    assert_eq!(first.total().accepted, 4);
    let mut source = sources::StackExchangeSource::open(folder.path(), Some("test")).unwrap();
    let second = world.import_from(&mut source, options).await;
    assert_eq!((second.total().unchanged, second.total().read), (4, 4));
    assert_eq!(first.lake_version_after, second.lake_version_after);
    assert_eq!(second.members_known, 2);
}
