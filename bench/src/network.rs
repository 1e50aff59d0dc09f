//! A network of any size, in which everything about a member follows from the member's number.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};
use policy::{
    AgeClass, Answer, Category, Country, Instant, ItemId, MemberNumber, Policy, PolicyHash,
    Purpose, Sequence, Status,
};
use store::{
    AccountFact, AppliedPolicy, Choice, Document, Fact, NewFact, Notice, Reach, Scope, Snapshot,
};

/// Members by country, in parts of a hundred.
const COUNTRIES: &[(&str, u64)] = &[
    ("US", 30),
    ("IN", 20),
    ("DE", 12),
    ("FR", 10),
    ("GB", 9),
    ("BR", 8),
    ("CA", 5),
    ("NL", 4),
    ("CH", 2),
];

/// Documents without which the shipped policy opens no European cell.
const DOCUMENTS: [&str; 3] = ["legitimate-interest-assessment", "dpia", "compatibility-assessment"];

/// Rows that their authors objected to by themselves: the first of every thousand rows.
pub const ROWS_TO_ONE_ITEM_OBJECTION: u64 = 1000;

/// A network with the shipped policy in force.
#[derive(Debug, Clone)]
pub struct Network {
    /// How many members.
    pub members: u64,
    /// How many rows they wrote.
    pub rows: u64,
    /// The shipped policy.
    pub policy: Arc<Policy>,
    /// What the rows are wanted for.
    pub purpose: Purpose,
    document: String,
}

/// The instant that all questions are about.
///
/// # Errors
/// Never: the text is an instant.
pub fn as_of() -> Result<Instant> {
    "2026-03-01T00:00:00Z".parse().map_err(|_| anyhow::anyhow!("no instant"))
}

/// Numbers that look like chance and are always the same (the output function of SplitMix64).
pub const fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// The author of a row, of `members`.
pub const fn author(row: u64, members: u64) -> u64 {
    mix(row ^ 0xA07_0000_0000) % members
}

/// The item id of a row.
pub const fn item(row: u64) -> i64 {
    mix(row ^ 0x17E_0000_0000).cast_signed()
}

impl Network {
    /// `members` members who wrote `rows` rows.
    ///
    /// # Errors
    /// If the shipped policy cannot be read.
    pub fn new(members: u64, rows: u64) -> Result<Self> {
        let (name, bytes) = policy::shipped().pop().context("no policy is shipped")?;
        let policy = Arc::new(Policy::parse(Path::new(name), bytes)?);
        let purpose = Purpose::new("generative-ai").map_err(anyhow::Error::msg)?;
        let document = String::from_utf8(bytes.to_vec())?;
        Ok(Self { members, rows, policy, purpose, document })
    }

    /// Every fact, in order: the policy, its documents, the accounts, the announcement, the
    /// choices.
    ///
    /// # Errors
    /// If a word of this file is none of the policy's.
    pub fn facts(&self) -> Result<impl Iterator<Item = NewFact> + '_> {
        let as_of = as_of()?;
        let mut first = vec![NewFact::PolicyApplied(AppliedPolicy {
            hash: PolicyHash::of_bytes(self.document.as_bytes()),
            version: self.policy.version,
            document: self.document.clone(),
        })];
        first.extend(DOCUMENTS.map(|kind| {
            NewFact::Document(Document {
                kind: kind.to_owned(),
                policy_version: None,
                hash: String::new(),
                title: kind.to_owned(),
            })
        }));
        let notice = NewFact::Notice(Notice {
            policy_version: self.policy.version,
            reach: Reach::Cohort {
                regions: vec!["*".parse().map_err(|_| anyhow::anyhow!("no region"))?],
                members_below: MemberNumber::from_i64(self.members.cast_signed()),
            },
            delivered_at: as_of.plus_days(-90),
            source: "bench".to_owned(),
        });
        let countries = countries()?;
        let accounts = (0..self.members).map(move |member| account(member, &countries));
        let choices = (0..self.members).filter_map(move |member| self.choice(member, as_of));
        let of_items = (0..self.rows).step_by(ROWS_TO_ONE_ITEM_OBJECTION as usize);
        let of_items = of_items.map(move |row| {
            let scope = Scope::Item(ItemId::from_i64(item(row)));
            self.refusal(author(row, self.members), scope, as_of)
        });
        Ok(first.into_iter().chain([notice]).chain(accounts).chain(choices).chain(of_items))
    }

    /// Everything that is in force after the last fact, folded as the store folds it.
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub fn snapshot(&self) -> Result<Snapshot> {
        let recorded_at = as_of()?.plus_days(-1);
        let mut snapshot = Snapshot::new();
        for (sequence, content) in (1..).zip(self.facts()?) {
            let sequence = Sequence::from_i64(sequence);
            snapshot.apply(&Fact { sequence, recorded_at, content });
        }
        Ok(snapshot)
    }

    /// 8 of 100 members object to everything, 2 of 1,000 to the use of their posts.
    fn choice(&self, member: u64, as_of: Instant) -> Option<NewFact> {
        match mix(member ^ 0xC401_CE00_0000) % 1000 {
            0..80 => Some(self.refusal(member, Scope::Everything, as_of)),
            80..82 => Some(self.refusal(member, Scope::Category(Category::Posts), as_of)),
            _ => None,
        }
    }

    fn refusal(&self, member: u64, scope: Scope, as_of: Instant) -> NewFact {
        NewFact::Choice(Choice {
            member: MemberNumber::from_i64(member.cast_signed()),
            purpose: self.purpose.clone(),
            scope,
            answer: Answer::Refuse,
            said_at: as_of.plus_days(-20),
            source: "bench".to_owned(),
            withdraws_consent: false,
        })
    }
}

/// One country for each part of a hundred.
fn countries() -> Result<Vec<Country>> {
    let mut countries = Vec::with_capacity(100);
    for (name, parts) in COUNTRIES {
        let country: Country = name.parse().map_err(|_| anyhow::anyhow!("no country `{name}`"))?;
        countries.extend((0..*parts).map(|_| country));
    }
    Ok(countries)
}

/// Of 1,000 members 970 are adults, 10 minors, 20 of unknown age; 970 accounts are active, 20
/// closed, 10 restricted.
fn account(member: u64, countries: &[Country]) -> NewFact {
    let mixed = mix(member ^ 0xACC0_0000_0000);
    let part = |of: u64, shift: u32| (mixed >> shift) % of;
    let region = usize::try_from(part(100, 0)).ok().and_then(|at| countries.get(at)).copied();
    let age = match part(1000, 20) {
        0..970 => Some(AgeClass::Adult),
        970..980 => Some(AgeClass::Minor),
        _ => None,
    };
    let status = match part(1000, 40) {
        0..970 => Status::Active,
        970..990 => Status::Closed,
        _ => Status::Restricted,
    };
    NewFact::Account(AccountFact {
        member: MemberNumber::from_i64(member.cast_signed()),
        region,
        age,
        status: Some(status),
        source: String::new(),
        declaration: None,
    })
}
