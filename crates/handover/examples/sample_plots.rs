//! Draws data cards of corpora that are unlike each other into a folder, to be looked at:
//! `sample_plots FOLDER`.

#[path = "../tests/it/sample.rs"]
#[expect(dead_code, reason = "files of documents are written by the other example")]
mod sample;

use std::{env, error::Error, fs, path::PathBuf};

use handover::plots;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).map(PathBuf::from).ok_or("sample_plots FOLDER")?;
    fs::create_dir_all(&folder)?;
    let cases = [
        ("nothing", "nothing", 0, 0, 0),
        ("one", "one", 1, 1, 1),
        ("many", sample::HOSTILE, 50_000, 60, 1_024),
        ("thirteen", "thirteen", 500, 13, 64),
    ];
    for (file, name, documents, languages, slices) in cases {
        let mut dataset = sample::dataset(name);
        if documents == 0 {
            dataset.rows.clear();
            dataset.documents.clear();
        }
        let statistics = sample::statistics(documents, languages, slices);
        let card = plots::data_card(&dataset, &statistics);
        fs::write(folder.join(format!("{file}.svg")), card)?;
    }
    Ok(())
}
