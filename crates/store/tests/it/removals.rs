use policy::{Answer, ItemId};
use serde_json::json;
use store::{
    Choice, HolderProgress, LakeStepState, NewFact, RemovalCause, RemovalFilter, RemovalId, Seal,
    Store, StoreError, Withdrawn,
};

use crate::sample::{
    GENERATIVE, TALENT, at, choice, holder, member, purpose, refusal, sealed, sequence, store,
};

fn edit(number: i64) -> NewFact {
    let row = (member(number), ItemId::from_i64(1));
    let note = "edited".to_owned();
    NewFact::Withdrawn(Withdrawn { note, ..Withdrawn::of_row(RemovalCause::Edit, row) })
}

async fn ended(store: &Store, removal: i64) -> Option<policy::Instant> {
    store.removal(RemovalId::from_i64(removal)).await.unwrap().removal.ended_at
}

async fn progress(store: &Store, removal: i64) -> Vec<(String, HolderProgress)> {
    let found = store.removal(RemovalId::from_i64(removal)).await.unwrap();
    found.holders.into_iter().map(|step| (step.holder.to_string(), step.progress)).collect()
}

#[tokio::test]
async fn a_removal_ends_when_its_last_holder_has_released() {
    let (_home, store) = store(1).await;
    let (one, two) = (sealed(&store, "one").await, sealed(&store, "two").await);
    store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    assert_eq!(store.open_removals().await.unwrap().len(), 1);
    let pending = |id: &str, state| (id.to_owned(), state);
    let both = [pending("one", HolderProgress::Pending), pending("two", HolderProgress::Pending)];
    assert_eq!(progress(&store, 1).await, both);

    let evidence = json!({ "shards": [3, 7] });
    store.record_release(&one, sequence(1), "m2", &evidence, at(2)).await.unwrap();
    assert_eq!(ended(&store, 1).await, None);
    store.record_failed_release(&two, sequence(1), "disk full", &json!({}), at(3)).await.unwrap();
    let found = store.removal(RemovalId::from_i64(1)).await.unwrap();
    assert_eq!(found.holders[0].evidence, Some(evidence));
    assert_eq!(found.holders[1].progress, HolderProgress::Failed);
    assert_eq!(found.holders[1].error.as_deref(), Some("disk full"));

    store.record_release(&two, sequence(1), "m2", &json!({}), at(4)).await.unwrap();
    assert_eq!(ended(&store, 1).await, Some(at(4)));
    assert_eq!(store.open_removals().await.unwrap(), []);
    let retried = store.removal(RemovalId::from_i64(1)).await.unwrap();
    assert_eq!(
        (retried.holders[1].progress, &retried.holders[1].error),
        (HolderProgress::Released, &None)
    );
}

#[tokio::test]
async fn a_removal_waits_only_for_holders_of_its_purpose() {
    let (_home, store) = store(1).await;
    let corpus = sealed(&store, "corpus").await;
    let elsewhere = Choice { purpose: purpose(TALENT), ..choice(0, Answer::Refuse, 1) };
    store.record(vec![NewFact::Choice(elsewhere)], at(1)).await.unwrap();
    assert_eq!(ended(&store, 1).await, Some(at(1)), "nobody holds anything for talent");
    store.record(vec![edit(0)], at(2)).await.unwrap();
    assert_eq!(ended(&store, 2).await, None, "an edit concerns every purpose");

    let of = |name| RemovalFilter { purpose: Some(purpose(name)), ..Default::default() };
    assert_eq!(store.removals(&of(GENERATIVE)).await.unwrap().len(), 1);
    assert_eq!(store.removals(&of(TALENT)).await.unwrap().len(), 2);
    store.record_release(&corpus, sequence(2), "m", &json!({}), at(3)).await.unwrap();
    assert_eq!(ended(&store, 2).await, Some(at(3)));
}

#[tokio::test]
async fn a_release_up_to_an_earlier_fact_leaves_later_removals_open() {
    let (_home, store) = store(2).await;
    let corpus = sealed(&store, "corpus").await;
    store.record(vec![refusal(0, 1), refusal(1, 1)], at(1)).await.unwrap();
    store.record_release(&corpus, sequence(1), "m", &json!({}), at(2)).await.unwrap();
    assert_eq!((ended(&store, 1).await, ended(&store, 2).await), (Some(at(2)), None));
    for wrong in [0, 3] {
        let error = store.record_release(&corpus, sequence(wrong), "m", &json!({}), at(3)).await;
        assert!(matches!(error, Err(StoreError::SequenceOutOfRange { .. })), "{wrong}");
    }
}

#[tokio::test]
async fn a_holder_that_is_still_building_keeps_removals_open_until_it_is_sealed() {
    let (_home, store) = store(1).await;
    let new = holder("corpus", sequence(0));
    store.register_holder(&new, at(0)).await.unwrap();
    store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    assert_eq!(progress(&store, 1).await, [("corpus".to_owned(), HolderProgress::Pending)]);
    let error = store.record_release(&new.id, sequence(1), "m", &json!({}), at(2)).await;
    assert!(matches!(error, Err(StoreError::HolderInState { .. })), "not sealed");
    let seal = store.seal(&new.id, sequence(1), "m", at(3)).await.unwrap();
    assert_eq!(seal, Seal::Sealed(sequence(1)));
    assert_eq!(ended(&store, 1).await, Some(at(3)));
    assert_eq!(progress(&store, 1).await, [("corpus".to_owned(), HolderProgress::Released)]);
}

#[tokio::test]
async fn retiring_a_holder_releases_everything_and_is_evidence() {
    let (_home, store) = store(1).await;
    let model = sealed(&store, "model").await;
    store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    store.retire_holder(&model, &json!({ "files": "deleted" }), at(2)).await.unwrap();
    let found = store.removal(RemovalId::from_i64(1)).await.unwrap();
    assert_eq!(found.removal.ended_at, Some(at(2)));
    assert_eq!(found.holders[0].evidence, Some(json!({ "files": "deleted" })));

    store.record(vec![refusal(0, 2)], at(2)).await.unwrap();
    assert_eq!(progress(&store, 2).await, [], "what was retired before is not asked");
    sealed(&store, "young").await;
    assert_eq!(progress(&store, 2).await, [], "what started afterwards never had the data");
}

#[tokio::test]
async fn an_erasure_ends_only_when_the_lake_has_erased_too() {
    let (_home, store) = store(1).await;
    let corpus = sealed(&store, "corpus").await;
    let erased = store.erase_member(member(0), "member", at(1)).await.unwrap();
    let id = RemovalId::from_i64(erased.as_i64());
    store.record_release(&corpus, erased, "m", &json!({}), at(2)).await.unwrap();
    assert_eq!(ended(&store, 1).await, None);
    store.record_lake_step(id, LakeStepState::Failed, &json!("locked"), at(3)).await.unwrap();
    assert_eq!(ended(&store, 1).await, None);
    store.record_lake_step(id, LakeStepState::Done, &json!({ "files": 2 }), at(4)).await.unwrap();
    assert_eq!(ended(&store, 1).await, Some(at(4)));
    let lake = store.removal(id).await.unwrap().lake;
    let states: Vec<_> = lake.into_iter().map(|step| step.state).collect();
    assert_eq!(states, [LakeStepState::Failed, LakeStepState::Done]);
}

#[tokio::test]
async fn an_erasure_with_no_holder_still_waits_for_the_lake() {
    let (_home, store) = store(1).await;
    store.erase_member(member(0), "member", at(1)).await.unwrap();
    assert_eq!(ended(&store, 1).await, None);
    let id = RemovalId::from_i64(1);
    store.record_lake_step(id, LakeStepState::Done, &json!({}), at(2)).await.unwrap();
    assert_eq!(ended(&store, 1).await, Some(at(2)));
    let unknown = RemovalId::from_i64(9);
    let error = store.record_lake_step(unknown, LakeStepState::Done, &json!({}), at(3)).await;
    assert!(matches!(error, Err(StoreError::RemovalUnknown { .. })));
}

#[tokio::test]
async fn an_edit_takes_a_place_among_the_facts() {
    let (_home, store) = store(1).await;
    sealed(&store, "corpus").await;
    let places = store.record(vec![edit(0)], at(1)).await.unwrap();
    assert_eq!(places, [sequence(1)]);
    let facts = store.facts_between(sequence(0), sequence(1)).await.unwrap();
    assert_eq!(facts[0].content, edit(0));
    let of_member = RemovalFilter { member: Some(member(0)), ..Default::default() };
    assert_eq!(store.removals(&of_member).await.unwrap()[0].cause, RemovalCause::Edit);
}
