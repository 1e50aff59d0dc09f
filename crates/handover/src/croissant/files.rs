use serde_json::{Value, json};

use crate::{Compression, ExportedFile, Records, numbers::counted};

use super::sets;

/// The type of lines of JSON, by the name that Croissant knows.
const JSON_LINES: &str = "application/jsonlines";

/// Every file with its hash, and the sets of them that the records are read from.
pub(super) fn distribution(files: &[ExportedFile]) -> Value {
    let objects = files.iter().map(object);
    let sets = sets(files).map(|(records, compression)| set(records, compression, files));
    Value::Array(objects.chain(sets).collect())
}

/// What the set of files of one kind and one compression is called.
pub(super) fn set_id(records: Records, compression: Compression) -> String {
    let compression = match compression {
        Compression::Zstandard => "zstandard",
        Compression::Gzip => "gzip",
    };
    match records {
        Records::Documents => format!("files-{compression}"),
        Records::Pairs => format!("pair-files-{compression}"),
    }
}

fn object(file: &ExportedFile) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": description(file),
        "contentUrl": file.path,
        "contentSize": format!("{} B", file.bytes),
        "encodingFormat": [JSON_LINES, file.compression.media_type()],
        "sha256": file.sha256,
        "zweck:rows": file.rows,
        "zweck:compressionLevel": file.compression.level(),
    })
}

fn description(file: &ExportedFile) -> String {
    let records = counted(file.rows, file.records.one());
    format!("{records} of shard {} of {}.", file.shard, file.split)
}

/// The set is told file by file, so that what else lies in the folder is none of it.
fn set(records: Records, compression: Compression, files: &[ExportedFile]) -> Value {
    let is_of = |file: &&ExportedFile| (file.records, file.compression) == (records, compression);
    let paths: Vec<_> = files.iter().filter(is_of).map(|file| file.path.as_str()).collect();
    json!({
        "@type": "cr:FileSet",
        "@id": set_id(records, compression),
        "name": set_id(records, compression),
        "description": format!("Every file of {}, by split and shard.", records.name()),
        "encodingFormat": [JSON_LINES, compression.media_type()],
        "includes": paths,
    })
}
