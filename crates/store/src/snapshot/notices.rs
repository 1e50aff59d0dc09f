use std::collections::BTreeMap;

use policy::{Country, Day, Instant, MemberNumber};

use crate::{Notice, Reach};

/// Which announcements reached whom: few cohorts, and members one by one.
#[derive(Debug, Clone, Default)]
pub(super) struct Notices {
    cohorts: Vec<Notice>,
    members: BTreeMap<MemberNumber, Vec<(Day, Instant)>>,
}

impl Notices {
    pub(super) fn apply(&mut self, notice: &Notice) {
        match notice.reach {
            Reach::Member(member) => {
                let delivered = (notice.policy_version, notice.delivered_at);
                self.members.entry(member).or_default().push(delivered);
            }
            Reach::Cohort { .. } => self.cohorts.push(notice.clone()),
        }
    }

    pub(super) fn earliest(
        &self,
        member: MemberNumber,
        region: Option<Country>,
        announced_by: Day,
    ) -> Option<Instant> {
        let own = self.members.get(&member).into_iter().flatten().copied();
        let shared = self.cohorts.iter().filter(|notice| notice.reach.includes(member, region));
        let shared = shared.map(|notice| (notice.policy_version, notice.delivered_at));
        let counting = own.chain(shared).filter(|(version, _)| *version >= announced_by);
        counting.map(|(_, delivered_at)| delivered_at).min()
    }
}
