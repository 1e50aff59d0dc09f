//! The store in itself: the order of facts, permits and releases.

use std::collections::{BTreeMap, BTreeSet};

use policy::Answer;

use crate::{
    Code, Findings, Place,
    judge::parse,
    store::{Fact, Said, Store},
};

pub(crate) fn check(store: &Store, findings: &mut Findings) {
    check_order(store, findings);
    check_members(store, findings);
    check_policies(store, findings);
    check_removals(store, findings);
    check_permits(store, findings);
    check_releases(store, findings);
}

/// Every place from the first to the last has one fact.
fn check_order(store: &Store, findings: &mut Findings) {
    let place = |sequence| Place::store("facts", Some(sequence));
    let mut expected = 1;
    for fact in &store.facts {
        if fact.sequence < expected {
            let what = "two facts have this place";
            findings.violation(Code::FactOrder, place(fact.sequence), what);
        } else if fact.sequence > expected {
            let what = format!("no fact from here to {}", fact.sequence - 1);
            findings.violation(Code::FactOrder, place(expected), what);
        }
        expected = expected.max(fact.sequence + 1);
    }
    if expected != store.last + 1 {
        let what = format!("the last place that was given out is {}", store.last);
        findings.violation(Code::FactOrder, place(expected - 1), what);
    }
}

fn check_members(store: &Store, findings: &mut Findings) {
    for fact in &store.facts {
        let Some(member) = member_of(fact) else { continue };
        if !store.identities.contains_key(&member) {
            let place = Place::store("facts", Some(fact.sequence));
            let what = format!("it is about member {member}, who has no identity");
            findings.violation(Code::FactWithoutMember, place, what);
        }
    }
}

fn member_of(fact: &Fact) -> Option<i64> {
    match &fact.said {
        Said::Account { member, .. } | Said::Ruling { member, .. } => Some(*member),
        Said::Choice(choice) => Some(choice.member),
        Said::Notice(notice) => notice.member,
        Said::Withdrawn { member } => *member,
        Said::Objection(_) | Said::Policy(_) | Said::Document { .. } => None,
    }
}

/// A policy is named by the hash of its text.
fn check_policies(store: &Store, findings: &mut Findings) {
    for (sequence, applied) in store.policies() {
        findings.checked.policies += 1;
        let place = || Place::store("applied_policies", Some(sequence));
        let hash = blake3::hash(applied.document.as_bytes()).to_hex();
        if hash.as_str() != applied.hash {
            let what = "the text is not the one that the hash names";
            findings.violation(Code::PolicyText, place(), what);
        }
        match parse(applied) {
            Some(policy) if policy.version == applied.version => {}
            Some(policy) => {
                let what = format!("the text is version {}, not as recorded", policy.version);
                findings.violation(Code::PolicyText, place(), what);
            }
            None => findings.violation(Code::PolicyText, place(), "the text is no valid policy"),
        }
    }
}

/// Facts that always end a permission have started a removal.
fn check_removals(store: &Store, findings: &mut Findings) {
    let started: BTreeSet<i64> = store.removals.iter().map(|one| one.sequence).collect();
    for fact in &store.facts {
        let ends = match &fact.said {
            Said::Choice(choice) => choice.answer == Answer::Refuse,
            Said::Objection(objection) => !objection.lifted,
            Said::Ruling { restricted, .. } => *restricted,
            Said::Policy(_) => true,
            _ => false,
        };
        if ends && !started.contains(&fact.sequence) {
            let place = Place::store("removals", Some(fact.sequence));
            let what = "the fact ends a permission and has started no removal";
            findings.violation(Code::RemovalMissing, place, what);
        }
    }
}

fn check_permits(store: &Store, findings: &mut Findings) {
    for permit in &store.permits {
        let place = || Place::store("permits", None);
        let Some(holder) = store.holder(&permit.holder) else {
            let what = format!("permit `{}` names no registered holder", permit.id);
            findings.violation(Code::PermitWithoutHolder, place(), what);
            continue;
        };
        if permit.purpose != holder.purpose {
            let what = format!("permit `{}` is for another purpose than its holder", permit.id);
            findings.violation(Code::PermitDiffers, place(), what);
        }
        if permit.sequence > store.last || permit.sequence < holder.started_sequence {
            let what = format!("permit `{}` rests on facts out of its holder's range", permit.id);
            findings.violation(Code::PermitDiffers, place(), what);
        }
    }
}

/// What a holder released follows one another, and ends where the holder is.
fn check_releases(store: &Store, findings: &mut Findings) {
    let mut reached: BTreeMap<&str, i64> = BTreeMap::new();
    for release in store.releases.iter().filter(|release| release.outcome == "released") {
        let place = || Place::store("releases", Some(release.to_sequence));
        let Some(holder) = store.holder(&release.holder) else {
            findings.violation(Code::ReleaseOrder, place(), "it is of no registered holder");
            continue;
        };
        let before = reached.get(holder.id.as_str()).copied().unwrap_or(holder.started_sequence);
        if release.from_sequence != before || release.to_sequence < before {
            let what = format!("`{}` had released up to {before}", holder.id);
            findings.violation(Code::ReleaseOrder, place(), what);
        }
        reached.insert(&holder.id, release.to_sequence);
    }
    for holder in &store.holders {
        if holder.applied_sequence != reached.get(holder.id.as_str()).copied() {
            let place = Place::store("holders", holder.applied_sequence);
            let what = format!("`{}` is not where its releases end", holder.id);
            findings.violation(Code::ReleaseOrder, place, what);
        }
    }
}
