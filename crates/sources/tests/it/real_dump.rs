use lake::Table;
use sources::{Options, StackExchangeSource};

use crate::support::{World, at, data_folder, declaration};

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn a_real_dump_is_accounted_for_to_the_last_row() {
    let Some(folder) = data_folder("stackexchange-quantumcomputing") else {
        eprintln!("skipped: set ZWECK_DATA to the folder of stackexchange-quantumcomputing");
        return;
    };
    let declared = declaration("region = 'DE'\nage = 'adult'\nreason = 'a test'\n");
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let world = World::new().await;
    let mut source = StackExchangeSource::open(&folder, None).unwrap();
    let report = world.import_from(&mut source, options).await;
    let read = |table: &str| report.tables[table].read;
    assert_eq!((read("Users"), read("Posts"), read("Comments")), (3_461, 1_986, 3_413));
    assert_eq!((read("Votes"), read("Tags")), (12_560, 154));
    assert_eq!((read("PostLinks"), read("Badges")), (327, 4_671));
    let refused = |table: &str, reason: &str| report.tables[table].refused.get(reason).copied();
    assert_eq!(refused("Users", "system user"), Some(1));
    assert_eq!(refused("Posts", "system user"), Some(129));
    assert_eq!(refused("Posts", "no author"), Some(2));
    assert_eq!(refused("Comments", "no author"), Some(1));
    assert_eq!(report.total().refused.values().sum::<u64>(), 133);
    assert_eq!(report.tables["Posts"].accepted, 1_855);
    assert_eq!(report.total().no_place, 12_560 + 154 + 327 + 4_671);
    let rows = |table| world.lake.content_keys(table);
    assert_eq!(rows(Table::Members).await.unwrap().len(), 3_460);
    assert_eq!(rows(Table::Items).await.unwrap().len(), 1_855 + 3_412);

    let mut source = StackExchangeSource::open(&folder, None).unwrap();
    let again = world.import_from(&mut source, options).await;
    assert_eq!(again.lake_version_after, report.lake_version_after);
    assert_eq!((again.facts_recorded, again.members_new), (0, 0));
    assert_eq!(again.total().unchanged, report.total().accepted);
}
