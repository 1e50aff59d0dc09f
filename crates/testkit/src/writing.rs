use std::collections::HashSet;

use policy::{Instant, Visibility};

use crate::{
    Item, ItemKind, Language, Member, NamingForm, PlantedFact, Reference,
    chance::Chance,
    draft::{self, Draft, Naming as NamedPerson},
    network,
};

const KINDS: [(ItemKind, u32); 4] = [
    (ItemKind::Post, 50),
    (ItemKind::Comment, 32),
    (ItemKind::GroupPost, 10),
    (ItemKind::Article, 8),
];

const ITEM_VISIBILITIES: [(Option<Visibility>, u32); 5] = [
    (Some(Visibility::Public), 72),
    (Some(Visibility::Network), 9),
    (Some(Visibility::Connections), 8),
    (Some(Visibility::Private), 4),
    (None, 7),
];

const GROUP_VISIBILITIES: [(Option<Visibility>, u32); 3] =
    [(Some(Visibility::Group), 70), (Some(Visibility::Public), 22), (None, 8)];

const FORMS: [(NamingForm, u32); 5] = [
    (NamingForm::Linked, 40),
    (NamingForm::Plain, 25),
    (NamingForm::At, 15),
    (NamingForm::LowerCase, 12),
    (NamingForm::Quoted, 8),
];

const FORMS_IN_ANSWERS: [(NamingForm, u32); 6] = [
    (NamingForm::Thread, 35),
    (NamingForm::Quoted, 25),
    (NamingForm::At, 15),
    (NamingForm::Linked, 15),
    (NamingForm::Plain, 5),
    (NamingForm::LowerCase, 5),
];

/// Everything that was written.
pub(crate) struct Written {
    /// In the order of their instants.
    pub(crate) items: Vec<Item>,
    /// Personal facts, with the place of whose they are among the members.
    pub(crate) planted: Vec<(usize, PlantedFact)>,
}

/// Writes what the members say: first what stands alone, then the answers to it.
pub(crate) fn write(chance: &mut Chance, members: &[Member], items_per_member: usize) -> Written {
    let mut scribe =
        Scribe { chance, members, entries: Vec::new(), texts: HashSet::new(), planted: Vec::new() };
    let mut answers = Vec::new();
    for (place, member) in members.iter().enumerate() {
        for _ in 0..scribe.number_of_items(items_per_member) {
            match scribe.chance.weighted(&KINDS).unwrap_or(ItemKind::Post) {
                ItemKind::Comment => answers.push((place, member)),
                kind => scribe.write_alone(place, member, kind),
            }
        }
    }
    for (place, member) in answers {
        scribe.write_answer(place, member);
    }
    let mut items: Vec<Item> = scribe.entries.into_iter().map(|entry| entry.item).collect();
    items.sort_by(|left, right| (left.created, &left.id).cmp(&(right.created, &right.id)));
    Written { items, planted: scribe.planted }
}

struct Scribe<'a> {
    chance: &'a mut Chance,
    members: &'a [Member],
    entries: Vec<Entry>,
    texts: HashSet<String>,
    planted: Vec<(usize, PlantedFact)>,
}

struct Entry {
    item: Item,
    /// The place of who wrote it among the members.
    author: usize,
    /// A personal fact stands in one item only, so such an item is never copied.
    may_be_copied: bool,
}

impl<'a> Scribe<'a> {
    /// A few members write nothing, a few write a lot; the average is the one asked for.
    fn number_of_items(&mut self, average: usize) -> usize {
        match self.chance.between(0, 99) {
            _ if average == 0 => 0,
            0..15 => 0,
            15..90 => self.chance.between(1, 2 * average - 1),
            _ => self.chance.between(average, 4 * average),
        }
    }

    fn write_alone(&mut self, place: usize, member: &'a Member, kind: ItemKind) {
        if self.chance.permille(32) && self.write_copy(place, member, kind) {
            return;
        }
        let created = self.chance.instant(member.joined, network::LAST_WRITING);
        self.write_new(place, member, kind, created, None);
    }

    /// Posts the text of somebody else again, if a draw finds one that can be.
    fn write_copy(&mut self, place: usize, member: &Member, kind: ItemKind) -> bool {
        let drawn = self.chance.between(0, self.entries.len().saturating_sub(1));
        let tail = self.entries.get(drawn..).unwrap_or_default();
        let found = tail.iter().find(|entry| entry.item.kind == kind);
        let Some(Entry { item, author, may_be_copied: true }) = found else { return false };
        if *author == place || item.namings.iter().any(|one| one.member == member.external_id) {
            return false;
        }
        let copy = Item {
            id: self.next_id(),
            author: member.external_id.clone(),
            created: after(self.chance, item.created.max(member.joined), 200),
            updated: None,
            copy_of: item.copy_of.clone().or_else(|| Some(item.id.clone())),
            ..item.clone()
        };
        self.entries.push(Entry { item: copy, author: place, may_be_copied: true });
        true
    }

    /// Answers any earlier item; where there is none it stands alone.
    fn write_answer(&mut self, place: usize, member: &'a Member) {
        let drawn = self.chance.between(0, self.entries.len().saturating_sub(1));
        let Some(parent) = self.entries.get(drawn) else {
            return self.write_alone(place, member, ItemKind::Post);
        };
        let answered = Answered {
            reference: parent.item.reference(),
            author: parent.author,
            quote: draft::first_sentence(&parent.item),
        };
        let earliest = parent.item.created.max(member.joined);
        let created = after(self.chance, earliest, 20);
        self.write_new(place, member, ItemKind::Comment, created, Some(answered));
    }

    fn write_new(
        &mut self,
        place: usize,
        member: &'a Member,
        kind: ItemKind,
        created: Instant,
        answered: Option<Answered>,
    ) {
        let switches = member.language == Language::German && self.chance.percent(10);
        let language = if switches { Language::English } else { member.language };
        let named = self.who_is_named(place, answered.as_ref());
        let draft = self.new_text(member, kind, language, named.as_ref());
        let id = self.next_id();
        let may_be_copied = draft.facts.is_empty();
        for (kind, text) in draft.facts {
            self.planted.push((place, PlantedFact { kind, text, item: id.clone() }));
        }
        let says_harmless = self.chance.percent(2).then_some(false);
        let item = Item {
            id,
            kind,
            author: member.external_id.clone(),
            title: draft.title,
            text: draft.text,
            language,
            language_is_stated: self.chance.percent(85),
            visibility: self.visibility(kind),
            created,
            updated: self.chance.percent(8).then(|| after(self.chance, created, 60)),
            parent: answered.map(|answered| answered.reference),
            namings: draft.namings,
            sensitive: if draft.sensitive { Some(true) } else { says_harmless },
            copy_of: None,
        };
        self.entries.push(Entry { item, author: place, may_be_copied });
    }

    /// A text that nobody wrote before: copies are made on purpose only.
    fn new_text(
        &mut self,
        member: &Member,
        kind: ItemKind,
        language: Language,
        named: Option<&NamedPerson>,
    ) -> Draft {
        let mut draft = draft::compose(self.chance, member, kind, language, named);
        while self.texts.contains(&draft.text) {
            draft.add_sentence(self.chance, member, language);
        }
        self.texts.insert(draft.text.clone());
        draft
    }

    /// About one text in ten names somebody; answers name whom they answer most of the time.
    fn who_is_named(&mut self, place: usize, answered: Option<&Answered>) -> Option<NamedPerson> {
        let share = if answered.is_some() { 150 } else { 85 };
        if !self.chance.permille(share) {
            return None;
        }
        let table: &[_] = if answered.is_some() { &FORMS_IN_ANSWERS } else { &FORMS };
        let form = self.chance.weighted(table)?;
        let anybody = self.chance.between(0, self.members.len().saturating_sub(1));
        let needs_author = matches!(form, NamingForm::Thread | NamingForm::Quoted);
        let named = match answered {
            Some(answered) if needs_author || self.chance.percent(50) => answered.author,
            _ => anybody,
        };
        if named == place {
            return None;
        }
        let quote = answered.and_then(|answered| answered.quote.clone());
        let member = self.members.get(named)?;
        Some(NamedPerson {
            member: member.external_id.clone(),
            words: form.write(&member.name),
            form,
            quote,
        })
    }

    fn visibility(&mut self, kind: ItemKind) -> Option<Visibility> {
        match kind {
            ItemKind::GroupPost => self.chance.weighted(&GROUP_VISIBILITIES).flatten(),
            _ => self.chance.weighted(&ITEM_VISIBILITIES).flatten(),
        }
    }

    fn next_id(&self) -> String {
        format!("i{:07}", self.entries.len())
    }
}

/// What a comment answers.
struct Answered {
    reference: Reference,
    /// The place of who wrote it among the members.
    author: usize,
    /// What of it may be quoted: a sentence that names nobody.
    quote: Option<String>,
}

/// From a minute later to so many days later, but not after the last day of writing.
fn after(chance: &mut Chance, instant: Instant, days: i64) -> Instant {
    let earliest = Instant::from_micros(instant.as_micros().saturating_add(60_000_000));
    chance.instant(earliest, earliest.plus_days(days).min(network::LAST_WRITING))
}
