//! What the real crates make is clean, and what waits is told from what must not be.

use std::collections::BTreeSet;

use audit::{Code, Findings, Severity};
use corpus::Step;
use testkit::{Network, NetworkSize};

use crate::network::{Events, World, audit, copy};

fn codes(findings: &Findings) -> BTreeSet<Code> {
    findings.by_code().into_keys().collect()
}

#[tokio::test]
async fn nothing_is_found_in_a_clean_state_and_it_was_looked_at() {
    let folder = copy();
    let findings = audit(folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
    let checked = findings.checked;
    assert!(checked.facts > 30 && checked.members > 30 && checked.lake_rows > 70, "{checked:?}");
    assert!(checked.rows > 50 && checked.files > 3 && checked.masks > 7, "{checked:?}");
    assert!(checked.patterns > 8 && checked.mentions > 0 && checked.permits > 1, "{checked:?}");
    assert!(checked.policies == 1 && checked.removals > 5, "{checked:?}");
    assert!(checked.lake_files > 5, "{checked:?}");
}

#[tokio::test]
async fn findings_survive_being_written_down() {
    let folder = copy();
    std::fs::write(folder.path().join("corpora/demo/train/rubbish"), "").unwrap();
    let findings = audit(folder.path()).await;
    let json = serde_json::to_string(&findings).unwrap();
    assert!(
        json.contains(
            r#""code":"file-unexpected","severity":"violation","where":{"file":"train/rubbish""#
        ),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Findings>(&json).unwrap(), findings);
}

#[tokio::test]
async fn a_removal_that_waits_is_pending_and_gone_once_it_is_run() {
    let world = World::open(copy()).await;
    world.object("w5").await;
    let findings = audit(world.folder.path()).await;
    assert_eq!(codes(&findings), [Code::Stale].into());
    assert!(!findings.has_violations());
    world.run_removals().await;
    let findings = audit(world.folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
}

#[tokio::test]
async fn changes_of_the_lake_are_pending_until_they_are_followed() {
    let world = World::open(copy()).await;
    let mut events = Events::default();
    events.post("w6", "p6", "Other words than before.", "");
    events.post("w7", "fresh", "A post that was not there.", "");
    world.import(&events.lines).await;
    let findings = audit(world.folder.path()).await;
    assert!(!findings.has_violations(), "{findings:#?}");
    assert!(codes(&findings).contains(&Code::Stale) && codes(&findings).contains(&Code::RowTooNew));
    world.run_removals().await;
    let findings = audit(world.folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
}

#[tokio::test]
async fn an_erasure_is_pending_until_it_is_followed() {
    let world = World::open(copy()).await;
    let member = world.number("w8").await;
    world.store.erase_member(member, "test", crate::network::now()).await.unwrap();
    let findings = audit(world.folder.path()).await;
    assert!(findings.findings.iter().all(|one| one.severity == Severity::Pending), "{findings:#?}");
    assert!(codes(&findings).contains(&Code::ErasedInLake));
    assert!(codes(&findings).contains(&Code::MemberErased));
    world.run_removals().await;
    let findings = audit(world.folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
}

#[tokio::test]
async fn a_release_that_was_cut_off_is_pending_until_the_next_ends_it() {
    let drafted = Step::Drafted { documents: 0 };
    for step in [drafted, Step::Described, Step::Placed, Step::Pointed, Step::Swept] {
        let world = World::open(copy()).await;
        world.object("w5").await;
        world.run_removals_and_die(step).await;
        let findings = audit(world.folder.path()).await;
        assert!(!findings.has_violations() && !findings.is_clean(), "{step:?}: {findings:#?}");
        let of_manifest = matches!(step, Step::Pointed | Step::Swept);
        assert_eq!(codes(&findings).contains(&Code::ManifestHash), of_manifest, "{step:?}");
        world.run_removals().await;
        let findings = audit(world.folder.path()).await;
        assert!(findings.is_clean(), "{step:?}: {findings:#?}");
    }
}

#[tokio::test]
async fn two_implementations_agree_on_a_synthetic_network() {
    let world = World::open(tempfile::tempdir().unwrap()).await;
    let size = NetworkSize::of_members(120).with_items_per_member(5);
    let network = Network::generate(size, 11);
    let mut events = Vec::new();
    network.write_events(&mut events).unwrap();
    world.import(std::str::from_utf8(&events).unwrap()).await;
    world.rules().await;
    let mut members = network.members().iter().map(|member| member.external_id.as_str());
    for member in members.by_ref().step_by(4).take(12) {
        world.object(member).await;
    }
    world.build(crate::network::NAME, None).await;
    let findings = audit(world.folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
    for member in members.step_by(5).take(6) {
        world.object(member).await;
    }
    let erased = world.number(&network.members()[1].external_id).await;
    world.gate.erase(erased, "test", crate::network::now()).await.unwrap();
    world.run_removals().await;
    let findings = audit(world.folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
    let checked = findings.checked;
    assert!(checked.masks > 5 && checked.rows > 200 && checked.mentions > 20, "{checked:?}");
}
