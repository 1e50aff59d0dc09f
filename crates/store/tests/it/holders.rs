use policy::Answer;
use serde_json::json;
use store::{
    Choice, HolderFilter, HolderId, HolderState, NewFact, NewHolder, NewPermit, PermitId, Seal,
    StoreError,
};

use crate::sample::{
    TALENT, at, choice, consent, holder, permit, purpose, refusal, sealed, sequence, store,
};

#[tokio::test]
async fn a_permit_without_a_registered_holder_is_impossible() {
    let (_home, store) = store(1).await;
    let nobody = HolderId::new("nobody");
    let error = store.issue_permit(&nobody, &permit("p", sequence(0)), at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::HolderUnknown { .. }), "{error}");

    let new = holder("corpus", sequence(0));
    store.register_holder(&new, at(1)).await.unwrap();
    let other = NewPermit { purpose: purpose(TALENT), ..permit("p", sequence(0)) };
    let error = store.issue_permit(&new.id, &other, at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::PermitPurpose { .. }), "{error}");

    store.issue_permit(&new.id, &permit("p", sequence(0)), at(2)).await.unwrap();
    let counts = json!({ "in": 3, "kept": 2, "objected": 1 });
    store.count_permit(&PermitId::new("p"), &counts).await.unwrap();
    let permits = store.permits(&new.id).await.unwrap();
    assert_eq!(permits.len(), 1);
    assert_eq!((permits[0].issued_at, permits[0].counts.as_ref()), (at(2), Some(&counts)));

    store.retire_holder(&new.id, &json!({}), at(3)).await.unwrap();
    let error = store.issue_permit(&new.id, &permit("q", sequence(0)), at(4)).await.unwrap_err();
    assert!(matches!(error, StoreError::HolderInState { .. }), "{error}");
}

#[tokio::test]
async fn a_name_is_free_again_when_its_holder_is_retired_an_id_never() {
    let (_home, store) = store(0).await;
    let first = holder("one", sequence(0));
    let same_name = NewHolder { name: first.name.clone(), ..holder("two", sequence(0)) };
    store.register_holder(&first, at(1)).await.unwrap();
    let error = store.register_holder(&same_name, at(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::HolderTaken { .. }), "{error}");
    store.retire_holder(&first.id, &json!({ "deleted": true }), at(3)).await.unwrap();
    store.register_holder(&same_name, at(4)).await.unwrap();
    let error = store.register_holder(&first, at(5)).await.unwrap_err();
    assert!(matches!(error, StoreError::HolderTaken { .. }), "{error}");

    let retired = HolderFilter { state: Some(HolderState::Retired), ..Default::default() };
    let found = store.holders(&retired).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.as_str(), found[0].retired_at), ("one", Some(at(3))));
    let kind = HolderFilter { kind: Some("model".to_owned()), ..Default::default() };
    assert_eq!(store.holders(&kind).await.unwrap(), []);
}

#[tokio::test]
async fn a_child_needs_a_living_parent() {
    let (_home, store) = store(0).await;
    let orphan = NewHolder { parent: Some(HolderId::new("none")), ..holder("model", sequence(0)) };
    let error = store.register_holder(&orphan, at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::HolderUnknown { .. }), "{error}");
    let parent = sealed(&store, "corpus").await;
    let child = NewHolder { parent: Some(parent.clone()), ..holder("model", sequence(0)) };
    store.register_holder(&child, at(1)).await.unwrap();
    let children = HolderFilter { parent: Some(parent), ..Default::default() };
    assert_eq!(store.holders(&children).await.unwrap()[0].id, child.id);
}

#[tokio::test]
async fn a_holder_does_not_start_from_facts_that_lie_ahead() {
    let (_home, store) = store(0).await;
    let error = store.register_holder(&holder("h", sequence(1)), at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::SequenceOutOfRange { .. }), "{error}");
}

#[tokio::test]
async fn sealing_waits_for_every_refusal_but_not_for_consents_or_other_purposes() {
    let (_home, store) = store(2).await;
    let new = holder("corpus", sequence(0));
    store.register_holder(&new, at(1)).await.unwrap();
    let elsewhere = Choice { purpose: purpose(TALENT), ..choice(0, Answer::Refuse, 2) };
    let facts = vec![refusal(0, 1), consent(1, 1), NewFact::Choice(elsewhere)];
    store.record(facts, at(2)).await.unwrap();

    let too_early = store.seal(&new.id, sequence(0), "m", at(3)).await.unwrap();
    assert_eq!(too_early, Seal::Moved { now: sequence(3) });
    let building = store.holder(&new.id).await.unwrap().unwrap();
    assert_eq!((building.state, building.applied_sequence), (HolderState::Building, None));

    let done = store.seal(&new.id, sequence(1), "m", at(4)).await.unwrap();
    assert_eq!(done, Seal::Sealed(sequence(1)));
    let sealed = store.holder(&new.id).await.unwrap().unwrap();
    assert_eq!((sealed.state, sealed.applied_sequence), (HolderState::Sealed, Some(sequence(1))));
    assert_eq!(sealed.manifest_hash.as_deref(), Some("m"));
    let error = store.seal(&new.id, sequence(1), "m", at(5)).await.unwrap_err();
    assert!(matches!(error, StoreError::HolderInState { .. }), "{error}");
}
