use std::collections::{BTreeSet, HashMap};

use policy::{ItemId, MemberNumber};
use unicode_normalization::UnicodeNormalization;

use crate::{
    folding::{self, Folded},
    names::Span,
    scripts,
};

/// Addresses a row: an item of a member.
pub(crate) type Address = (MemberNumber, ItemId);

/// How items answer each other.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    parents: HashMap<Address, Option<Address>>,
    children: HashMap<Address, Vec<Address>>,
}

/// A name that the thread it stands in resolves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// Whom it may mean.
    pub(crate) named: MemberNumber,
    /// Where it stands.
    pub(crate) span: Span,
    /// Whether it was addressed with an `@`; otherwise it is a plain word.
    pub(crate) addressed: bool,
    /// How many members it may mean; 1 is certain.
    pub(crate) candidates: usize,
}

/// The names of those who take part in a thread.
#[derive(Debug)]
pub(crate) struct Participants<'a> {
    author: MemberNumber,
    near: &'a [&'a Participant],
    wide: &'a [&'a Participant],
}

/// Somebody who may be named.
#[derive(Debug)]
pub(crate) struct Participant {
    member: MemberNumber,
    name: String,
    /// Folded, with the spaces between the words.
    spaced: String,
    /// Folded, without spaces and signs, as it looks.
    looks: String,
    /// The first word, folded.
    first: String,
    is_full: bool,
}

/// Answers of answers deeper than this are followed no further up.
pub(crate) const DEEPEST: usize = 1_000;

/// An `@form` shorter than this names nobody by its beginning alone.
const SHORTEST_PREFIX: usize = 3;

/// The same where characters stand for syllables or words.
const SHORTEST_UNSPACED_PREFIX: usize = 2;

impl Threads {
    pub(crate) fn insert(&mut self, item: Address, parent: Option<Address>) {
        self.parents.insert(item, parent);
        if let Some(parent) = parent {
            self.children.entry(parent).or_default().push(item);
        }
    }

    /// The item that started the thread; an item whose parent is gone starts its own.
    pub(crate) fn root(&self, item: Address) -> Address {
        let mut at = item;
        // a thread is no deeper than it has items, so a loop in the data ends here
        for _ in 0..self.parents.len().min(DEEPEST) {
            match self.parents.get(&at).copied().flatten() {
                Some(parent) if parent != item => at = parent,
                _ => break,
            }
        }
        at
    }

    /// The authors of what an item answers, of its siblings, of its answers, and of the item that
    /// started the thread.
    pub(crate) fn near(&self, item: Address) -> BTreeSet<MemberNumber> {
        let parent = self.parents.get(&item).copied().flatten();
        let siblings = parent.and_then(|parent| self.children.get(&parent));
        let answers = self.children.get(&item);
        let around = siblings.into_iter().chain(answers).flatten().copied();
        around.chain(parent).chain([self.root(item)]).map(|(member, _)| member).collect()
    }
}

impl<'a> Participants<'a> {
    /// Those near an item and those in its whole thread, without its author.
    pub(crate) const fn new(
        author: MemberNumber,
        near: &'a [&'a Participant],
        wide: &'a [&'a Participant],
    ) -> Self {
        Self { author, near, wide }
    }

    /// Those of the members who have a name, in the order of their numbers.
    pub(crate) fn among<'p>(
        members: &BTreeSet<MemberNumber>,
        people: &'p HashMap<MemberNumber, Participant>,
    ) -> Vec<&'p Participant> {
        members.iter().filter_map(|member| people.get(member)).collect()
    }

    /// Every name in the text that the thread resolves.
    pub(crate) fn resolve(&self, text: &str) -> Vec<Resolved> {
        if self.wide.is_empty() && self.near.is_empty() {
            return Vec::new();
        }
        let mut resolved = self.addressed(text);
        for word in words(text) {
            let covered = |one: &Resolved| one.span.start <= word.start && word.end <= one.span.end;
            if !resolved.iter().any(covered) {
                resolved.extend(self.plain(text, word));
            }
        }
        resolved
    }

    fn addressed(&self, text: &str) -> Vec<Resolved> {
        if !text.contains('@') {
            return Vec::new();
        }
        let folded = Folded::new(text);
        let signs = folded.as_str().match_indices('@').map(|(at, _)| at);
        signs.flat_map(|at| self.addressed_at(&folded, at)).collect()
    }

    fn addressed_at(&self, folded: &Folded, at: usize) -> Vec<Resolved> {
        let rest = folded.as_str().get(at + 1..).unwrap_or_default();
        // a full name says most; then whoever is nearest and matches most closely is meant
        let circles = [self.near, self.wide];
        let in_full =
            circles.iter().find_map(|circle| self.best(circle, |one| one.follows_in_full(rest)));
        let by_form = || {
            circles.iter().find_map(|circle| self.best(circle, |one| one.matches_form(form(rest))))
        };
        let found = in_full.or_else(by_form);
        let Some((length, members)) = found else { return Vec::new() };
        let Some((start, end)) = folded.source_span(at, at + 1 + length) else { return Vec::new() };
        let candidates = members.len();
        let span = Span { start, end };
        let of = |named| Resolved { named, span, addressed: true, candidates };
        members.into_iter().map(of).collect()
    }

    /// The members that match best: exactly if any does, and over the most bytes.
    fn best(
        &self,
        circle: &[&Participant],
        matches: impl Fn(&Participant) -> Option<(usize, bool)>,
    ) -> Option<(usize, Vec<MemberNumber>)> {
        let others = circle.iter().filter(|one| one.member != self.author);
        let found: Vec<_> = others
            .filter_map(|one| matches(one).map(|(length, exact)| ((exact, length), one.member)))
            .collect();
        let best = found.iter().map(|(rank, _)| *rank).max()?;
        let members = found.iter().filter(|(rank, _)| *rank == best).map(|(_, member)| *member);
        Some((best.1, members.collect()))
    }

    fn plain(&self, text: &str, word: Span) -> Vec<Resolved> {
        let Some(written) = text.get(word.start..word.end) else { return Vec::new() };
        if !looks_like_a_name(written) {
            return Vec::new();
        }
        let next = next_name(text, word.end);
        let is_meant = |one: &&&Participant| {
            one.member != self.author && one.is_called(written) && one.may_go_on_with(next)
        };
        let meant: Vec<_> = self.near.iter().filter(is_meant).collect();
        let candidates = meant.len();
        let of = |one: &&&Participant| Resolved {
            named: one.member,
            span: word,
            addressed: false,
            candidates,
        };
        meant.iter().map(of).collect()
    }
}

impl Participant {
    /// A member by name; `None` if nothing can be told from it.
    pub(crate) fn new(member: MemberNumber, name: String) -> Option<Self> {
        let name = folding::readings(&name).pop().unwrap_or(name);
        let spaced = folding::fold_name(&name);
        let looks = skeleton(&spaced);
        let first = spaced.split(' ').next().unwrap_or_default().to_owned();
        let is_full = folding::is_full_name(&spaced);
        (!looks.is_empty()).then_some(Self { member, name, spaced, looks, first, is_full })
    }

    /// Who it is.
    pub(crate) const fn member(&self) -> MemberNumber {
        self.member
    }

    /// The length of the full name, if the text goes on with it.
    fn follows_in_full(&self, rest: &str) -> Option<(usize, bool)> {
        let after = rest.strip_prefix(self.spaced.as_str())?.chars().next();
        let ends = scripts::ends_word(self.spaced.chars().next_back()?, after);
        (ends && self.is_full).then_some((self.spaced.len(), true))
    }

    /// The length of the form, if it is the name without spaces, or begins it.
    fn matches_form(&self, form: &str) -> Option<(usize, bool)> {
        let short = form.strip_suffix("'s").unwrap_or(form).trim_end_matches(['.', '-', '\'', '_']);
        // a sign at the end may belong to the name
        let ends_alike = form.chars().next_back() == self.spaced.chars().next_back();
        let whole = if ends_alike { form } else { short };
        [whole, scripts::without_honorific(short)].into_iter().find_map(|form| {
            let looks = skeleton(form);
            let exact = self.looks == looks;
            let begins = self.looks.starts_with(&looks) && is_long_enough(&looks);
            (exact || begins).then_some((form.len(), exact))
        })
    }

    /// Whether the word is the whole name, or the first word of a longer one.
    fn is_called(&self, word: &str) -> bool {
        word.chars().count() >= SHORTEST_PREFIX && folding::fold_name(word) == self.first
    }

    /// Whether a first name of this person may stand before another name: `Sam Otto` is not
    /// Sam Meyer.
    fn may_go_on_with(&self, next: Option<&str>) -> bool {
        let second = self.name.split_whitespace().nth(1);
        second.is_none() || next.is_none() || second == next
    }
}

/// The characters after an `@` that can belong to a name without spaces.
fn form(rest: &str) -> &str {
    let ends = |one: char| !(one.is_alphanumeric() || matches!(one, '-' | '_' | '.' | '\''));
    rest.split(ends).next().unwrap_or_default()
}

/// Whether the beginning of a name may stand for it.
fn is_long_enough(looks: &str) -> bool {
    let is_unspaced = looks.chars().all(scripts::is_unspaced);
    let shortest = if is_unspaced { SHORTEST_UNSPACED_PREFIX } else { SHORTEST_PREFIX };
    looks.nfc().count() >= shortest
}

/// A folded form without what looks alike on a screen: `I`, `l` and `1`, `O` and `0`; no spaces,
/// and none of the signs that stand for them.
fn skeleton(folded: &str) -> String {
    let alike = |one: char| match one {
        'i' | '1' | '|' => 'l',
        '0' => 'o',
        other => other,
    };
    folded.chars().filter(|one| !matches!(one, ' ' | '_' | '.' | '-')).map(alike).collect()
}

/// A word that is written as a name: not all in lower case.
fn looks_like_a_name(word: &str) -> bool {
    word.chars().any(|one| one.is_uppercase() || one.is_numeric())
}

/// The word right after a name, if it is written as a name.
fn next_name(text: &str, end: usize) -> Option<&str> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let ends = |one: char| !(one.is_alphanumeric() || is_hyphen(one));
    let word = rest.split(ends).next()?.trim_end_matches(is_hyphen);
    let is_name = word.chars().count() > 1 && word.chars().next().is_some_and(char::is_uppercase);
    is_name.then_some(word)
}

/// The words of a text; a hyphen holds its words together.
fn words(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    let mut start = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let is_letter = character.is_alphanumeric() || character == '_';
        let is_inside = start.is_some() && next.is_some_and(char::is_alphanumeric);
        match (is_letter || is_hyphen(character) && is_inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(Span { start: from, end: at });
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| Span { start: from, end: text.len() }));
    words
}

/// A hyphen, and no dash.
const fn is_hyphen(one: char) -> bool {
    matches!(one, '-' | '\u{2010}' | '\u{2011}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: i64) -> MemberNumber {
        MemberNumber::from_i64(number)
    }

    fn resolve(text: &str, near: &[i64], wide: &[i64]) -> Vec<(i64, String, usize)> {
        let names = [
            (1, "Daniel Sank"),
            (2, "John"),
            (3, "user"),
            (4, "Sam Meyer"),
            (5, "Sam Otto"),
            (6, "Jörg"),
            (7, "Klein, Hans-Jürgen (Dr.)"),
            (8, "山田太郎"),
            (9, "김철수"),
        ];
        let named = |(number, name): (i64, &str)| {
            (member(number), Participant::new(member(number), name.to_owned()).unwrap())
        };
        let people = names.into_iter().map(named).collect();
        let among = |numbers: &[i64]| {
            Participants::among(&numbers.iter().map(|number| member(*number)).collect(), &people)
        };
        let (near, wide) = (among(near), among(wide));
        let participants = Participants::new(member(0), &near, &wide);
        let mut resolved: Vec<_> = participants
            .resolve(text)
            .into_iter()
            .map(|one| {
                (one.named.as_i64(), text[one.span.start..one.span.end].to_owned(), one.candidates)
            })
            .collect();
        resolved.sort();
        resolved
    }

    fn owned(expected: &[(i64, &str, usize)]) -> Vec<(i64, String, usize)> {
        expected.iter().map(|(member, text, count)| (*member, (*text).to_owned(), *count)).collect()
    }

    #[test]
    fn a_thread_resolves_the_forms_of_those_in_it() {
        let check = |text: &str, expected: &[(i64, &str, usize)]| {
            assert_eq!(resolve(text, &[1, 2, 3], &[1, 2, 3, 4, 5, 6]), owned(expected), "{text}");
        };
        check("@DanielSank yes", &[(1, "@DanielSank", 1)]);
        check("@Daniel yes", &[(1, "@Daniel", 1)]);
        check("@daniel sank: yes", &[(1, "@daniel sank", 1)]);
        check("as @Daniel's answer says.", &[(1, "@Daniel", 1)]);
        check("thanks @john.", &[(2, "@john", 1)]);
        check("thanks John!", &[(2, "John", 1)]);
        check("Daniel is right", &[(1, "Daniel", 1)]);
        check("the user wrote, and @user agreed", &[(3, "@user", 1)]);
        check("ask @jorg", &[(6, "@jorg", 1)]);
        check("thanks JOHN, and @DanieISank", &[(1, "@DanieISank", 1), (2, "JOHN", 1)]);
        check("@Sam is two people", &[(4, "@Sam", 2), (5, "@Sam", 2)]);
        check("@SamOtto is one", &[(5, "@SamOtto", 1)]);
        check("mail@example.org, @nobody, @D", &[]);
        check("Sam was not near", &[]);
        check("Daniel Gottesman is another", &[]);
        check("Daniel I agree", &[(1, "Daniel", 1)]);
        check("Daniel Sank-Otto, Daniel-Maria; Daniel—yes", &[(1, "Daniel", 1)]);
    }

    #[test]
    fn a_thread_resolves_names_however_they_are_written() {
        let check = |text: &str, expected: &[(i64, &str, usize)]| {
            assert_eq!(resolve(text, &[1, 7, 8, 9], &[]), owned(expected), "{text}");
        };
        check("@Daniel_Sank, @daniel.sank", &[(1, "@Daniel_Sank", 1), (1, "@daniel.sank", 1)]);
        check("@Hans-Jürgen: hi Hans-Jürgen", &[(7, "@Hans-Jürgen", 1), (7, "Hans-Jürgen", 1)]);
        check("@HansJürgenKlein", &[(7, "@HansJürgenKlein", 1)]);
        check("@山田さん、@山田太郎さん", &[(8, "@山田", 1), (8, "@山田太郎", 1)]);
        check("@山さん、@山本さん", &[]);
        check("@김철수님 @김철 @김", &[(9, "@김철", 1), (9, "@김철수", 1)]);
    }

    #[test]
    fn threads_are_followed_to_their_root_even_in_a_loop() {
        let at = |number: i64| (member(number), ItemId::from_i64(number));
        let mut threads = Threads::default();
        threads.insert(at(1), None);
        threads.insert(at(2), Some(at(1)));
        threads.insert(at(3), Some(at(2)));
        threads.insert(at(8), Some(at(9)));
        threads.insert(at(9), Some(at(8)));
        assert_eq!(threads.root(at(3)), at(1));
        assert_eq!(threads.near(at(2)), BTreeSet::from([member(1), member(2), member(3)]));
        threads.root(at(8));
    }
}
