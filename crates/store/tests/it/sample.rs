//! What the tests share: a store in a folder of its own, and short ways to say facts.

use policy::{
    AgeClass, Answer, Instant, LakeVersion, MemberNumber, PolicyHash, Purpose, Sequence, Status,
};
use store::{
    AccountFact, AppliedPolicy, Choice, HolderId, Identity, NewFact, NewHolder, NewPermit,
    PermitId, Scope, Store,
};

use crate::home::Home;

pub(crate) const GENERATIVE: &str = "generative-ai";
pub(crate) const TALENT: &str = "talent";

/// A store with `members` members and no fact, and the home that has to outlive it.
pub(crate) async fn store(members: u32) -> (Home, Store) {
    let home = Home::new();
    let store = Store::open(home.place("store").await).await.unwrap();
    let identities: Vec<_> = (0..members).map(identity).collect();
    store.members(&identities).await.unwrap();
    (home, store)
}

pub(crate) fn identity(number: u32) -> Identity {
    Identity { source: "network".to_owned(), external_hash: format!("{number:032x}") }
}

pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

pub(crate) fn member(number: i64) -> MemberNumber {
    MemberNumber::from_i64(number)
}

pub(crate) fn sequence(number: i64) -> Sequence {
    Sequence::from_i64(number)
}

pub(crate) fn purpose(name: &str) -> Purpose {
    Purpose::new(name).unwrap()
}

pub(crate) fn choice(number: i64, answer: Answer, said_at: i64) -> Choice {
    Choice {
        member: member(number),
        purpose: purpose(GENERATIVE),
        scope: Scope::Everything,
        answer,
        said_at: at(said_at),
        source: "settings".to_owned(),
        withdraws_consent: false,
    }
}

pub(crate) fn refusal(number: i64, said_at: i64) -> NewFact {
    NewFact::Choice(choice(number, Answer::Refuse, said_at))
}

pub(crate) fn consent(number: i64, said_at: i64) -> NewFact {
    NewFact::Choice(choice(number, Answer::Allow, said_at))
}

pub(crate) fn account(number: i64) -> AccountFact {
    AccountFact {
        member: member(number),
        region: None,
        age: None,
        status: None,
        source: "feed".to_owned(),
        declaration: None,
    }
}

pub(crate) fn adult_in(number: i64, region: &str) -> AccountFact {
    AccountFact {
        region: Some(region.parse().unwrap()),
        age: Some(AgeClass::Adult),
        status: Some(Status::Active),
        ..account(number)
    }
}

pub(crate) fn applied(text: &str) -> AppliedPolicy {
    AppliedPolicy::of("2025-11-03".parse().unwrap(), text.to_owned())
}

pub(crate) fn holder(id: &str, started: Sequence) -> NewHolder {
    NewHolder {
        id: HolderId::new(id),
        kind: "corpus".to_owned(),
        name: format!("{id} by name"),
        location: format!("corpora/{id}"),
        purpose: purpose(GENERATIVE),
        parent: None,
        policy_hash: PolicyHash::of_bytes(b"policy"),
        started_sequence: started,
        as_of: at(0),
        lake_version: LakeVersion::from_i64(1),
    }
}

pub(crate) fn permit(id: &str, sequence: Sequence) -> NewPermit {
    NewPermit {
        id: PermitId::new(id),
        purpose: purpose(GENERATIVE),
        policy_hash: PolicyHash::of_bytes(b"policy"),
        sequence,
        as_of: at(0),
        lake_version: LakeVersion::from_i64(1),
        reads: None,
    }
}

/// Registers a holder at the last fact and seals it there.
pub(crate) async fn sealed(store: &Store, id: &str) -> HolderId {
    let last = store.last_sequence().await.unwrap();
    let new = holder(id, last);
    store.register_holder(&new, at(0)).await.unwrap();
    store.seal(&new.id, last, "manifest", at(0)).await.unwrap();
    new.id
}
