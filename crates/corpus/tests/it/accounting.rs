use std::collections::BTreeSet;

use corpus::LeftOut;
use gate::Table;

use crate::support::{BLANK, MEMBERS, NAMES, REACHED, SAME, World};

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_are_rows_kept_and_rows_left_out_by_reason() {
    let world = World::new().await;
    world.objects(NAMES.1).await;
    let manifest = world.build("main").await.manifest;
    assert!(manifest.rows.is_balanced());
    assert!(manifest.documents.is_balanced(&manifest.rows), "{:?}", manifest.documents);
    let of = |table| manifest.documents.tables[&table].clone();
    let members = MEMBERS.unsigned_abs() - 1;
    let items = of(Table::Items);
    assert_eq!(items.rows_in, 2 * members);
    assert_eq!(items.left_out[&LeftOut::Empty], 2, "the posts of member {BLANK}");
    assert_eq!(items.left_out[&LeftOut::Duplicate], (SAME.len() + REACHED.len()) as u64 - 2);
    assert_eq!(items.masks, 1, "member {} names one who objected", NAMES.0);
    for facts in [Table::Positions, Table::Skills] {
        assert_eq!(of(facts).kept, members);
    }
    let total = manifest.documents.total();
    assert!(total.is_balanced());
    assert_eq!(total.kept, manifest.files.iter().map(|file| file.rows).sum::<u64>());
    assert_eq!(total.kept, manifest.lineage.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_rows_of_a_member_lie_in_one_cell() {
    let world = World::new().await;
    let built = world.build("main").await;
    let mut files = BTreeSet::new();
    for number in 0..MEMBERS {
        let held = world.held(&built, number).await;
        assert!(held.len() >= 2, "member {number}");
        let of_member: BTreeSet<_> = held.into_iter().map(|row| row.artefact).collect();
        assert_eq!(of_member.len(), 1, "member {number}");
        files.extend(of_member);
    }
    assert_eq!(files.len(), built.manifest.files.len());
    assert!(files.len() > 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_text_of_their_rows_and_name_no_member() {
    let world = World::new().await;
    let built = world.build("main").await;
    let texts = world.texts("main").await;
    for expected in
        ["Builder of bridge 3\n\nAcme", "Engineer number 3", "Bridge 3 opens in spring."]
    {
        assert!(texts.iter().any(|text| text == expected), "{expected}");
    }
    assert!(texts.iter().any(|text| text.contains("Given31 Family31")));
    assert_eq!(texts.len() as u64, built.manifest.lineage.rows);
    let manifest = std::fs::read_to_string(world.root("main").join("manifest.json")).unwrap();
    assert!(!manifest.contains("Given31"));
}
