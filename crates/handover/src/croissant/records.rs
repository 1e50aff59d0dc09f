use serde_json::{Value, json};

use crate::{
    Compression, ExportedFile, Split,
    row::{FIELDS, Field, FieldKind},
};

use super::{compressions, files::set_id};

/// The splits, and the documents of each compression; files of one corpus have one compression.
pub(super) fn record_sets(files: &[ExportedFile]) -> Value {
    let documents = compressions(files).enumerate().map(|(at, compression)| {
        let id = if at == 0 { "documents".to_owned() } else { format!("documents-{at}") };
        documents(&id, compression)
    });
    Value::Array([splits()].into_iter().chain(documents).collect())
}

fn splits() -> Value {
    let data: Vec<_> = Split::ALL
        .iter()
        .map(|split| json!({"splits/name": split.name(), "splits/url": split_url(*split)}))
        .collect();
    json!({
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "What documents are for. All documents of a member are in one split.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": "splits/name",
                "name": "name",
                "description": "The name of the split.",
                "dataType": "sc:Text",
            },
            {
                "@type": "cr:Field",
                "@id": "splits/url",
                "name": "url",
                "description": "What the split means.",
                "dataType": ["sc:URL", "cr:Split"],
            },
        ],
        "data": data,
    })
}

const fn split_url(split: Split) -> &'static str {
    match split {
        Split::Train => "cr:TrainingSplit",
        Split::Validation => "cr:ValidationSplit",
        Split::Test => "cr:TestSplit",
    }
}

fn documents(id: &str, compression: Compression) -> Value {
    let set = set_id(compression);
    // Readers apply it once more to what it has found, so it has to find that, too.
    let names: Vec<_> = Split::ALL.iter().map(|split| split.name()).collect();
    let split = json!({
        "@type": "cr:Field",
        "@id": format!("{id}/split"),
        "name": "split",
        "description": "The split, told by the name of the file.",
        "dataType": "sc:Text",
        "references": {"field": {"@id": "splits/name"}},
        "source": {
            "fileSet": {"@id": set},
            "extract": {"fileProperty": "filename"},
            "transform": {"regex": format!("^({})", names.join("|"))},
        },
    });
    let columns = FIELDS.iter().map(|field| column(id, set, field));
    let fields: Vec<_> = [split].into_iter().chain(columns).collect();
    json!({
        "@type": "cr:RecordSet",
        "@id": id,
        "name": id,
        "description": "One document a record, sorted by slice and document within a file.",
        "key": {"@id": format!("{id}/document")},
        "field": fields,
    })
}

fn column(id: &str, set: &str, field: &Field) -> Value {
    let kind = match field.kind {
        FieldKind::Text => "sc:Text",
        FieldKind::Instant => "sc:DateTime",
        FieldKind::Integer => "sc:Integer",
    };
    json!({
        "@type": "cr:Field",
        "@id": format!("{id}/{}", field.name),
        "name": field.name,
        "description": field.meaning,
        "dataType": kind,
        "source": {"fileSet": {"@id": set}, "extract": {"column": field.name}},
    })
}
