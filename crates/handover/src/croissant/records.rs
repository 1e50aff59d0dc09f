use serde_json::{Value, json};

use crate::{
    Compression, ExportedFile, Records, Split,
    records::{Field, FieldKind},
};

use super::{files::set_id, sets};

/// The splits, and the records of each kind and compression; files of one corpus have one
/// compression.
pub(super) fn record_sets(files: &[ExportedFile]) -> Value {
    let mut last = None;
    let records = sets(files).map(|(records, compression)| {
        let is_another = last.replace(records) == Some(records);
        let name = records.name();
        let id = if is_another { format!("{name}-1") } else { name.to_owned() };
        record_set(&id, records, compression)
    });
    let records: Vec<_> = records.collect();
    Value::Array([splits()].into_iter().chain(records).collect())
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

fn record_set(id: &str, records: Records, compression: Compression) -> Value {
    let set = set_id(records, compression);
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
    let columns = records.fields().iter().map(|field| column(id, &set, field));
    let fields: Vec<_> = [split].into_iter().chain(columns).collect();
    json!({
        "@type": "cr:RecordSet",
        "@id": id,
        "name": id,
        "description": format!(
            "One {} a record, sorted by slice and document within a file.",
            records.one()
        ),
        "key": {"@id": format!("{id}/{}", records.one())},
        "field": fields,
    })
}

fn column(id: &str, set: &str, field: &Field) -> Value {
    let kind = match field.kind {
        FieldKind::Text | FieldKind::Texts => "sc:Text",
        FieldKind::Instant => "sc:DateTime",
        FieldKind::Integer => "sc:Integer",
    };
    let mut column = json!({
        "@type": "cr:Field",
        "@id": format!("{id}/{}", field.name),
        "name": field.name,
        "description": field.meaning,
        "dataType": kind,
        "source": {"fileSet": {"@id": set}, "extract": {"column": field.name}},
    });
    if let (FieldKind::Texts, Some(column)) = (field.kind, column.as_object_mut()) {
        column.insert("isArray".to_owned(), json!(true));
        column.insert("arrayShape".to_owned(), json!("-1"));
    }
    column
}
