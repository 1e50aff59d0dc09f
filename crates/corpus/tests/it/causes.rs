use gate::{Release, Table};
use lake::Append;
use policy::{AgeClass, Answer, Category, ItemId, Status};
use store::{AccountFact, Choice, NewFact, Objection, RemovalCause, Ruling, Scope, Withdrawn};

use crate::support::{POLICY, World, apply, choice, files, member, now, purpose, record};

/// The id of a member's second post.
const SECOND_POST: i64 = 10 * Table::Items as i64 + 1;

fn account_of(number: i64) -> AccountFact {
    AccountFact {
        member: member(number),
        region: None,
        age: None,
        status: None,
        source: "test".to_owned(),
        declaration: None,
    }
}

fn refuses(number: i64, scope: Scope) -> NewFact {
    match choice(number, Answer::Refuse) {
        NewFact::Choice(choice) => NewFact::Choice(Choice { scope, ..choice }),
        other => other,
    }
}

fn ruling(number: i64, item: Option<i64>) -> NewFact {
    let (member, item) = (member(number), item.map(ItemId::from_i64));
    NewFact::Ruling(Ruling { member, item, restricted: true, reason: "test".to_owned() })
}

/// Facts that end a permission, with the documents that go, are masked, and are promoted by each.
fn causes() -> Vec<(&'static str, NewFact, [u64; 3])> {
    let item = ItemId::from_i64(SECOND_POST);
    let person = NewFact::Objection(Objection {
        id: "1".to_owned(),
        purpose: purpose(),
        names: vec!["Bridge 12".to_owned()],
        emails: Vec::new(),
        said_at: now(),
        lifted: false,
    });
    let account = NewFact::Account;
    let narrower = POLICY.replace("\"positions\", ", "");
    vec![
        ("item", refuses(1, Scope::Item(item)), [1, 0, 0]),
        ("category", refuses(2, Scope::Category(Category::Posts)), [2, 0, 0]),
        ("everything", refuses(3, Scope::Everything), [5, 0, 0]),
        (
            "closed",
            account(AccountFact { status: Some(Status::Closed), ..account_of(4) }),
            [5, 0, 0],
        ),
        ("minor", account(AccountFact { age: Some(AgeClass::Minor), ..account_of(5) }), [5, 0, 0]),
        ("moved", account(AccountFact { region: "US".parse().ok(), ..account_of(6) }), [5, 0, 0]),
        ("item ruled on", ruling(7, Some(SECOND_POST)), [1, 0, 0]),
        ("account ruled on", ruling(8, None), [5, 0, 0]),
        ("non-member", person, [0, 3, 0]),
        // 48 members, of whom five are out; nothing else has a position
        ("narrower policy", apply(&narrower), [43, 0, 0]),
    ]
}

fn rows(release: &Release) -> [u64; 3] {
    [release.rows_removed, release.rows_redacted, release.rows_promoted]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_refused_the_bytes_equal_those_of_a_clean_build() {
    let world = World::new().await;
    let built = world.build("main").await;
    for (cause, fact, expected) in causes() {
        let said = record(&world.store, fact).await;
        let release = world.release().await;
        assert_eq!(rows(&release), expected, "{cause}");
        assert_eq!(files(&world.root("main")), world.clean(&built, said).await, "{cause}");
    }
    assert!(world.store.open_removals().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_post_leaves_with_its_removal() {
    let world = World::new().await;
    let built = world.build("main").await;
    let item = ItemId::from_i64(SECOND_POST);
    let replaced = vec![(Table::Items, member(2), item)];
    let append = Append { rows: Default::default(), replaced };
    world.lake.writer().await.unwrap().append(append, now()).await.unwrap();
    let withdrawn = Withdrawn::of_row(RemovalCause::Deletion, (member(2), item));
    let said = record(&world.store, NewFact::Withdrawn(withdrawn)).await;
    let release = world.release().await;
    assert_eq!(rows(&release), [1, 0, 0]);
    assert_eq!(world.held(&built, 2).await.len(), 4);
    assert_eq!(files(&world.root("main")), world.clean(&built, said).await);
}
