//! Asks `decide` about rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use policy::{
    Answer, Category, Choices as MadeChoices, Facts, Instant, ItemId, MemberNumber, Reason,
    ReasonSet, Request, decide,
};
use serde::Serialize;
use store::Scope;

use crate::{Choices, Field, Rules, choices::Author, facts::Understood, row::Row};

/// Decided combinations that are kept; beyond, everything is decided anew.
const KEPT: usize = 100_000;

/// Decides over rows of a data set, by `policy::decide` alone.
#[derive(Debug)]
pub struct Judge {
    rules: Rules,
    choices: Choices,
    /// What was decided about authors who said nothing: rows differ in few ways.
    decided: HashMap<(Category, Facts), ReasonSet>,
    met: HashSet<MemberNumber>,
    not_understood: BTreeMap<Field, NotUnderstood>,
}

/// Values of a column that say nothing that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotUnderstood {
    /// How many rows have one.
    pub rows: u64,
    /// The file of the first.
    pub file: String,
    /// The row of the first, from 1.
    pub row: u64,
}

/// The members that an author may be, more than one.
pub(crate) type Several = Vec<String>;

impl Judge {
    /// A judge who knows the rules and the choices.
    pub fn new(rules: Rules, choices: Choices) -> Self {
        Self {
            rules,
            choices,
            decided: HashMap::new(),
            met: HashSet::new(),
            not_understood: BTreeMap::new(),
        }
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How many members said anything about the purpose.
    pub fn members_with_choices(&self) -> usize {
        self.choices.members(&self.rules.purpose)
    }

    /// How many of those wrote any row so far.
    pub fn members_met(&self) -> usize {
        self.met.len()
    }

    /// Values that were not understood so far, by field.
    pub fn not_understood(&self) -> &BTreeMap<Field, NotUnderstood> {
        &self.not_understood
    }

    /// Every reason against a row.
    pub(crate) fn reasons(
        &mut self,
        row: &Row<'_>,
        (file, number): (&str, u64),
    ) -> Result<ReasonSet, Several> {
        let Understood { category, facts, not_understood } = self.rules.understand(row);
        for field in not_understood {
            let first = || NotUnderstood { rows: 0, file: file.to_owned(), row: number };
            self.not_understood.entry(field).or_insert_with(first).rows += 1;
        }
        // an author that is no id is unknown, and may still be somebody who objected
        let author = row.get(Field::Author).text();
        let source = self.rules.source.as_deref();
        let author = author.map_or(Author::Silent, |name| self.choices.author(name, source));
        // A kind of data that nobody knows is on no policy's list.
        let unlisted = ReasonSet::EMPTY.with(Reason::NotThisPurpose);
        match (author, category) {
            (Author::Several(members), _) => Err(members),
            (_, None) => Ok(unlisted),
            (Author::Silent, Some(category)) => Ok(self.of_silent(category, facts)),
            (Author::Member(member), Some(category)) => {
                let item = row.get(Field::Item).id();
                Ok(self.of_member(member, category, facts, item))
            }
        }
    }

    fn of_silent(&mut self, category: Category, mut facts: Facts) -> ReasonSet {
        facts.item.created = facts.item.created.map(|created| self.canonical(created));
        if let Some(reasons) = self.decided.get(&(category, facts)) {
            return *reasons;
        }
        let reasons = self.decide(category, &facts);
        if self.decided.len() < KEPT {
            self.decided.insert((category, facts), reasons);
        }
        reasons
    }

    /// The choices of a member are those of the row's category and of the item that it is. Where
    /// the row does not say which item it is, it may be any that the member refused.
    fn of_member(
        &mut self,
        member: MemberNumber,
        category: Category,
        mut facts: Facts,
        item: Option<&str>,
    ) -> ReasonSet {
        let Self { choices, rules, .. } = &*self;
        let (snapshot, purpose) = (choices.snapshot(), &rules.purpose);
        let in_force = |scope| snapshot.choice(member, purpose, scope);
        facts.choices = MadeChoices {
            everything: in_force(Scope::Everything),
            category: in_force(Scope::Category(category)),
            item: None,
        };
        let all = snapshot.choices_of(member, purpose);
        let items = all.iter().filter_map(|(scope, choice)| match scope {
            Scope::Item(id) => Some((*id, *choice)),
            Scope::Everything | Scope::Category(_) => None,
        });
        let is_meant = |id: ItemId, answer: Answer| match item {
            Some(called) => choices.is_item(id, called, Some(category)),
            None => answer == Answer::Refuse && choices.may_be_item(id, Some(category)),
        };
        let meant: Vec<_> = items.filter(|(id, choice)| is_meant(*id, choice.answer)).collect();
        let mut reasons = ReasonSet::EMPTY;
        if item.is_none() || meant.is_empty() {
            reasons = self.decide(category, &facts);
        }
        for (_, choice) in meant {
            facts.choices.item = Some(choice);
            reasons = reasons.union(self.decide(category, &facts));
        }
        if !all.is_empty() {
            self.met.insert(member);
        }
        reasons
    }

    fn decide(&self, category: Category, facts: &Facts) -> ReasonSet {
        let Rules { policy, purpose, as_of, .. } = &self.rules;
        decide(&Request { policy, purpose, category, as_of: *as_of }, facts).reasons
    }

    /// The first instant of those that `decide` cannot tell apart where nobody chose: what counts
    /// is whether it lies before the cut-off, and whether it lies after the instant asked about.
    fn canonical(&self, created: Instant) -> Instant {
        let Rules { policy, purpose, as_of, .. } = &self.rules;
        let oldest = policy.rules(purpose).and_then(|rules| rules.oldest_content);
        let after = Instant::from_micros(as_of.as_micros().saturating_add(1));
        let bounds = [Some(after), oldest.map(|day| day.start())].into_iter().flatten();
        bounds.filter(|bound| *bound <= created).max().unwrap_or(Instant::from_micros(i64::MIN))
    }
}
