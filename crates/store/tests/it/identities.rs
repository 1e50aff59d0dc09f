use std::collections::BTreeMap;

use policy::{Sequence, Status};
use store::{
    AccountFact, EventOrder, FeedLine, FeedPosition, Identity, ImportReport, Membership, NewFact,
    RemovalCause, SeenEvent, StoreError,
};

use crate::sample::{account, adult_in, at, identity, member, store};

#[tokio::test]
async fn numbers_are_dense_from_zero_and_stay() {
    let (_home, store) = store(0).await;
    let asked = [identity(7), identity(3), identity(7)];
    let first = store.members(&asked).await.unwrap();
    let new =
        [Membership::New(member(0)), Membership::New(member(1)), Membership::Known(member(0))];
    assert_eq!(first, new);
    let second = store.members(&[identity(3), identity(9)]).await.unwrap();
    assert_eq!(second, [Membership::Known(member(1)), Membership::New(member(2))]);
    assert_eq!(store.member_count().await.unwrap(), 3);
}

#[tokio::test]
async fn the_same_hash_from_two_sources_is_two_members() {
    let (_home, store) = store(1).await;
    let elsewhere = Identity { source: "elsewhere".to_owned(), ..identity(0) };
    assert_eq!(store.lookup(&elsewhere).await.unwrap(), None);
    let given = store.members(std::slice::from_ref(&elsewhere)).await.unwrap();
    assert_eq!(given, [Membership::New(member(1))]);
    assert_eq!(store.lookup(&elsewhere).await.unwrap(), Some(Membership::Known(member(1))));
}

#[tokio::test]
async fn many_identities_come_in_at_once() {
    let (_home, store) = store(12_345).await;
    assert_eq!(store.member_count().await.unwrap(), 12_345);
    let last = store.lookup(&identity(12_344)).await.unwrap();
    assert_eq!(last, Some(Membership::Known(member(12_344))));
}

#[tokio::test]
async fn an_external_id_in_place_of_its_hash_is_refused() {
    let (_home, store) = store(0).await;
    for bad in ["sam@example.org", "", "0123456789ABCDEF0123456789ABCDEF"] {
        let identity = Identity { source: "network".to_owned(), external_hash: bad.to_owned() };
        let error = store.members(&[identity]).await.unwrap_err();
        assert!(matches!(error, StoreError::IdentityHash { .. }), "{error}");
    }
    assert_eq!(store.member_count().await.unwrap(), 0);
}

#[tokio::test]
async fn an_erased_member_does_not_come_in_again() {
    let (_home, store) = store(2).await;
    store.record(vec![NewFact::Account(adult_in(1, "DE"))], at(1)).await.unwrap();
    let erased = store.erase_member(member(1), "member", at(5)).await.unwrap();
    assert_eq!(erased, Sequence::from_i64(2));
    assert_eq!(store.erase_member(member(1), "operator", at(6)).await.unwrap(), erased);

    let found = store.members(&[identity(0), identity(1)]).await.unwrap();
    let gone = Membership::Erased { member: member(1), erased_at: at(5) };
    assert_eq!(found, [Membership::Known(member(0)), gone]);
    assert_eq!(gone.admitted(), None);

    let back = AccountFact { status: Some(Status::Active), ..account(1) };
    let error = store.record(vec![NewFact::Account(back)], at(7)).await.unwrap_err();
    assert!(matches!(error, StoreError::MemberErased { .. }), "{error}");
    let open = store.open_removals().await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].cause, open[0].member), (RemovalCause::Erasure, Some(member(1))));
}

#[tokio::test]
async fn an_import_accounts_for_its_rows_and_names_its_declaration() {
    let (_home, store) = store(0).await;
    store.record_declaration("d1", "region DE, adult", at(1)).await.unwrap();
    store.record_declaration("d1", "region DE, adult", at(2)).await.unwrap();
    assert_eq!(store.declaration("d1").await.unwrap().as_deref(), Some("region DE, adult"));
    assert_eq!(store.declaration("d2").await.unwrap(), None);

    let id = store.start_import("feed", at(3)).await.unwrap();
    assert_eq!(store.imports().await.unwrap()[0].finished, None);
    let report = serde_json::json!({ "unknown-kind": 2 });
    let report = ImportReport { accepted: 10, refused: 2, report };
    store.finish_import(id, &report, at(4)).await.unwrap();
    assert_eq!(store.imports().await.unwrap()[0].finished, Some((at(4), report.clone())));
    let again = store.finish_import(id, &report, at(5)).await.unwrap_err();
    assert!(matches!(again, StoreError::ImportUnknown { .. }), "{again}");
}

#[tokio::test]
async fn an_event_comes_in_once_and_looking_up_gives_no_numbers() {
    let (_home, store) = store(1).await;
    let seen = |hash: u8, content| SeenEvent { hash: [hash; 16], content };
    let events = vec![seen(2, Some(2)), seen(1, Some(1)), seen(2, Some(2))];
    let place = |bytes, lines| {
        let last = Some(FeedLine { start: bytes - 5, hash: lines * 7 });
        FeedPosition { file: "f".to_owned(), bytes, lines, last }
    };
    store.record_events(events.clone(), &[place(10, 1)]).await.unwrap();
    store.record_events(events, &[place(30, 2)]).await.unwrap();
    let asked = [[2; 16], [3; 16]].into();
    assert_eq!(store.events_seen(&asked).await.unwrap(), [([2; 16], Some(2))].into());
    assert_eq!(store.feed_positions().await.unwrap(), [place(30, 2)]);
    let found = store.lookup_all(&[identity(5), identity(0)]).await.unwrap();
    assert_eq!(found, [None, Some(Membership::Known(member(0)))]);
    assert_eq!(store.member_count().await.unwrap(), 1);
}

#[tokio::test]
async fn the_newest_order_of_a_thing_takes_the_place_of_the_one_before() {
    let (_home, store) = store(0).await;
    let order = |number, micros| EventOrder { number, at: at(micros) };
    assert!(order(Some(1), 0) > order(None, 9), "a count comes after everything without one");
    assert!(order(Some(2), 0) > order(Some(1), 9), "the count decides");
    let keep = |thing: u8, order| BTreeMap::from([([thing; 16], order)]);
    store.record_orders(&keep(1, order(None, 5))).await.unwrap();
    store.record_orders(&keep(1, order(Some(7), 6))).await.unwrap();
    store.record_orders(&keep(2, order(None, 1))).await.unwrap();
    let asked = [[1; 16], [3; 16]].into();
    let found = store.newest_orders(&asked).await.unwrap();
    assert_eq!(found, keep(1, order(Some(7), 6)));
}
