//! Plenary protocols from the file to a training set, and an objection of somebody who only
//! interjected in the speech of another.

use std::path::Path;

use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::run::Place;

const DECLARATION: &str = "\
region = 'DE'
age = 'adult'
status = 'active'
visibility = 'public'
reason = 'made up for this test'
notice = { policy_version = '2025-11-03', delivered_at = '2025-09-20' }
";

fn floor(id: &str, given: &str, surname: &str, group: &str) -> String {
    format!(
        "<p klasse=\"redner\"><redner id=\"{id}\"><name><vorname>{given}</vorname>\
         <nachname>{surname}</nachname><fraktion>{group}</fraktion></name></redner>\
         {given} {surname} ({group}):</p>\n"
    )
}

fn protocol() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <dbtplenarprotokoll sitzung-datum=\"24.10.2017\"><sitzungsverlauf>\n\
         <rede id=\"ID1\">{}\
         <p klasse=\"J_1\">Wir haben lange beraten und viel gehört in diesem Haus.</p>\n\
         <kommentar>(Eva Tal [DIE LINKE]: Hört! Hört!)</kommentar>\n\
         <p klasse=\"O\">– Ja, Frau Tal, das Tal ist tief, und Eva Tals Frage ist gut.</p></rede>\n\
         <rede id=\"ID2\">{}<p klasse=\"J_1\">Auch ich habe dazu etwas zu sagen.</p></rede>\n\
         </sitzungsverlauf></dbtplenarprotokoll>\n",
        floor("1", "Anna", "Berg", "SPD"),
        floor("3", "Eva", "Tal", "DIE LINKE"),
    )
}

/// Every text of every Parquet file below a folder.
fn texts(folder: &Path) -> String {
    let mut all = String::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&texts(&path));
        } else if path.extension().is_some_and(|ending| ending == "parquet") {
            let file = std::fs::File::open(&path).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
            for batch in reader {
                let batch = batch.unwrap();
                if let Some(texts) = batch.column_by_name("text") {
                    let texts = arrow::compute::cast(texts, &arrow::datatypes::DataType::Utf8);
                    let texts = texts.unwrap();
                    all.extend(texts.as_string::<i32>().iter().flatten());
                }
            }
        }
    }
    all
}

#[test]
fn who_only_interjected_is_masked_in_the_speech_after_an_objection() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("protocols")).unwrap();
    place.write("protocols/1.xml", protocol());
    place.write("protocols/2.xml", format!("&#xFEFF;{}", protocol().replace("ID", "XX")));
    place.write("declaration.toml", DECLARATION);
    let ran = place.run("--json import protocols --declare declaration.toml");
    assert_eq!(ran.code, 3, "the broken file is told: {}", ran.stderr);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let report = &told["reports"][0];
    assert_eq!(report["source"], "bundestag");
    assert_eq!(report["refused_rows"][0]["file"], "2.xml");
    assert_eq!(report["tables"]["rede"]["accepted"], 2, "{report}");
    assert_eq!(report["tables"]["zwischenruf of one known speaker"]["refused"]["no author"], 1);

    place.write("paper", "what was weighed");
    for kind in ["legitimate-interest-assessment", "dpia", "compatibility-assessment"] {
        place.ok(&format!("document add --kind {kind} --title {kind} paper"));
    }
    place.ok("policy apply 2024-11-20");
    place.ok("policy apply 2025-11-03");
    place.ok("corpus build reden --purpose generative-ai");
    let corpora = place.path().join("zweck-state").join("corpora");
    let before = texts(&corpora);
    assert!(before.contains("Frau Tal, das Tal") && before.contains("Auch ich"), "{before}");

    place.ok("choose --member bundestag:3 --purpose generative-ai refuse");
    place.ok("removal run");
    place.ok("corpus verify reden");
    let after = texts(&corpora);
    assert!(!after.contains("Auch ich") && !after.contains("Tal"), "{after}");
    assert!(after.contains("Ja, Frau [name], das [name] ist tief, und [name] Frage"), "{after}");
}
