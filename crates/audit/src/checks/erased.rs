//! Members who are erased are nowhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Code, Findings, Place, Result, Severity, lake::ATTACHED, table::Row, verify::Audit};

pub(crate) async fn check(audit: &Audit<'_>, findings: &mut Findings) -> Result<()> {
    let identities = audit.store.identities.iter();
    let erased: BTreeSet<i64> =
        identities.filter(|(_, erased)| erased.is_some()).map(|(member, _)| *member).collect();
    check_corpus(audit, &erased, findings);
    check_lake(audit, &erased, findings).await
}

fn check_corpus(audit: &Audit<'_>, erased: &BTreeSet<i64>, findings: &mut Findings) {
    for (number, row) in (0..).zip(&audit.corpus.lineage) {
        if erased.contains(&row.member) {
            let is_pending = audit.pending.covers(row.member, row.item);
            let severity = if is_pending { Severity::Pending } else { Severity::Violation };
            let place = Place::row(&audit.manifest.lineage.path, number);
            let what = format!("it is of member {}, who is erased", row.member);
            findings.add(severity, Code::MemberErased, place, what);
        }
    }
}

async fn check_lake(
    audit: &Audit<'_>,
    erased: &BTreeSet<i64>,
    findings: &mut Findings,
) -> Result<()> {
    for table in audit.lake.tables() {
        // Mentions that name somebody erased stay, to find the places by; those inside the texts
        // of somebody erased go with the texts.
        let owner = if table == "mentions" { "author_member" } else { "member_number" };
        let mut found: BTreeMap<i64, u64> = BTreeMap::new();
        let count = |row: Row<'_>| {
            let member = row.long(owner).filter(|member| erased.contains(member));
            if let Some(member) = member {
                *found.entry(member).or_default() += 1;
            }
        };
        audit.lake.for_each_own(table, count).await?;
        for (member, rows) in found {
            let severity =
                if is_done(audit, member) { Severity::Violation } else { Severity::Pending };
            let what = format!("{rows} rows of member {member}, who is erased");
            findings.add(severity, Code::ErasedInLake, Place::lake(table), what);
        }
    }
    check_attached(audit, erased, findings).await
}

/// Only its owner can take rows out of a table that lies elsewhere. Until then they are refused.
async fn check_attached(
    audit: &Audit<'_>,
    erased: &BTreeSet<i64>,
    findings: &mut Findings,
) -> Result<()> {
    let mut found: BTreeMap<i64, u64> = BTreeMap::new();
    let count = |row: Row<'_>| {
        let member = row.long("member_number").filter(|member| erased.contains(member));
        if let Some(member) = member {
            *found.entry(member).or_default() += 1;
        }
    };
    audit.lake.for_each_attached(count).await?;
    for (member, rows) in found {
        let what = format!("{rows} rows of member {member}, who is erased, in an attached table");
        findings.add(Severity::Pending, Code::ErasedInLake, Place::lake(ATTACHED), what);
    }
    Ok(())
}

/// Whether the lake says that it has erased the member, or nobody has asked it to any more.
fn is_done(audit: &Audit<'_>, member: i64) -> bool {
    let mut asked = audit
        .store
        .removals
        .iter()
        .filter(|removal| removal.cause == "erasure" && removal.member == Some(member));
    asked.all(|removal| {
        removal.ended_at.is_some() || audit.store.erased_in_lake.contains(&removal.sequence)
    })
}
