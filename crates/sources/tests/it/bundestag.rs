use std::{collections::BTreeMap, path::Path};

use proptest::prelude::*;
use sources::{Body, BundestagSource, Event, Kind, Options, Report, Row, SourcesError};
use tempfile::TempDir;

use crate::support::{World, at, data_folder, declaration, read_all, refusals};

/// A speaker as protocols write one.
fn redner(id: &str, given: &str, surname: &str, group: &str) -> String {
    format!(
        "<redner id=\"{id}\"><name><titel>Dr.</titel><vorname>{given}</vorname>\
         <nachname>{surname}</nachname><fraktion>{group}</fraktion></name></redner>"
    )
}

fn takes_floor(id: &str, given: &str, surname: &str, group: &str) -> String {
    let redner = redner(id, given, surname, group);
    format!("<p klasse=\"redner\">{redner}{given} {surname} ({group}):</p>\n")
}

fn protocol(speeches: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE dbtplenarprotokoll SYSTEM \"dbtplenarprotokoll.dtd\">\n\
         <dbtplenarprotokoll sitzung-datum=\"24.10.2017\" sitzung-nr=\"1\">\n\
         <sitzungsverlauf><tagesordnungspunkt>\n{speeches}\n</tagesordnungspunkt></sitzungsverlauf>\n\
         </dbtplenarprotokoll>\n"
    )
}

/// One speech by Anna Berg, with a question by Max Stein, the chair, and interjections.
pub(crate) fn debate() -> String {
    let berg = takes_floor("1", "Anna", "Berg", "SPD");
    let stein = takes_floor("2", "Max", "Stein", "FDP");
    protocol(&format!(
        "<rede id=\"ID1\">\n{berg}\
         <p klasse=\"J_1\">Herr Präsident! Wir &amp; Sie.<fussnote><p klasse=\"J\">Nein</p></fussnote></p>\n\
         <kommentar>(Beifall bei der SPD – Eva Tal [DIE LINKE]: Hört! – Jo Feld [AfD]: Nein!)</kommentar>\n\
         <p klasse=\"O\">– Ja, Frau Tal, so ist es. Herr Feld auch.</p>\n\
         <name>Präsident Dr. Otto Rat:</name>\n\
         <p klasse=\"J_1\">Herr Stein hat eine Frage.</p>\n\
         {stein}<p klasse=\"J_1\">Warum, Frau Berg?</p>\n\
         {berg}<p klasse=\"J_1\">Darum.</p>\n\
         <p klasse=\"T_NaS\">Drucksache 19/1</p>\n\
         </rede>\n\
         <rede id=\"ID2\">{}<p klasse=\"J_1\">Danke.</p></rede>",
        takes_floor("3", "Eva", "Tal", "DIE\u{a0}LINKE"),
    ))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn open(path: &Path) -> BundestagSource {
    BundestagSource::open("bundestag", path).unwrap()
}

fn rows(source: &mut BundestagSource) -> Vec<Row> {
    let rows = read_all(source).into_iter().filter_map(|located| match located.event {
        Ok(Event::Upsert { rows, .. }) => Some(rows),
        _ => None,
    });
    rows.flatten().collect()
}

/// Read and refused, by the source's own words.
fn accounts(source: &mut BundestagSource) -> BTreeMap<String, (u64, u64)> {
    let mut accounts = BTreeMap::new();
    for located in read_all(source) {
        let account: &mut (u64, u64) = accounts.entry(located.table.to_string()).or_default();
        account.0 += 1;
        account.1 += u64::from(located.event.is_err());
    }
    accounts
}

#[test]
fn words_belong_to_who_said_them() {
    let folder = folder(&[("19001-data.xml", &debate())]);
    let rows = rows(&mut open(folder.path()));
    let items: Vec<_> = rows
        .iter()
        .filter_map(|row| match &row.body {
            Body::Item(item) => Some((row, item)),
            _ => None,
        })
        .collect();
    let shown: Vec<_> = items
        .iter()
        .map(|(row, item)| (row.member.as_str(), row.external.as_str(), row.kind(), &*item.text))
        .collect();
    let speech =
        "Herr Präsident! Wir & Sie.\n\n– Ja, Frau Tal, so ist es. Herr Feld auch.\n\nDarum.";
    assert_eq!(
        shown,
        [
            ("1", "ID1", Kind::Post, speech),
            ("2", "ID1/2", Kind::Comment, "Warum, Frau Berg?"),
            ("3", "ID2", Kind::Post, "Danke."),
        ]
    );
    let (_, question) = items[1];
    assert_eq!(question.parent.as_ref().map(|parent| &*parent.external), Some("ID1"));
    let (_, speech) = items[0];
    assert_eq!(speech.language.as_deref(), Some("de"));
    assert_eq!(speech.created, Some("2017-10-24".parse().unwrap()));
    let named = |item: &sources::ItemRow| -> Vec<(String, String)> {
        let place = |one: &sources::Mention| item.text[one.start..one.end].to_owned();
        item.mentions.iter().map(|one| (one.member.clone(), place(one))).collect()
    };
    // Jo Feld interjects and speaks nowhere, so nobody knows who that is.
    assert_eq!(named(speech), [("3".to_owned(), "Tal".to_owned())]);
    assert_eq!(named(question), [("1".to_owned(), "Berg".to_owned())]);
}

#[test]
fn speakers_are_members_with_a_profile() {
    let folder = folder(&[("19001-data.xml", &debate())]);
    let rows = rows(&mut open(folder.path()));
    let Body::Member(berg) = &rows[0].body else { panic!("{rows:?}") };
    assert_eq!(berg.display_name, "Anna Berg");
    let Body::Profile(berg) = &rows[1].body else { panic!("{rows:?}") };
    assert_eq!(berg.headline.as_deref(), Some("Dr. Anna Berg, SPD"));
}

#[test]
fn who_has_no_id_is_counted_and_refused() {
    let folder = folder(&[("19001-data.xml", &debate())]);
    let accounts = accounts(&mut open(folder.path()));
    let expected = [
        ("kommentar", (1, 0)),
        ("p", (1, 0)),
        ("protokoll", (1, 0)),
        ("präsidium", (1, 1)),
        ("rede", (2, 0)),
        ("redner", (3, 0)),
        ("zwischenfrage", (1, 0)),
        ("zwischenruf of nobody known", (1, 1)),
        ("zwischenruf of one known speaker", (1, 1)),
    ];
    assert_eq!(accounts, expected.map(|(word, counts)| (word.to_owned(), counts)).into());
}

#[test]
fn words_of_an_uncertain_speaker_are_refused() {
    let speeches = [
        ("", "Peter", "Ohne"),
        ("5", "Marco", "Wald"),
        ("5", "Otto", "Fluss"),
        ("#7", "Falsche", "Nummer"),
    ];
    let speeches = speeches.map(|(id, given, surname)| {
        let floor = takes_floor(id, given, surname, "FDP");
        format!("<rede id=\"ID{surname}\">{floor}<p klasse=\"J\">Worte</p></rede>\n")
    });
    let nobody = "<rede id=\"IDn\"><p klasse=\"J\">Worte</p></rede>";
    let folder = folder(&[("a.xml", &protocol(&(speeches.concat() + nobody)))]);
    insta::assert_snapshot!(refusals(&mut open(folder.path())), @"
    redner:1 bad id (an id stands for two people)
    a.xml:5 no author (the speaker has no id)
    a.xml:7 bad id (the id is none, stands for two people, or has no name)
    a.xml:9 bad id (the id is none, stands for two people, or has no name)
    a.xml:11 bad id (the id is none, stands for two people, or has no name)
    a.xml:13 no author (nobody is announced for these words)
    ");
}

#[test]
fn a_broken_file_is_named_and_costs_itself_alone() {
    let whole = debate();
    let late = whole.replace("</rede>\n<rede id=\"ID2\">", "</rede>\n<rede id=\"ID2\"></p>");
    let cut = whole.split_at(whole.len() / 2).0.to_owned();
    let marked = whole.replace('\u{feff}', "&#xFEFF;");
    let dated = whole.replace("24.10.2017", "gestern");
    let other = "<plan/>".to_owned();
    let broken = [
        ("1.xml", &late),
        ("2.xml", &cut),
        ("3.xml", &marked),
        ("4.xml", &dated),
        ("5.xml", &other),
    ];
    let files = broken.map(|(name, text)| (name, text.as_str()));
    let folder = folder(&[files.as_slice(), &[("6.xml", &whole)]].concat());
    let mut source = open(folder.path());
    let broken = refusals(&mut source);
    let broken = broken.lines().filter(|line| !line.starts_with("6.xml")).collect::<Vec<_>>();
    insta::assert_snapshot!(broken.join("\n"), @"
    5.xml:1 not a row (the root element is not `dbtplenarprotokoll`: this is no protocol)
    4.xml:3 bad instant (`sitzung-datum` is a day such as 24.10.2017)
    3.xml:1 not xml (something stands before the root element)
    2.xml:12 cut short (the file ends before its last tag)
    1.xml:18 not xml (a tag is closed that is not open)
    ");
    let alone = tempfile::tempdir().unwrap();
    std::fs::write(alone.path().join("6.xml"), &whole).unwrap();
    let with_broken = rows(&mut open(folder.path()));
    assert_eq!(with_broken, rows(&mut open(alone.path())), "nothing of the broken comes in");
}

#[test]
fn protocols_are_recognised() {
    let protocols = folder(&[("a.xml", &debate())]);
    assert!(BundestagSource::recognises(protocols.path()));
    assert!(BundestagSource::recognises(&protocols.path().join("a.xml")));
    let others = folder(&[("a.xml", "<users></users>"), ("b.txt", &debate())]);
    assert!(!BundestagSource::recognises(others.path()));
    let empty = folder(&[]);
    assert!(!BundestagSource::recognises(empty.path()));
    let error = BundestagSource::open("bundestag", empty.path()).err().unwrap();
    assert!(matches!(error, SourcesError::NothingToRead { .. }), "{error}");
}

async fn import(world: &World, path: &Path) -> Report {
    world.import_from(&mut open(path), Options::at(at())).await
}

#[tokio::test]
async fn the_same_protocols_again_change_nothing() {
    let folder = folder(&[("19001-data.xml", &debate())]);
    let world = World::new().await;
    let first = import(&world, folder.path()).await;
    assert_eq!((first.members_new, first.lake["items"].added), (3, 3));
    let again = import(&world, folder.path()).await;
    assert_eq!(again.lake_version_after, first.lake_version_after);
    assert_eq!((again.members_new, again.removals_started), (0, 0));
}

#[tokio::test]
async fn who_spoke_in_an_earlier_import_is_named_in_a_later_one() {
    let floor = takes_floor("9", "Jo", "Feld", "AfD");
    let earlier = protocol(&format!("<rede id=\"ID9\">{floor}<p klasse=\"J\">So.</p></rede>"));
    let earlier = folder(&[("a.xml", &earlier)]);
    let later = folder(&[("b.xml", &debate())]);
    let world = World::new().await;
    import(&world, earlier.path()).await;
    let report = import(&world, later.path()).await;
    assert_eq!(report.tables["zwischenruf of one known speaker"].read, 2, "{report:?}");
    assert_eq!(report.members_new, 3, "nobody gets a second number");
    let named = world.lake.content_keys(lake::Table::Mentions).await.unwrap();
    let named: Vec<_> = named.iter().map(|key| key.member.as_i64()).collect();
    assert!(named.contains(&0), "Jo Feld was the first: {named:?}");
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn real_protocols_are_accounted_for_and_the_broken_one_is_reported() {
    let Some(folder) = data_folder("bundestag-19") else {
        eprintln!("skipped: set ZWECK_DATA to the folder of bundestag-19");
        return;
    };
    let declared = declaration("region = 'DE'\nage = 'adult'\nreason = 'a test'\n");
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let world = World::new().await;
    let report = world.import_from(&mut open(&folder), options).await;
    let first = &report.refused_rows[0];
    assert_eq!((first.file.as_str(), first.line, first.reason), ("19049-data.xml", 1, "not xml"));
    let read: BTreeMap<_, _> =
        report.tables.iter().map(|(word, outcomes)| (word.as_str(), outcomes.read)).collect();
    assert_eq!((read["protokoll"], report.tables["protokoll"].no_place), (7, 6));
    let expected = [
        ("kommentar", 2_902),
        ("p", 24),
        ("protokoll", 7),
        ("präsidium", 532),
        ("rede", 429),
        ("redner", 274),
        ("zwischenfrage", 31),
        ("zwischenruf of nobody known", 192),
        ("zwischenruf of one known speaker", 1_247),
    ];
    assert_eq!(read, BTreeMap::from(expected));
    let accepted = |word: &str| report.tables[word].accepted;
    assert_eq!((accepted("redner"), accepted("rede"), accepted("zwischenfrage")), (273, 423, 31));
    let mentions = report.lake["mentions"].added;
    assert_eq!(mentions, 157);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_refused_as_a_file(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let folder = folder(&[("b.xml", &debate())]);
        std::fs::write(folder.path().join("a.xml"), &bytes).unwrap();
        let mut source = open(folder.path());
        let broken = refusals(&mut source);
        prop_assert!(broken.starts_with("a.xml:"), "{}", broken);
    }

    #[test]
    fn a_broken_copy_brings_in_all_of_its_words_or_nothing(place in 0_usize..4_000, byte in any::<u8>()) {
        let mut bytes = debate().into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        let folder = folder(&[]);
        std::fs::write(folder.path().join("a.xml"), &bytes).unwrap();
        let all = read_all(&mut open(folder.path()));
        let is_whole = all.iter().any(|one| &*one.table == "protokoll" && one.event.is_ok());
        prop_assert!(is_whole || all.len() == 1, "{} rows of a broken file", all.len());
    }
}
