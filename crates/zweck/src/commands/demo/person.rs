use std::collections::BTreeMap;

use ::policy::{AgeClass, Answer, Instant, MemberNumber, Purpose, Sequence, Status, Visibility};
use anyhow::Context;
use store::{Choice, Scope};
use testkit::{Member, NamingForm, Network};

use super::{Documents, SOURCE};
use crate::state::{State, find_member};

/// Candidates whose names are looked for in the corpus.
const LOOKED_FOR: usize = 30;

/// The member who says no.
pub(super) struct Person {
    /// On the platform.
    pub(super) external: String,
    /// The number.
    pub(super) number: MemberNumber,
    /// The display name.
    pub(super) name: String,
    /// Where the person lives.
    pub(super) region: String,
}

impl Person {
    /// Somebody whose data is used, and who is named most by others in the corpus.
    pub(super) async fn find(
        state: &State,
        network: &Network,
        documents: &Documents,
    ) -> anyhow::Result<Self> {
        let mut namings: BTreeMap<&str, usize> = BTreeMap::new();
        for item in network.items().iter().filter(|one| one.visibility == Some(Visibility::Public))
        {
            for naming in item.namings.iter().filter(|one| one.form != NamingForm::Thread) {
                *namings.entry(&naming.member).or_default() += 1;
            }
        }
        let mut candidates: Vec<_> = namings
            .into_iter()
            .filter_map(|(external, count)| Some((count, network.member(external)?)))
            .filter(|(_, member)| could_say_no(member, network))
            .collect();
        candidates.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let found =
            |member: &Member| documents.values().filter(|text| text.contains(&member.name)).count();
        let candidates = candidates.into_iter().take(LOOKED_FOR);
        let most_named = candidates.max_by_key(|(_, member)| found(member));
        let (_, member) = most_named.context("nobody in this network is named by others")?;
        let keys = state.keys()?.sources;
        let reference = format!("{SOURCE}:{}", member.external_id);
        let known = find_member(&state.store, &keys, &reference).await?;
        Ok(Self {
            external: member.external_id.clone(),
            number: known.context("the network's member is unknown")?.number,
            name: member.name.clone(),
            region: member.region.map_or_else(String::new, |region| region.to_string()),
        })
    }

    /// Says no to a purpose, an hour after everything else.
    pub(super) async fn objects(
        &self,
        state: &State,
        purpose: &Purpose,
        start: Instant,
    ) -> anyhow::Result<Sequence> {
        let an_hour_later = Instant::from_micros(start.as_micros().saturating_add(3_600_000_000));
        let choice = Choice {
            member: self.number,
            purpose: purpose.clone(),
            scope: Scope::Everything,
            answer: Answer::Refuse,
            said_at: an_hour_later,
            source: SOURCE.to_owned(),
            withdraws_consent: false,
        };
        Ok(state.store.choose(choice, an_hour_later).await?)
    }
}

/// Whether the member's data could be used, and the name means nobody else.
fn could_say_no(member: &Member, network: &Network) -> bool {
    let may_be_used = member.age == Some(AgeClass::Adult)
        && member.status == Some(Status::Active)
        && member.region.is_some();
    may_be_used && !member.has_one_word_name() && network.members_called(&member.name).count() == 1
}
