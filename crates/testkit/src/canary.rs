use policy::{Instant, Status};

use crate::{Item, ItemKind, Language, Member, Network, chance::Chance, population};

/// A word that stands in one field of one row of one member, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canary {
    /// The field, for example `position.employer`; a member with two positions has two of these.
    pub field: &'static str,
    /// The word: small letters only.
    pub word: String,
}

impl Network {
    /// Puts a canary into every free text and every id of a member's own rows, after giving the
    /// member at least one row of each kind, and tells them; `None` if there is no such member.
    ///
    /// The external id of the member becomes a canary too (the one with the field `member.id`):
    /// whoever refers to the member refers to the new one. In the texts of others the member keeps
    /// the old name, so the namings of the member no longer show the name that the member now has.
    pub fn plant_canaries(&mut self, external_id: &str) -> Option<Vec<Canary>> {
        let place = *self.places.get(external_id)?;
        let mut hatchery = Hatchery::new(self.seed);
        let new_id = hatchery.hatch("member.id");
        let member = self.members.get_mut(place)?;
        complete(&mut hatchery.chance, member);
        member.external_id.clone_from(&new_id);
        hatchery.enter_member(member);
        let (joined, language) = (member.joined, member.language);
        self.add_missing_items(external_id, joined, language);
        self.refer_to_new_member(external_id, &new_id);
        let own = self.items.iter_mut().filter(|item| item.author == new_id);
        let renamed: Vec<_> = own.map(|item| hatchery.enter_item(item)).collect();
        for (old, new) in renamed {
            self.refer_to_new_item(&old, &new);
        }
        self.places.remove(external_id);
        self.places.insert(new_id, place);
        Some(hatchery.canaries)
    }

    fn add_missing_items(&mut self, author: &str, joined: Instant, language: Language) {
        for kind in ItemKind::ALL {
            if self.items.iter().any(|item| item.author == author && item.kind == kind) {
                continue;
            }
            let parent = self.items.first().filter(|_| kind == ItemKind::Comment);
            let earliest = parent.map_or(joined, |parent| parent.created.max(joined));
            let created = Instant::from_micros(earliest.as_micros().saturating_add(60_000_000));
            let item = Item {
                id: format!("i-{author}-{}", kind.name()),
                kind,
                author: author.to_owned(),
                title: (kind == ItemKind::Article).then(|| "A title".to_owned()),
                text: "A text.".to_owned(),
                language,
                language_is_stated: true,
                visibility: Some(policy::Visibility::Public),
                created,
                updated: None,
                parent: parent.map(Item::reference),
                namings: Vec::new(),
                sensitive: None,
                copy_of: None,
            };
            let place = self.items.partition_point(|other| other.created <= created);
            self.items.insert(place, item);
        }
    }

    fn refer_to_new_member(&mut self, old: &str, new: &str) {
        let rename = |member: &mut String| {
            if member == old {
                new.clone_into(member);
            }
        };
        for item in &mut self.items {
            rename(&mut item.author);
            item.parent.iter_mut().for_each(|parent| rename(&mut parent.member));
            item.namings.iter_mut().for_each(|naming| rename(&mut naming.member));
        }
        for activity in &mut self.activities {
            rename(&mut activity.member);
            activity.target.iter_mut().for_each(|target| rename(&mut target.member));
        }
        self.sealed.iter_mut().for_each(|sealed| rename(&mut sealed.member));
    }

    fn refer_to_new_item(&mut self, old: &str, new: &str) {
        let rename = |id: &mut String| {
            if id == old {
                new.clone_into(id);
            }
        };
        for item in &mut self.items {
            item.parent.iter_mut().for_each(|parent| rename(&mut parent.id));
            item.copy_of.iter_mut().for_each(rename);
        }
        let targets = self.activities.iter_mut().filter_map(|activity| activity.target.as_mut());
        targets.for_each(|target| rename(&mut target.id));
        let facts = self.members.iter_mut().flat_map(|member| &mut member.planted);
        facts.for_each(|fact| rename(&mut fact.item));
    }
}

/// Makes canaries and puts them into rows.
struct Hatchery {
    chance: Chance,
    canaries: Vec<Canary>,
}

impl Hatchery {
    fn new(seed: u64) -> Self {
        // Another stream than that of the network, so that planting changes nothing else.
        Self { chance: Chance::from_seed(seed ^ 0x00ca_4a41), canaries: Vec::new() }
    }

    fn hatch(&mut self, field: &'static str) -> String {
        let word = format!("canary{}", self.chance.letters(12));
        self.canaries.push(Canary { field, word: word.clone() });
        word
    }

    /// Puts a canary behind what the field says.
    fn enter(&mut self, field: &'static str, text: &mut String) {
        if !text.is_empty() {
            text.push(' ');
        }
        let word = self.hatch(field);
        text.push_str(&word);
    }

    fn enter_optional(&mut self, field: &'static str, text: &mut Option<String>) {
        self.enter(field, text.get_or_insert_default());
    }

    fn enter_member(&mut self, member: &mut Member) {
        self.enter("member.name", &mut member.name);
        if let Some(profile) = &mut member.profile {
            self.enter("profile.headline", &mut profile.headline);
            self.enter_optional("profile.about", &mut profile.about);
            self.enter_optional("profile.location", &mut profile.location);
            let website = self.hatch("profile.website");
            profile.website = Some(format!("https://{website}.example.com"));
        }
        for position in &mut member.positions {
            position.id = self.hatch("position.id");
            self.enter("position.title", &mut position.title);
            self.enter("position.employer", &mut position.employer);
            self.enter_optional("position.description", &mut position.description);
        }
        for education in &mut member.education {
            education.id = self.hatch("education.id");
            self.enter("education.school", &mut education.school);
            self.enter("education.degree", &mut education.degree);
            self.enter("education.field", &mut education.field);
            self.enter_optional("education.description", &mut education.description);
        }
        for skill in &mut member.skills {
            skill.id = self.hatch("skill.id");
            self.enter("skill.name", &mut skill.name);
        }
    }

    /// Puts canaries into an item and tells its old and its new id.
    fn enter_item(&mut self, item: &mut Item) -> (String, String) {
        if let Some(title) = &mut item.title {
            self.enter("item.title", title);
        }
        // At the end of the text, so that the places of the namings stay right.
        self.enter("item.text", &mut item.text);
        item.copy_of = None;
        let new = self.hatch("item.id");
        (std::mem::replace(&mut item.id, new.clone()), new)
    }
}

/// Gives the member one row at least of every kind that is not an item, and an account that is
/// open.
fn complete(chance: &mut Chance, member: &mut Member) {
    member.status = Some(Status::Active);
    if member.profile.is_none() {
        member.profile = Some(population::profile(chance, member));
    }
    let year = population::joined_year(member.joined);
    if member.positions.is_empty() {
        member.positions.push(population::position(chance, member, 0, year, None));
    }
    if member.education.is_empty() {
        member.education.push(population::education(chance, member, 0, year));
    }
    if member.skills.is_empty() {
        member.skills.extend(population::new_skill(chance, member));
    }
}
