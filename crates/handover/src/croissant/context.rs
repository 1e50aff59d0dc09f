use serde_json::{Map, Value, json};

use super::{NAMESPACE, corpus};

/// Prefixes, beside that of our own terms.
const PREFIXES: &[(&str, &str)] = &[
    ("@language", "en"),
    ("@vocab", "https://schema.org/"),
    ("sc", "https://schema.org/"),
    ("cr", "http://mlcommons.org/croissant/"),
    ("rai", "http://mlcommons.org/croissant/RAI/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("odrl", "http://www.w3.org/ns/odrl/2/"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("conformsTo", "dct:conformsTo"),
];

/// The terms of Croissant that the format wants to see without their prefix.
const CROISSANT: &[&str] = &[
    "annotation",
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "excludes",
    "extract",
    "field",
    "fileProperty",
    "fileObject",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "readLines",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "sdVersion",
    "separator",
    "source",
    "subField",
    "transform",
    "unArchive",
    "value",
];

/// What the terms of the description mean.
pub(super) fn context() -> Value {
    let mut context = Map::new();
    for (prefix, url) in PREFIXES {
        context.insert((*prefix).to_owned(), json!(url));
    }
    for term in CROISSANT {
        context.insert((*term).to_owned(), json!(format!("cr:{term}")));
    }
    context.insert("data".to_owned(), json!({"@id": "cr:data", "@type": "@json"}));
    context.insert("dataType".to_owned(), json!({"@id": "cr:dataType", "@type": "@vocab"}));
    context.insert("examples".to_owned(), json!({"@id": "cr:examples", "@type": "@json"}));
    for localised in ["name", "description"] {
        context.insert(localised.to_owned(), json!({"@container": "@language"}));
    }
    context.insert("zweck".to_owned(), json!(NAMESPACE));
    // Keys of these are tables, reasons and kinds of data, which are no terms.
    for term in corpus::JSON_TERMS {
        context.insert(
            format!("zweck:{term}"),
            json!({"@id": format!("{NAMESPACE}{term}"), "@type": "@json"}),
        );
    }
    Value::Object(context)
}
