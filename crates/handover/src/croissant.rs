//! The description of what is given out as [Croissant 1.1](https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html)
//! with its [responsible-AI](https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html)
//! vocabulary.

mod context;
mod corpus;
mod files;
mod records;
mod responsible;

use serde_json::{Map, Value, json};

use crate::{Compression, Dataset, ExportedFile, Records, Statistics, numbers::counted};

/// The namespace of the terms that are Zweck's own, in JSON-LD `zweck:`.
pub const NAMESPACE: &str = "urn:zweck:terms#";

/// Versions of Croissant and of its responsible-AI vocabulary.
const CONFORMS_TO: [&str; 2] =
    ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"];

/// Describes a corpus and the files that were given out of it, as JSON-LD.
///
/// `datePublished` is the day as of which the corpus stands, because no clock is asked. Files are
/// named relative to the description.
pub fn croissant(dataset: &Dataset, statistics: &Statistics, files: &[ExportedFile]) -> Value {
    let mut description = Map::new();
    let mut put = |key: &str, value: Value| {
        description.insert(key.to_owned(), value);
    };
    put("@context", context::context());
    put("@type", json!("sc:Dataset"));
    put("conformsTo", json!(CONFORMS_TO));
    put("name", json!(dataset.name));
    put("description", json!(sentence(dataset, statistics)));
    put("version", json!(dataset.version()));
    put("datePublished", json!(dataset.as_of.day().unwrap_or_default()));
    put("license", json!(license(dataset)));
    put("url", json!(dataset.url.clone().unwrap_or_else(|| identity(dataset))));
    put("identifier", json!(identity(dataset)));
    put("citeAs", json!(citation(dataset)));
    put("inLanguage", json!(statistics.languages().keys().collect::<Vec<_>>()));
    put("keywords", json!(["text", "training", dataset.purpose]));
    put("isLiveDataset", json!(false));
    if let Some(creator) = &dataset.creator {
        put("creator", json!({"@type": "sc:Organization", "name": creator}));
    }
    put("usageInfo", usage(dataset));
    put("distribution", files::distribution(files));
    put("recordSet", records::record_sets(files));
    description.extend(responsible::properties(dataset, statistics));
    description.extend(corpus::properties(dataset, statistics));
    Value::Object(description)
}

/// Names what was given out by what it was made from: the hash of the corpus's files.
pub(crate) fn identity(dataset: &Dataset) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for file in &dataset.files {
        // Neither a path nor a hash holds a zero.
        for part in [file.path.as_str(), file.blake3.as_str()] {
            hash.update(part);
            hash.update([0]);
        }
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:zweck:corpus:{digits}")
}

/// The terms under which it is given.
pub(crate) fn license(dataset: &Dataset) -> String {
    dataset.license.clone().unwrap_or_else(|| {
        let Dataset { holder, purpose, .. } = dataset;
        format!(
            "Given to the holder {holder} for the purpose {purpose} and for nothing else; not to \
             be given on. What is removed from the corpus has to be removed here, too."
        )
    })
}

fn sentence(dataset: &Dataset, statistics: &Statistics) -> String {
    let Dataset { name, holder, purpose, policy_version, .. } = dataset;
    let after = dataset.after.as_ref().map(|after| {
        format!(
            " It goes on from the corpus {}: rows up to version {} of the lake, and what is the same \
             there, or nearly, are not in it.",
            after.corpus, after.lake_version,
        )
    });
    format!(
        "{} of the corpus {name}, given to {holder} for the purpose {purpose} under \
         policy {policy_version}. Only rows that the policy and the choices of their members \
         permit are in it; personal data is replaced as the recipe says.{}",
        counted(statistics.documents(), "document"),
        after.unwrap_or_default(),
    )
}

/// A citation in BibTeX, as Croissant asks for; braces of a name would end it early.
fn citation(dataset: &Dataset) -> String {
    let plain = |text: &str| crate::escape::line(text).replace(['{', '}', '\\'], "");
    let year = dataset.as_of.day().and_then(|day| day.get(..4).map(str::to_owned));
    format!(
        "@misc{{corpus, title = {{{}}}, author = {{{}}}, year = {{{}}}, version = {{{}}}}}",
        plain(&dataset.name),
        plain(dataset.creator.as_deref().unwrap_or("Zweck")),
        year.unwrap_or_default(),
        dataset.version(),
    )
}

/// Who may use it for what, in [ODRL](https://www.w3.org/TR/odrl-model/).
fn usage(dataset: &Dataset) -> Value {
    json!({
        "@type": ["sc:CreativeWork", "odrl:Agreement"],
        "name": "Purpose limitation",
        "odrl:permission": {
            "@type": "odrl:Permission",
            "odrl:action": {"@id": "odrl:use"},
            "odrl:assignee": dataset.holder,
            "odrl:constraint": {
                "@type": "odrl:Constraint",
                "odrl:leftOperand": {"@id": "odrl:purpose"},
                "odrl:operator": {"@id": "odrl:eq"},
                "odrl:rightOperand": dataset.purpose,
            },
        },
        "odrl:prohibition": {
            "@type": "odrl:Prohibition",
            "odrl:action": {"@id": "odrl:distribute"},
            "odrl:assignee": dataset.holder,
        },
    })
}

/// Every kind and compression that is among the files, each once.
fn sets(files: &[ExportedFile]) -> impl Iterator<Item = (Records, Compression)> {
    let all = Records::ALL.iter().flat_map(|records| {
        Compression::ALL.iter().map(move |compression| (*records, *compression))
    });
    let has = |(records, compression): &(Records, Compression)| {
        files.iter().any(|file| (file.records, file.compression) == (*records, *compression))
    };
    all.filter(has)
}
