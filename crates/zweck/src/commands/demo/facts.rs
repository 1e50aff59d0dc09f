use ::policy::{Answer, Category, Day, Instant, MemberNumber, Policy, Purpose, shipped};
use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use std::path::Path;
use store::{Choice, Document, NewFact, Notice, Reach, Scope};
use testkit::Network;

use super::SOURCE;
use crate::{
    commands::apply::{AppliedView, apply},
    state::{State, find_member},
};

/// What the demo's operator has on file.
const DOCUMENTS: [(&str, &str); 3] = [
    ("legitimate-interest-assessment", "Balancing test for generative AI"),
    ("dpia", "Data protection impact assessment for generative AI"),
    ("compatibility-assessment", "Compatibility of generative AI with the original purpose"),
];

/// Which version was announced where, and when.
const NOTICES: [(&str, &[&str], &str); 2] =
    [("2024-11-20", &["*"], "2024-10-15"), ("2025-11-03", &["*"], "2025-09-20")];

/// One member in so many said something: about everything, one kind of data, or one purpose.
const OBJECTS: usize = 25;
const OBJECTS_TO_COMMENTS: usize = 40;
const CONSENTS_TO_ADS: usize = 15;

/// The rules that were put in force.
pub(super) struct Rules {
    /// One for each policy, the oldest first.
    pub(super) applied: Vec<AppliedView>,
    /// Documents on record.
    pub(super) documents: usize,
    /// Announcements on record.
    pub(super) notices: usize,
}

/// What members said.
pub(super) struct Said {
    /// Refusals of everything.
    pub(super) objections: usize,
    /// Refusals of one kind of data.
    pub(super) narrow: usize,
    /// Consents.
    pub(super) consents: usize,
}

/// Applies the shipped policies, and records the documents and announcements that they need.
pub(super) async fn put_rules_in_force(state: &State, at: Instant) -> anyhow::Result<Rules> {
    let mut facts = Vec::new();
    for (kind, title) in DOCUMENTS {
        let hash = blake3::hash(title.as_bytes()).to_hex().to_string();
        let (kind, title) = (kind.to_owned(), title.to_owned());
        facts.push(NewFact::Document(Document { kind, policy_version: None, hash, title }));
    }
    let members_below = MemberNumber::from_i64(state.store.member_count().await?);
    for (version, regions, delivered_at) in NOTICES {
        let regions = regions.iter().map(|region| region.parse()).collect::<Result<_, _>>()?;
        facts.push(NewFact::Notice(Notice {
            policy_version: version.parse::<Day>().context("the day of a policy")?,
            reach: Reach::Cohort { regions, members_below },
            delivered_at: delivered_at.parse().context("the day of a notice")?,
            source: SOURCE.to_owned(),
        }));
    }
    state.store.record(facts, at).await?;
    let mut applied = Vec::new();
    for (file, bytes) in shipped() {
        let policy = Policy::parse(Path::new(file), bytes)?;
        applied.push(apply(state, &policy, bytes.to_vec()).await?);
    }
    Ok(Rules { applied, documents: DOCUMENTS.len(), notices: NOTICES.len() })
}

/// Records what members said on the platform before today.
pub(super) async fn record_choices(
    state: &State,
    network: &Network,
    at: Instant,
) -> anyhow::Result<Said> {
    let (ai, ads): (Purpose, Purpose) = ("generative-ai".parse()?, "partner-ads".parse()?);
    let everything = Scope::Everything;
    let comments = Scope::Category(Category::Comments);
    let mut said = Said { objections: 0, narrow: 0, consents: 0 };
    let mut choices = Vec::new();
    for (place, member) in network.members().iter().enumerate() {
        let mut say = |count: &mut usize, purpose: &Purpose, scope, answer| {
            *count += 1;
            // Everybody spoke on another day.
            let said_at = at.plus_days(-30 - i64::try_from(place % 300).unwrap_or(0));
            choices.push((member.external_id.clone(), purpose.clone(), scope, answer, said_at));
        };
        if place % OBJECTS == 3 {
            say(&mut said.objections, &ai, everything, Answer::Refuse);
        }
        if place % OBJECTS_TO_COMMENTS == 7 {
            say(&mut said.narrow, &ai, comments, Answer::Refuse);
        }
        if place % CONSENTS_TO_ADS == 5 {
            say(&mut said.consents, &ads, everything, Answer::Allow);
        }
    }
    let keys = state.keys()?.sources;
    let record = |(external, purpose, scope, answer, said_at)| async move {
        let name = format!("{SOURCE}:{external}");
        let member = find_member(&state.store, &keys, &name).await?.context("an unknown member")?;
        let (source, withdraws_consent) = (SOURCE.to_owned(), false);
        let member = member.number;
        let choice = Choice { member, purpose, scope, answer, said_at, source, withdraws_consent };
        state.store.choose(choice, at).await?;
        anyhow::Ok(())
    };
    stream::iter(choices).map(record).buffered(256).try_collect::<Vec<()>>().await?;
    Ok(said)
}
