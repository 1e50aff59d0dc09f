//! How far the corpus has followed, and what waits for it.

use crate::{Code, Findings, Place, Severity, manifest::Manifest, store::Store};

pub(crate) fn check(store: &Store, manifest: &Manifest, findings: &mut Findings) {
    check_sequence(store, manifest, findings);
    for removal in &store.removals {
        if removal.sequence <= manifest.facts.to || !removal.concerns(manifest.purpose.as_str()) {
            continue;
        }
        let place = Place::store("removals", Some(removal.sequence));
        if removal.ended_at.is_none() {
            let what = format!("the corpus has not followed it ({})", removal.cause);
            findings.add(Severity::Pending, Code::Stale, place, what);
        } else {
            let what = "it ended, and the corpus has not followed it";
            findings.violation(Code::RemovalEndedEarly, place, what);
        }
    }
}

fn check_sequence(store: &Store, manifest: &Manifest, findings: &mut Findings) {
    let Some(applied) = store.holder(&manifest.holder).map(|holder| holder.applied_sequence) else {
        return;
    };
    let (place, to) = (Place::manifest(), manifest.facts.to);
    if manifest.facts.from > to || to > store.last {
        findings.violation(Code::ManifestDiffers, place, "its facts are no range of facts");
    } else if applied.is_none_or(|applied| applied < to) {
        let what = format!("its facts go up to {to}, which the store does not know to be applied");
        findings.add(Severity::Pending, Code::SequenceAhead, place, what);
    } else if applied != Some(to) {
        let what = format!("its facts go up to {to}, the store says that more are applied");
        findings.violation(Code::SequenceBehind, place, what);
    }
}
