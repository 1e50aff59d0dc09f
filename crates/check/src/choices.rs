//! What members said, found by how a data set calls them.

use std::collections::{BTreeSet, HashMap};

use policy::{Answer, Category, Instant, ItemId, MemberNumber, Purpose, Sequence};
use store::{Choice, Fact, NewFact, Scope, Snapshot};

/// A choice as a file of choices says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who said it: `SOURCE:EXTERNAL-ID` or `#NUMBER`.
    pub member: String,
    /// About which purpose.
    pub purpose: Purpose,
    /// About which data.
    pub scope: SaidScope,
    /// What was said.
    pub answer: Answer,
    /// When.
    pub said_at: Instant,
}

/// Which data a choice is about, in the words of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaidScope {
    /// All of it.
    Everything,
    /// One category.
    Category(Category),
    /// One item: `KIND:EXTERNAL-ID` or `#ID`, with the category of the kind where it says one.
    Item(String, Option<Category>),
}

/// Everything that was said, folded by the store's own rule.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    snapshot: Snapshot,
    sequence: i64,
    members: HashMap<String, MemberNumber>,
    /// Members by the ends of their references, behind each colon or number sign.
    by_end: HashMap<String, BTreeSet<MemberNumber>>,
    references: Vec<String>,
    items: Vec<Item>,
    item_ids: HashMap<String, ItemId>,
}

/// An item about which something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    reference: String,
    category: Option<Category>,
}

/// Who an author is among those who chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Author {
    /// Somebody who said nothing.
    Silent,
    /// Somebody who chose.
    Member(MemberNumber),
    /// One of several, by their references.
    Several(Vec<String>),
}

impl Choices {
    /// Takes a choice in; the order does not matter.
    pub fn add(&mut self, said: Said) {
        let Said { member, purpose, scope, answer, said_at } = said;
        let scope = match scope {
            SaidScope::Everything => Scope::Everything,
            SaidScope::Category(category) => Scope::Category(category),
            SaidScope::Item(reference, category) => Scope::Item(self.item(reference, category)),
        };
        let member = self.member(member);
        let source = String::new();
        let choice =
            Choice { member, purpose, scope, answer, said_at, source, withdraws_consent: false };
        self.sequence += 1;
        self.snapshot.apply(&Fact {
            sequence: Sequence::from_i64(self.sequence),
            // the last instant: nothing lies in its future, so that the order does not matter
            recorded_at: Instant::from_micros(i64::MAX),
            content: NewFact::Choice(choice),
        });
    }

    /// How many members said anything about a purpose.
    pub fn members(&self, purpose: &Purpose) -> usize {
        self.snapshot.members_with_choices(purpose).count()
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Who an author is. With a source, `SOURCE:AUTHOR` is looked for and nothing else; without,
    /// the author is a whole reference, or the end of one behind a colon or number sign.
    pub(crate) fn author(&self, author: &str, source: Option<&str>) -> Author {
        let whole = match source {
            Some(source) => self.members.get(&format!("{source}:{author}")),
            None => self.members.get(author),
        };
        if let Some(member) = whole {
            return Author::Member(*member);
        }
        let ends = self.by_end.get(author).filter(|_| source.is_none());
        let Some(members) = ends else { return Author::Silent };
        match members.first() {
            Some(member) if members.len() == 1 => Author::Member(*member),
            _ => {
                let reference = |member: &MemberNumber| {
                    member.as_index().and_then(|at| self.references.get(at)).cloned()
                };
                Author::Several(members.iter().filter_map(reference).collect())
            }
        }
    }

    /// Whether the item of a choice can be this one: it is called so, wholly or behind the first
    /// colon or number sign, and is of this category.
    pub(crate) fn is_item(&self, item: ItemId, called: &str, category: Option<Category>) -> bool {
        self.item_of(item).is_some_and(|one| {
            let end = one.reference.split_once([':', '#']).map(|(_, end)| end);
            one.may_be(category) && (one.reference == called || end == Some(called))
        })
    }

    /// Whether the item of a choice can be one of this category.
    pub(crate) fn may_be_item(&self, item: ItemId, category: Option<Category>) -> bool {
        self.item_of(item).is_some_and(|one| one.may_be(category))
    }

    fn item_of(&self, item: ItemId) -> Option<&Item> {
        usize::try_from(item.as_i64()).ok().and_then(|at| self.items.get(at))
    }

    fn member(&mut self, reference: String) -> MemberNumber {
        if let Some(member) = self.members.get(&reference) {
            return *member;
        }
        let number = MemberNumber::from_i64(length(&self.references));
        for (at, sign) in reference.match_indices([':', '#']) {
            if let Some(end) = reference.get(at + sign.len()..).filter(|end| !end.is_empty()) {
                self.by_end.entry(end.to_owned()).or_default().insert(number);
            }
        }
        self.references.push(reference.clone());
        self.members.insert(reference, number);
        number
    }

    fn item(&mut self, reference: String, category: Option<Category>) -> ItemId {
        if let Some(item) = self.item_ids.get(&reference) {
            return *item;
        }
        let id = ItemId::from_i64(length(&self.items));
        self.items.push(Item { reference: reference.clone(), category });
        self.item_ids.insert(reference, id);
        id
    }
}

impl Item {
    fn may_be(&self, category: Option<Category>) -> bool {
        self.category.is_none() || category.is_none() || self.category == category
    }
}

fn length<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(members: &[&str]) -> Choices {
        let mut choices = Choices::default();
        for member in members {
            choices.add(Said {
                member: (*member).to_owned(),
                purpose: "talent".parse().unwrap(),
                scope: SaidScope::Item("post:p1".to_owned(), Some(Category::Posts)),
                answer: Answer::Refuse,
                said_at: Instant::from_micros(0),
            });
        }
        choices
    }

    #[test]
    fn an_author_is_found_by_reference_or_by_its_end() {
        let choices = choices(&["site:a:7", "other:a:7", "site:8", "#9"]);
        let check = |author: &str, source: Option<&str>, expected: Author| {
            assert_eq!(choices.author(author, source), expected, "{author} {source:?}");
        };
        let member = |number| Author::Member(MemberNumber::from_i64(number));
        check("site:a:7", None, member(0));
        check("a:7", Some("other"), member(1));
        check("8", None, member(2));
        check("8", Some("other"), Author::Silent);
        check("9", None, member(3));
        check("#9", None, member(3));
        check("7", Some("site"), Author::Silent);
        check("10", None, Author::Silent);
        check("", None, Author::Silent);
        check("a:7", None, Author::Several(vec!["site:a:7".into(), "other:a:7".into()]));
    }

    #[test]
    fn an_item_is_found_by_reference_or_by_its_end() {
        let choices = choices(&["site:1"]);
        let item = ItemId::from_i64(0);
        for called in ["post:p1", "p1"] {
            assert!(choices.is_item(item, called, Some(Category::Posts)), "{called}");
            assert!(choices.is_item(item, called, None), "{called}");
            assert!(!choices.is_item(item, called, Some(Category::Comments)), "{called}");
        }
        assert!(!choices.is_item(item, "p2", None));
        assert!(choices.may_be_item(item, Some(Category::Posts)));
        assert!(!choices.may_be_item(item, Some(Category::Comments)));
    }
}
