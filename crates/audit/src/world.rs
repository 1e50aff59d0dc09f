//! What was known after each fact, by replaying all of them from the first.

use std::collections::{BTreeMap, BTreeSet};

use policy::{AgeClass, Answer, Country, Day, Instant, Region, Status};

use crate::store::{Fact, Notice, Objection, Said, Scope};

/// Everything that is known after one fact. Plain maps, nothing resolved in advance.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) accounts: BTreeMap<i64, Account>,
    /// Everything said, by member and purpose; but for allowances from the future of a refusal that
    /// came after them.
    pub(crate) said: BTreeMap<(i64, String), Vec<Word>>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) objections: BTreeMap<String, Objection>,
    pub(crate) restricted_members: BTreeSet<i64>,
    pub(crate) restricted_items: BTreeSet<(i64, i64)>,
    pub(crate) documents: BTreeSet<(String, Option<Day>)>,
}

/// What was said at which scope, and when.
type Word = (Scope, Answer, Instant);

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Account {
    pub(crate) region: Option<Country>,
    pub(crate) age: Option<AgeClass>,
    pub(crate) status: Option<Status>,
}

/// The choice that holds for one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InForce {
    pub(crate) answer: Answer,
    /// Of a refusal that was repeated: when it was said first.
    pub(crate) since: Instant,
}

impl World {
    pub(crate) fn replay(&mut self, fact: &Fact) {
        match &fact.said {
            Said::Account { member, region, age, status } => {
                let account = self.accounts.entry(*member).or_default();
                if region.is_some() {
                    account.region = *region;
                }
                if age.is_some() {
                    account.age = *age;
                }
                if status.is_some() {
                    account.status = *status;
                }
            }
            Said::Choice(choice) => {
                let key = (choice.member, choice.purpose.clone());
                let all = self.said.entry(key).or_default();
                if choice.answer == Answer::Refuse {
                    all.retain(|(scope, answer, said_at)| {
                        let is_ahead = *said_at > fact.recorded_at;
                        !(*scope == choice.scope && *answer == Answer::Allow && is_ahead)
                    });
                }
                all.push((choice.scope, choice.answer, choice.said_at));
            }
            Said::Notice(notice) => self.notices.push(notice.clone()),
            Said::Objection(objection) => {
                self.objections.insert(objection.id.clone(), objection.clone());
            }
            Said::Ruling { member, item, restricted } => self.rule(*member, *item, *restricted),
            Said::Document { kind, about } => {
                self.documents.insert((kind.clone(), *about));
            }
            Said::Policy(_) | Said::Withdrawn { .. } => {}
        }
    }

    /// The choice in force at every scope at which the member said anything about the purpose.
    pub(crate) fn choices(&self, member: i64, purpose: &str) -> BTreeMap<Scope, InForce> {
        let mut by_scope: BTreeMap<Scope, Vec<(Instant, Answer)>> = BTreeMap::new();
        let said = self.said.get(&(member, purpose.to_owned()));
        for (scope, answer, said_at) in said.into_iter().flatten() {
            by_scope.entry(*scope).or_default().push((*said_at, *answer));
        }
        by_scope.into_iter().filter_map(|(scope, said)| Some((scope, in_force(said)?))).collect()
    }

    /// The status, in which a ruling about the whole account shows.
    pub(crate) fn status(&self, member: i64) -> Option<Status> {
        let status = self.accounts.get(&member)?.status?;
        if status == Status::Active && self.restricted_members.contains(&member) {
            return Some(Status::Restricted);
        }
        Some(status)
    }

    /// When the first announcement of a version or a later one reached the member.
    pub(crate) fn announced(&self, member: i64, version: Day) -> Option<Instant> {
        let region = self.accounts.get(&member).and_then(|account| account.region);
        let mut first = None;
        for notice in &self.notices {
            if notice.version < version || !reached(notice, member, region) {
                continue;
            }
            if first.is_none_or(|first| notice.delivered_at < first) {
                first = Some(notice.delivered_at);
            }
        }
        first
    }

    /// Whether the member's name must not stand in the words of others.
    pub(crate) fn must_not_be_named(&self, member: i64, purpose: &str) -> bool {
        if self.status(member) != Some(Status::Active) {
            return true;
        }
        let choices = self.choices(member, purpose);
        [Scope::Everything, Scope::Category(policy::Category::Profile)]
            .iter()
            .filter_map(|scope| choices.get(scope))
            .any(|choice| choice.answer == Answer::Refuse)
    }

    /// Every member about whom any fact says anything.
    pub(crate) fn members(&self) -> BTreeSet<i64> {
        let accounts = self.accounts.keys().copied();
        let said = self.said.keys().map(|(member, _)| *member);
        let ruled = self.restricted_members.iter().copied();
        let items = self.restricted_items.iter().map(|(member, _)| *member);
        accounts.chain(said).chain(ruled).chain(items).collect()
    }

    fn rule(&mut self, member: i64, item: Option<i64>, restricted: bool) {
        match (item, restricted) {
            (None, true) => {
                self.restricted_members.insert(member);
            }
            (None, false) => {
                self.restricted_members.remove(&member);
            }
            (Some(item), true) => {
                self.restricted_items.insert((member, item));
            }
            (Some(item), false) => {
                self.restricted_items.remove(&(member, item));
            }
        }
    }
}

/// What was said last holds, since it was said first without a break; at the same instant a refusal
/// does.
fn in_force(mut said: Vec<(Instant, Answer)>) -> Option<InForce> {
    // Latest first, and of one instant refusals first.
    said.sort_by_key(|(at, answer)| (std::cmp::Reverse(*at), *answer != Answer::Refuse));
    let (at, answer) = *said.first()?;
    let mut since = at;
    for (at, _) in said.into_iter().take_while(|(_, one)| *one == answer) {
        since = at;
    }
    Some(InForce { answer, since })
}

fn reached(notice: &Notice, member: i64, region: Option<Country>) -> bool {
    if let Some(one) = notice.member {
        return one == member;
    }
    let lives_there = |named: &Region| match named {
        Region::Elsewhere => true,
        Region::Country(country) => region == Some(*country),
        Region::Group(group) => region.is_some_and(|country| group.contains(country)),
    };
    member < notice.members_below && notice.regions.iter().any(lives_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    #[test]
    fn what_was_said_last_holds_since_it_was_said_first() {
        let check = |said: &[(i64, Answer)], expected: Option<(Answer, i64)>| {
            let said = said.iter().map(|(micros, answer)| (at(*micros), *answer)).collect();
            let found = in_force(said).map(|one| (one.answer, one.since.as_micros()));
            assert_eq!(found, expected);
        };
        use Answer::{Allow, Refuse};
        check(&[], None);
        check(&[(1, Allow)], Some((Allow, 1)));
        check(&[(5, Refuse), (3, Allow)], Some((Refuse, 5)));
        check(&[(5, Refuse), (5, Allow)], Some((Refuse, 5)));
        check(&[(5, Allow), (5, Refuse), (7, Refuse)], Some((Refuse, 5)));
        check(&[(1, Refuse), (2, Allow), (4, Refuse), (3, Refuse)], Some((Refuse, 3)));
        check(&[(1, Refuse), (2, Allow)], Some((Allow, 2)));
        check(&[(1, Refuse), (3, Allow), (2, Allow)], Some((Allow, 2)));
    }

    #[test]
    fn a_cohort_reaches_who_lives_there_and_was_there() {
        let notice = Notice {
            version: "2025-11-03".parse().unwrap(),
            member: None,
            regions: vec!["EEA".parse().unwrap()],
            members_below: 3,
            delivered_at: at(1),
        };
        let norway: Option<Country> = Some("NO".parse().unwrap());
        assert!(reached(&notice, 2, norway));
        assert!(!reached(&notice, 3, norway));
        assert!(!reached(&notice, 2, Some("CH".parse().unwrap())));
        assert!(!reached(&notice, 2, None));
    }
}
