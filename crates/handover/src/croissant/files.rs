use serde_json::{Value, json};

use crate::{Compression, ExportedFile, numbers::counted};

use super::compressions;

/// The type of lines of JSON, by the name that Croissant knows.
const JSON_LINES: &str = "application/jsonlines";

/// Every file with its hash, and the set of them that the records are read from.
pub(super) fn distribution(files: &[ExportedFile]) -> Value {
    let objects = files.iter().map(object);
    let sets = compressions(files).map(|compression| set(compression, files));
    Value::Array(objects.chain(sets).collect())
}

/// What the set of files of one compression is called.
pub(super) const fn set_id(compression: Compression) -> &'static str {
    match compression {
        Compression::Zstandard => "files-zstandard",
        Compression::Gzip => "files-gzip",
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
    let documents = counted(file.rows, "document");
    format!("{documents} of shard {} of {}.", file.shard, file.split)
}

/// The set is told file by file, so that what else lies in the folder is none of it.
fn set(compression: Compression, files: &[ExportedFile]) -> Value {
    let files = files.iter().filter(|file| file.compression == compression);
    let paths: Vec<_> = files.map(|file| file.path.as_str()).collect();
    json!({
        "@type": "cr:FileSet",
        "@id": set_id(compression),
        "name": set_id(compression),
        "description": "Every file of documents, by split and shard.",
        "encodingFormat": [JSON_LINES, compression.media_type()],
        "includes": paths,
    })
}
