//! The fold of facts: what is in force right after one of them. Pure; reading is elsewhere.

mod choices;
mod members;
mod notices;

use std::collections::{BTreeMap, BTreeSet};

use policy::{
    AgeClass, Category, Cell, ChoiceInForce, Choices, Country, Day, Facts, Instant, ItemFacts,
    ItemId, MemberNumber, Policy, PolicyHash, Purpose, Sequence, Status,
};

use crate::{Fact, NewFact, Objection, Ruling, Scope};

use self::{choices::SaidChoices, members::Members, notices::Notices};

/// Everything that is in force right after one fact.
///
/// Two bytes a member, and more only for members who chose, who were announced to one by one, or
/// about whom there was a ruling.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    sequence: i64,
    members: Members,
    choices: SaidChoices,
    notices: Notices,
    restricted_items: BTreeSet<(MemberNumber, ItemId)>,
    objections: BTreeMap<String, Objection>,
    documents: BTreeSet<(String, Option<Day>)>,
    policy: Option<PolicyHash>,
}

impl Snapshot {
    /// Before the first fact.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last fact that is folded in.
    pub fn sequence(&self) -> Sequence {
        Sequence::from_i64(self.sequence)
    }

    /// Folds the next fact in; facts have to come in their order.
    pub fn apply(&mut self, fact: &Fact) {
        self.sequence = self.sequence.max(fact.sequence.as_i64());
        match &fact.content {
            NewFact::Account(account) => self.members.apply(account),
            NewFact::Choice(choice) => self.choices.apply(choice, fact.recorded_at),
            NewFact::Notice(notice) => self.notices.apply(notice),
            NewFact::Ruling(ruling) => self.apply_ruling(ruling),
            NewFact::Objection(objection) => {
                if objection.lifted {
                    self.objections.remove(&objection.id);
                } else {
                    self.objections.insert(objection.id.clone(), objection.clone());
                }
            }
            NewFact::PolicyApplied(policy) => self.policy = Some(policy.hash.clone()),
            NewFact::Document(document) => {
                self.documents.insert((document.kind.clone(), document.policy_version));
            }
            // The lake has changed; nobody's facts have.
            NewFact::Withdrawn(_) => {}
        }
    }

    /// What is known for one row: what `decide` asks for, but for what only the row itself says
    /// (visibility, date, sensitive, whom it names). Without an item, choices and rulings about
    /// items do not count.
    pub fn facts(
        &self,
        policy: &Policy,
        purpose: &Purpose,
        member: MemberNumber,
        category: Category,
        item: Option<ItemId>,
    ) -> Facts {
        let region = self.region(member);
        let cell = region.and_then(|region| policy.rules(purpose)?.cell(region));
        Facts {
            member_known: self.is_known(member),
            region,
            age: self.age(member),
            status: self.status(member),
            notice: cell.and_then(|cell| self.notice(member, cell.announced_by)),
            documents_complete: cell.is_none_or(|cell| self.documents_complete(policy, cell)),
            choices: Choices {
                everything: self.choice(member, purpose, Scope::Everything),
                category: self.choice(member, purpose, Scope::Category(category)),
                item: item.and_then(|item| self.choice(member, purpose, Scope::Item(item))),
            },
            item: ItemFacts {
                restricted: item.is_some_and(|item| self.is_restricted(member, item)),
                ..ItemFacts::default()
            },
        }
    }

    /// Whether any account fact names the member.
    pub fn is_known(&self, member: MemberNumber) -> bool {
        self.members.is_known(member)
    }

    /// Where the member lives.
    pub fn region(&self, member: MemberNumber) -> Option<Country> {
        self.members.region(member)
    }

    /// Whether the member is an adult.
    pub fn age(&self, member: MemberNumber) -> Option<AgeClass> {
        self.members.age(member)
    }

    /// The state of the account; restricted also while a ruling restricts the whole account.
    pub fn status(&self, member: MemberNumber) -> Option<Status> {
        self.members.status(member)
    }

    /// When the first announcement of `announced_by` or a later version reached the member.
    ///
    /// Cohorts reach whoever lives in their regions in this snapshot.
    pub fn notice(&self, member: MemberNumber, announced_by: Day) -> Option<Instant> {
        self.notices.earliest(member, self.region(member), announced_by)
    }

    /// Whether every document that the cell requires is on record for this policy version.
    pub fn documents_complete(&self, policy: &Policy, cell: &Cell) -> bool {
        let on_record = |kind: &String| {
            [None, Some(policy.version)]
                .into_iter()
                .any(|version| self.documents.contains(&(kind.clone(), version)))
        };
        cell.documents.iter().all(on_record)
    }

    /// The choice in force for one scope: the one said last; said at the same instant, a refusal
    /// wins, as it does over an allowance on record that lies in the future when it is recorded. It
    /// counts from the first instant of its unbroken run: who agrees twice has agreed since the
    /// first time.
    pub fn choice(
        &self,
        member: MemberNumber,
        purpose: &Purpose,
        scope: Scope,
    ) -> Option<ChoiceInForce> {
        self.choices.in_force(member, purpose, scope)
    }

    /// Every choice of a member in force for a purpose, by scope.
    pub fn choices_of(
        &self,
        member: MemberNumber,
        purpose: &Purpose,
    ) -> Vec<(Scope, ChoiceInForce)> {
        self.choices.all_in_force(member, purpose)
    }

    /// Whether a ruling keeps the item from every use.
    pub fn is_restricted(&self, member: MemberNumber, item: ItemId) -> bool {
        self.restricted_items.contains(&(member, item))
    }

    /// Whether the member's name is redacted in the words of others, for this purpose.
    pub fn must_be_redacted(&self, member: MemberNumber, purpose: &Purpose) -> bool {
        let about_everything = Choices {
            everything: self.choice(member, purpose, Scope::Everything),
            category: self.choice(member, purpose, Scope::Category(Category::Profile)),
            item: None,
        };
        policy::must_be_redacted(self.status(member), about_everything)
    }

    /// One more than the greatest member number that any fact names.
    pub fn members_below(&self) -> MemberNumber {
        self.members.below()
    }

    /// The members that are known, by number.
    pub fn members(&self) -> impl Iterator<Item = MemberNumber> {
        self.members.known()
    }

    /// The members who said anything about the purpose, by number.
    pub fn members_with_choices(&self, purpose: &Purpose) -> impl Iterator<Item = MemberNumber> {
        self.choices.members(purpose)
    }

    /// The members for whom one bit is not enough, by number: who chose about a category or an
    /// item, or of whom an item is restricted by a ruling.
    pub fn exceptional_members(&self, purpose: &Purpose) -> BTreeSet<MemberNumber> {
        let ruled = self.restricted_items.iter().map(|(member, _)| *member);
        self.choices.members_with_narrow_choices(purpose).chain(ruled).collect()
    }

    /// The members whose names are redacted for the purpose, by number, as far as any fact names
    /// them; of the numbers after those nothing is known, so [`Self::must_be_redacted`] holds too.
    pub fn redacted_members(&self, purpose: &Purpose) -> impl Iterator<Item = MemberNumber> {
        let below = self.members_below().max(self.choices.below());
        (0..below.as_i64())
            .map(MemberNumber::from_i64)
            .filter(move |member| self.must_be_redacted(*member, purpose))
    }

    /// The items that rulings keep from every use, by member.
    pub fn restricted_items(&self) -> impl Iterator<Item = (MemberNumber, ItemId)> {
        self.restricted_items.iter().copied()
    }

    /// The items of one member that rulings keep from every use.
    pub fn restricted_items_of(&self, member: MemberNumber) -> impl Iterator<Item = ItemId> {
        let [first, last] = [i64::MIN, i64::MAX].map(|item| (member, ItemId::from_i64(item)));
        self.restricted_items.range(first..=last).map(|(_, item)| *item)
    }

    /// The non-members' objections in force for the purpose, by id.
    pub fn objections(&self, purpose: &Purpose) -> impl Iterator<Item = &Objection> {
        self.objections.values().filter(move |objection| objection.purpose == *purpose)
    }

    /// The policy that was applied last.
    pub fn policy(&self) -> Option<&PolicyHash> {
        self.policy.as_ref()
    }

    /// Notes that there is no fact up to `sequence` that is not folded in.
    pub(crate) fn advance_to(&mut self, sequence: Sequence) {
        self.sequence = self.sequence.max(sequence.as_i64());
    }

    fn apply_ruling(&mut self, ruling: &Ruling) {
        match (ruling.item, ruling.restricted) {
            (None, restricted) => self.members.rule(ruling.member, restricted),
            (Some(item), true) => {
                self.restricted_items.insert((ruling.member, item));
            }
            (Some(item), false) => {
                self.restricted_items.remove(&(ruling.member, item));
            }
        }
    }
}
