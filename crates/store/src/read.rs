//! From rows to facts. What cannot be read is an error, never a default.

use std::str::FromStr;

use policy::{Instant, ItemId, MemberNumber, PolicyHash, Sequence};
use serde::de::DeserializeOwned;

use crate::{
    AccountFact, AppliedPolicy, Choice, Document, Fact, NewFact, Notice, Objection, Reach, Result,
    Ruling, Scope, StoreError, Withdrawn,
    entities::{
        account_facts, applied_policies, choices, documents, notices, objections, removals, rulings,
    },
};

/// A row that is a fact.
pub(crate) trait FactRow {
    fn into_fact(self) -> Result<Fact>;
}

/// Reads a word; `table` and `column` say where it stands.
pub(crate) fn word<T: FromStr>(table: &'static str, column: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Unreadable { table, column, value: text.to_owned() })
}

/// Reads a word that may be missing.
pub(crate) fn maybe_word<T: FromStr>(
    table: &'static str,
    column: &'static str,
    text: Option<&str>,
) -> Result<Option<T>> {
    text.map(|text| word(table, column, text)).transpose()
}

/// Reads JSON.
pub(crate) fn json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|source| StoreError::Json { column, source })
}

/// Reads JSON that may be missing.
pub(crate) fn maybe_json(
    column: &'static str,
    text: Option<&str>,
) -> Result<Option<serde_json::Value>> {
    text.map(|text| json(column, text)).transpose()
}

fn fact(sequence: i64, recorded_at: i64, content: NewFact) -> Fact {
    Fact {
        sequence: Sequence::from_i64(sequence),
        recorded_at: Instant::from_micros(recorded_at),
        content,
    }
}

impl FactRow for account_facts::Model {
    fn into_fact(self) -> Result<Fact> {
        const TABLE: &str = "account_facts";
        let content = NewFact::Account(AccountFact {
            member: MemberNumber::from_i64(self.member),
            region: maybe_word(TABLE, "region", self.region.as_deref())?,
            age: maybe_word(TABLE, "age", self.age.as_deref())?,
            status: maybe_word(TABLE, "status", self.status.as_deref())?,
            source: self.source,
            declaration: self.declaration,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for choices::Model {
    fn into_fact(self) -> Result<Fact> {
        const TABLE: &str = "choices";
        let scope = match (self.scope_kind.as_str(), self.category.as_deref(), self.item) {
            ("everything", None, None) => Scope::Everything,
            ("category", Some(category), None) => {
                Scope::Category(word(TABLE, "category", category)?)
            }
            ("item", None, Some(item)) => Scope::Item(ItemId::from_i64(item)),
            _ => {
                let value = self.scope_kind;
                return Err(StoreError::Unreadable { table: TABLE, column: "scope_kind", value });
            }
        };
        let content = NewFact::Choice(Choice {
            member: MemberNumber::from_i64(self.member),
            purpose: word(TABLE, "purpose", &self.purpose)?,
            scope,
            answer: word(TABLE, "answer", &self.answer)?,
            said_at: Instant::from_micros(self.said_at),
            source: self.source,
            withdraws_consent: self.withdraws_consent,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for notices::Model {
    fn into_fact(self) -> Result<Fact> {
        const TABLE: &str = "notices";
        let reach = match (self.member, self.regions, self.members_below) {
            (Some(member), None, None) => Reach::Member(MemberNumber::from_i64(member)),
            (None, Some(regions), Some(below)) => Reach::Cohort {
                regions: regions
                    .split(',')
                    .map(|region| word(TABLE, "regions", region))
                    .collect::<Result<_>>()?,
                members_below: MemberNumber::from_i64(below),
            },
            (_, regions, _) => {
                let value = regions.unwrap_or_default();
                return Err(StoreError::Unreadable { table: TABLE, column: "regions", value });
            }
        };
        let content = NewFact::Notice(Notice {
            policy_version: word(TABLE, "policy_version", &self.policy_version)?,
            reach,
            delivered_at: Instant::from_micros(self.delivered_at),
            source: self.source,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for objections::Model {
    fn into_fact(self) -> Result<Fact> {
        let content = NewFact::Objection(Objection {
            id: self.id,
            purpose: word("objections", "purpose", &self.purpose)?,
            names: json("names", &self.names)?,
            emails: json("emails", &self.emails)?,
            said_at: Instant::from_micros(self.said_at),
            lifted: self.lifted,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for rulings::Model {
    fn into_fact(self) -> Result<Fact> {
        let content = NewFact::Ruling(Ruling {
            member: MemberNumber::from_i64(self.member),
            item: self.item.map(ItemId::from_i64),
            restricted: self.restricted,
            reason: self.reason,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for applied_policies::Model {
    fn into_fact(self) -> Result<Fact> {
        let content = NewFact::PolicyApplied(AppliedPolicy {
            hash: PolicyHash::from_hex(self.hash),
            version: word("applied_policies", "version", &self.version)?,
            document: self.document,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for documents::Model {
    fn into_fact(self) -> Result<Fact> {
        let version = self.policy_version.as_deref();
        let content = NewFact::Document(Document {
            kind: self.kind,
            policy_version: maybe_word("documents", "policy_version", version)?,
            hash: self.hash,
            title: self.title,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}

impl FactRow for removals::Model {
    fn into_fact(self) -> Result<Fact> {
        const TABLE: &str = "removals";
        let content = NewFact::Withdrawn(Withdrawn {
            cause: word(TABLE, "cause", &self.cause)?,
            member: self.member.map(MemberNumber::from_i64),
            item: self.item.map(ItemId::from_i64),
            category: maybe_word(TABLE, "category", self.category.as_deref())?,
            purpose: maybe_word(TABLE, "purpose", self.purpose.as_deref())?,
            note: self.note,
        });
        Ok(fact(self.sequence, self.recorded_at, content))
    }
}
