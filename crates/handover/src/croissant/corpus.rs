//! What the corpus is and how its rows are accounted for, in terms of Zweck's own.

use serde_json::{Map, Value, json};

use crate::{Dataset, Statistics};

/// Terms whose value is JSON as it stands.
pub(super) const JSON_TERMS: &[&str] = &[
    "accountingTotals",
    "after",
    "attached",
    "configuration",
    "corpusAccounting",
    "corpusFiles",
    "facts",
    "gateAccounting",
    "membersPerSlice",
    "recipe",
    "statistics",
];

pub(super) fn properties(dataset: &Dataset, statistics: &Statistics) -> Map<String, Value> {
    // Destructured, so that nothing that is known of a corpus is forgotten here.
    let Dataset {
        name,
        holder,
        url: _,
        creator: _,
        license: _,
        purpose,
        policy,
        policy_version,
        facts,
        as_of,
        lake_version,
        after,
        attached,
        configuration,
        recipe,
        zweck_version,
        releases,
        rows,
        documents,
        files,
    } = dataset;
    let terms = [
        ("corpus", json!(name)),
        ("holder", json!(holder)),
        ("purpose", json!(purpose)),
        ("policy", json!(policy)),
        ("policyVersion", json!(policy_version)),
        ("facts", json!(facts)),
        ("asOf", json!(as_of.rfc3339())),
        ("lakeVersion", json!(lake_version)),
        ("after", json!(after)),
        ("attached", attached_tables(attached)),
        ("configuration", json!(configuration)),
        ("recipe", json!(recipe)),
        ("zweckVersion", json!(zweck_version)),
        ("releases", json!(releases)),
        ("gateAccounting", json!(rows)),
        ("corpusAccounting", json!(documents)),
        ("accountingTotals", totals(dataset)),
        ("corpusFiles", json!(files)),
        ("statistics", counted(statistics)),
        ("membersPerSlice", json!(statistics.slices())),
    ];
    terms
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(term, value)| (format!("zweck:{term}"), value))
        .collect()
}

fn totals(dataset: &Dataset) -> Value {
    json!({"gate": dataset.total_rows(), "corpus": dataset.total_documents()})
}

fn attached_tables(attached: &[crate::AttachedTable]) -> Value {
    let tables = attached.iter().map(|table| {
        let files = table.files.iter().map(|file| {
            json!({
                "path": file.path,
                "bytes": file.bytes,
                "modified": file.modified.rfc3339(),
                "e_tag": file.e_tag,
            })
        });
        json!({
            "name": table.name,
            "mapping_hash": table.mapping_hash,
            "declaration": table.declaration,
            "delta_version": table.delta_version,
            "files": files.collect::<Vec<_>>(),
        })
    });
    tables.collect()
}

/// What was counted on the way out.
fn counted(statistics: &Statistics) -> Value {
    let lengths: Vec<_> = statistics
        .lengths()
        .bins()
        .map(|(from, documents)| json!({"from_characters": from, "documents": documents}))
        .collect();
    json!({
        "documents": statistics.documents(),
        "characters": statistics.characters(),
        "categories": statistics.categories(),
        "languages": statistics.languages(),
        "content_usage": statistics.usages(),
        "lengths": lengths,
    })
}
