//! What the manifest says of itself against what the store has on record.

use std::path::Path;

use crate::{
    Code, Findings, Place, Severity,
    held::{Holder, Permit},
    manifest::Manifest,
    store::Store,
};

pub(crate) fn check(
    store: &Store,
    manifest: &Manifest,
    hash: &str,
    folder: &Path,
    findings: &mut Findings,
) {
    if folder.file_name().and_then(|name| name.to_str()) != Some(manifest.name.as_str()) {
        differs(findings, "its name is not that of its folder");
    }
    let Some(holder) = store.holder(&manifest.holder) else {
        let what = format!("the store knows no holder `{}`", manifest.holder);
        findings.violation(Code::HolderUnknown, Place::manifest(), what);
        return;
    };
    if holder.manifest_hash.as_deref() != Some(hash) {
        let (severity, what) = match is_of_unrecorded_release(store, holder, manifest) {
            true => (Severity::Pending, "a release wrote it that the store is yet to be told of"),
            false => (Severity::Violation, "its bytes are not those that were sealed or released"),
        };
        findings.add(severity, Code::ManifestHash, Place::manifest(), what);
    }
    if holder.state != "sealed" {
        let what = format!("its holder is {}", holder.state);
        findings.violation(Code::HolderState, Place::manifest(), what);
    }
    check_holder(holder, manifest, findings);
    check_permit(store, manifest, findings);
    check_policy(store, manifest, findings);
}

/// Whether a release that was cut off before it was recorded can have written the manifest: it has
/// followed a removal that is open, and that the store does not know to be followed.
fn is_of_unrecorded_release(store: &Store, holder: &Holder, manifest: &Manifest) -> bool {
    store.first_awaited(holder).is_some_and(|removal| removal <= manifest.facts.to)
}

fn check_holder(holder: &Holder, manifest: &Manifest, findings: &mut Findings) {
    let after = manifest.after.as_ref().map(|after| &after.holder);
    let claims = [
        (holder.kind == "corpus", "kind"),
        (holder.purpose == manifest.purpose.as_str(), "purpose"),
        (holder.policy_hash == manifest.policy, "policy"),
        (holder.started_sequence == manifest.facts.from, "first fact"),
        (holder.as_of == manifest.as_of.as_micros(), "instant"),
        (holder.lake_version == manifest.lake_version, "lake version"),
        (holder.parent.as_ref() == after, "corpus that it goes on from"),
    ];
    for (_, what) in claims.iter().filter(|(is_same, _)| !is_same) {
        differs(findings, &format!("the {what} is not that of its holder"));
    }
    check_history(manifest, findings);
}

/// What was given up follows one another up to the last fact.
fn check_history(manifest: &Manifest, findings: &mut Findings) {
    let mut before = manifest.facts.from;
    for released in &manifest.history {
        if released.from < before || released.to <= released.from {
            differs(findings, "its releases do not follow each other");
        }
        before = released.to;
    }
    if before > manifest.facts.to {
        differs(findings, "its releases go beyond its last fact");
    }
}

fn check_permit(store: &Store, manifest: &Manifest, findings: &mut Findings) {
    let is_for = |permit: &&Permit| {
        permit.holder == manifest.holder
            && permit.purpose == manifest.purpose.as_str()
            && permit.policy_hash == manifest.policy
            && permit.sequence == manifest.facts.to
            && permit.as_of == manifest.as_of.as_micros()
            && permit.lake_version == manifest.lake_version
            && permit.reads(&manifest.attached)
    };
    if !store.permits.iter().any(|permit| is_for(&permit)) {
        let what =
            "no permit was given for these facts, this lake version, these files and this policy";
        findings.violation(Code::PermitMissing, Place::manifest(), what);
    }
}

fn check_policy(store: &Store, manifest: &Manifest, findings: &mut Findings) {
    let held = store.policies().filter(|(sequence, _)| *sequence <= manifest.facts.from).last();
    let is_named = held.is_some_and(|(_, policy)| {
        policy.hash == manifest.policy && policy.version == manifest.policy_version
    });
    if !is_named {
        let what = "it names another policy than the one that held at its first fact";
        findings.violation(Code::PolicyWrong, Place::manifest(), what);
    }
}

fn differs(findings: &mut Findings, what: &str) {
    findings.violation(Code::ManifestDiffers, Place::manifest(), what);
}
