//! Writes a made-up corpus into a folder, to be looked at with the tools that have to read it:
//! `sample_export FOLDER zstandard|gzip DOCUMENTS [NAME]`.

#[path = "../tests/it/sample.rs"]
#[expect(dead_code, reason = "plots of other corpora are drawn by the other example")]
mod sample;

use std::{env, error::Error, path::PathBuf};

use handover::{Compression, Description, Provider};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [folder, compression, documents, rest @ ..] = arguments.as_slice() else {
        return Err("sample_export FOLDER zstandard|gzip DOCUMENTS [NAME]".into());
    };
    let compression: Compression = serde_json::from_value(compression.as_str().into())?;
    let name = rest.first().map_or("careers-2025", |name| {
        if name == "hostile" { sample::HOSTILE } else { name.as_str() }
    });
    let folder = PathBuf::from(folder);
    let (statistics, files) = sample::write(&folder, compression, documents.parse()?)?;
    let dataset = sample::dataset(name);
    let provider = Provider::default();
    let description = Description {
        dataset: &dataset,
        statistics: &statistics,
        provider: &provider,
        files: &files,
    };
    description.write(&folder)?;
    Ok(())
}
