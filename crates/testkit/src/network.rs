use std::{collections::BTreeMap, io};

use policy::{Category, Instant};

use crate::{
    Activity, Item, Member, Naming, Sealed,
    chance::Chance,
    event, population,
    writing::{self, Written},
};

/// 2012-01-01: the day on which the synthetic platform opened.
pub(crate) const OPENING: Instant = Instant::from_micros(1_325_376_000_000_000);
/// 2025-12-31: the last day on which anybody joins.
pub(crate) const LAST_JOINING: Instant = Instant::from_micros(1_767_139_200_000_000);
/// 2026-06-30: the last day on which anybody writes, but for answers within minutes.
pub(crate) const LAST_WRITING: Instant = Instant::from_micros(1_782_777_600_000_000);

const ACTIONS: [(&str, u32); 4] = [("like", 70), ("celebrate", 15), ("share", 10), ("search", 5)];

const SEALED: [Category; 5] = [
    Category::PrivateMessages,
    Category::Credentials,
    Category::Payment,
    Category::Salary,
    Category::JobApplications,
];

/// How much to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkSize {
    members: usize,
    items_per_member: usize,
}

/// A synthetic professional network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub(crate) seed: u64,
    pub(crate) members: Vec<Member>,
    pub(crate) items: Vec<Item>,
    pub(crate) activities: Vec<Activity>,
    pub(crate) sealed: Vec<Sealed>,
    /// Where a member stands in `members`, by external id.
    pub(crate) places: BTreeMap<String, usize>,
}

impl NetworkSize {
    /// This many members, with six items each on average.
    pub const fn of_members(members: usize) -> Self {
        Self { members, items_per_member: 6 }
    }

    /// The same members with another average number of items each; some have none, some have
    /// four times as many.
    #[must_use]
    pub const fn with_items_per_member(self, items_per_member: usize) -> Self {
        Self { items_per_member, ..self }
    }
}

impl Network {
    /// Makes a network; the same size and seed give the same one.
    pub fn generate(size: NetworkSize, seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        let mut members = population::populate(&mut chance, size.members);
        let Written { items, planted } =
            writing::write(&mut chance, &members, size.items_per_member);
        for (place, fact) in planted {
            if let Some(member) = members.get_mut(place) {
                member.planted.push(fact);
            }
        }
        let activities = activities(&mut chance, &members, &items);
        let sealed = sealed(&mut chance, &members);
        let places =
            members.iter().enumerate().map(|(place, one)| (one.external_id.clone(), place));
        let places = places.collect();
        Self { seed, members, items, activities, sealed, places }
    }

    /// Every member.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Every item, in the order in which they were written.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Every reaction.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// Everything that no lake may ever hold.
    pub fn sealed(&self) -> &[Sealed] {
        &self.sealed
    }

    /// The member of an external id.
    pub fn member(&self, external_id: &str) -> Option<&Member> {
        self.places.get(external_id).and_then(|place| self.members.get(*place))
    }

    /// The members with exactly this display name.
    pub fn members_called(&self, name: &str) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.name == name)
    }

    /// The item of an id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// What a member wrote.
    pub fn items_by(&self, external_id: &str) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.author == external_id)
    }

    /// Where a member is named: the items with the places in their texts.
    pub fn namings_of(&self, external_id: &str) -> impl Iterator<Item = (&Item, &Naming)> {
        let places =
            self.items.iter().flat_map(|item| item.namings.iter().map(move |one| (item, one)));
        places.filter(move |(_, naming)| naming.member == external_id)
    }

    /// Writes the network as events, one JSON object a line: members with their profile rows
    /// first, then everything else with each item after what it answers. Tells how many.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn write_events(&self, output: &mut impl io::Write) -> io::Result<usize> {
        event::write_events(self, output)
    }
}

fn activities(chance: &mut Chance, members: &[Member], items: &[Item]) -> Vec<Activity> {
    let mut activities = Vec::new();
    for member in members {
        for _ in 0..chance.between(0, 3) {
            let action = chance.weighted(&ACTIONS).unwrap_or("like");
            let item = items.get(chance.between(0, items.len().saturating_sub(1)));
            let target = item.filter(|_| action != "search");
            let earliest = target.map_or(member.joined, |item| item.created.max(member.joined));
            activities.push(Activity {
                id: format!("a{:07}", activities.len()),
                member: member.external_id.clone(),
                action,
                target: target.map(Item::reference),
                created: chance.instant(earliest, LAST_WRITING),
            });
        }
    }
    activities
}

/// One thing for every fifth member, the categories in turn.
fn sealed(chance: &mut Chance, members: &[Member]) -> Vec<Sealed> {
    let mut sealed = Vec::new();
    for (category, member) in SEALED.into_iter().cycle().zip(members.iter().step_by(5)) {
        sealed.push(Sealed {
            id: format!("x{:07}", sealed.len()),
            category,
            member: member.external_id.clone(),
            created: chance.instant(member.joined, LAST_WRITING),
            secret: format!("sealed{}", chance.letters(14)),
        });
    }
    sealed
}
