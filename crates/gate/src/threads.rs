use std::collections::{BTreeSet, HashMap};

use policy::{ItemId, MemberNumber};

use crate::{
    folding::Folded,
    names::Span,
    participant::{self, Participant},
    scripts::is_hyphen,
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
    /// Whether it names nobody if its word is an ordinary one.
    pub(crate) is_doubtful: bool,
}

/// The names of those who take part in a thread.
#[derive(Debug)]
pub(crate) struct Participants<'a> {
    author: MemberNumber,
    near: &'a [&'a Participant],
    wide: &'a [&'a Participant],
}

/// Answers of answers deeper than this are followed no further up.
pub(crate) const DEEPEST: usize = 1_000;

/// English and German words before a noun that is no name.
const ARTICLES: [&str; 36] = [
    "a", "an", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our",
    "their", "each", "every", "any", "some", "no", "other", "der", "die", "das", "den", "dem",
    "des", "ein", "eine", "einen", "einem", "einer", "kein", "keine", "mein", "dein", "jeder",
];

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
        let handles = [self.near, self.wide].map(|circle| self.handles(circle));
        for word in words(text) {
            let covered = |one: &Resolved| one.span.start <= word.start && word.end <= one.span.end;
            if !resolved.iter().any(covered) {
                resolved.extend(self.plain(text, word, &handles));
            }
        }
        resolved
    }

    /// Those of a circle whose whole name is one word.
    fn handles(&self, circle: &[&'a Participant]) -> Vec<&'a Participant> {
        let others = circle.iter().filter(|one| one.member() != self.author);
        others.filter(|one| one.is_one_word()).copied().collect()
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
        let found = in_full.or_else(by_form).or_else(|| self.misspelled(form(rest)));
        let Some((length, members)) = found else { return Vec::new() };
        let Some((start, end)) = folded.source_span(at, at + 1 + length) else { return Vec::new() };
        let candidates = members.len();
        let span = Span { start, end };
        let is_doubtful = false;
        let of = |named| Resolved { named, span, addressed: true, candidates, is_doubtful };
        members.into_iter().map(of).collect()
    }

    /// The one member of the whole thread whose name the form is but for one slip.
    fn misspelled(&self, form: &str) -> Option<(usize, Vec<MemberNumber>)> {
        let others = self.near.iter().chain(self.wide);
        let others = others.filter(|one| one.member() != self.author);
        let alike = others.filter_map(|one| Some((one.misspelled_as(form)?, one.member())));
        let alike: BTreeSet<_> = alike.collect();
        match *alike.iter().collect::<Vec<_>>() {
            [(length, member)] => Some((*length, vec![*member])),
            _ => None,
        }
    }

    /// The members that match best: exactly if any does, and over the most bytes.
    fn best(
        &self,
        circle: &[&Participant],
        matches: impl Fn(&Participant) -> Option<(usize, bool)>,
    ) -> Option<(usize, Vec<MemberNumber>)> {
        let others = circle.iter().filter(|one| one.member() != self.author);
        let found: Vec<_> = others
            .filter_map(|one| matches(one).map(|(length, exact)| ((exact, length), one.member())))
            .collect();
        let best = found.iter().map(|(rank, _)| *rank).max()?;
        let members = found.iter().filter(|(rank, _)| *rank == best).map(|(_, member)| *member);
        Some((best.1, members.collect()))
    }

    fn plain(&self, text: &str, word: Span, handles: &[Vec<&Participant>; 2]) -> Vec<Resolved> {
        let Some(written) = text.get(word.start..word.end) else { return Vec::new() };
        let by_name = looks_like_a_name(written).then(|| self.by_name(text, word, written));
        let mut meant = by_name.unwrap_or_default();
        let is_doubtful = meant.is_empty();
        if is_doubtful {
            meant = called_in_full(written, handles);
        }
        if meant.is_empty() || is_doubtful && is_no_name(text, word) {
            return Vec::new();
        }
        let candidates = meant.len();
        let of = |named| Resolved { named, span: word, addressed: false, candidates, is_doubtful };
        meant.into_iter().map(of).collect()
    }

    /// Those near who are called by a word that is written as a name.
    fn by_name(&self, text: &str, word: Span, written: &str) -> Vec<MemberNumber> {
        let next = next_name(text, word.end);
        let looks = participant::looks_of(written);
        let is_meant = |one: &&&Participant| {
            one.member() != self.author && one.is_called(&looks) && one.may_go_on_with(next)
        };
        self.near.iter().filter(is_meant).map(|one| one.member()).collect()
    }
}

/// Those of the nearest circle whose whole name the word is, however it is written.
fn called_in_full(written: &str, handles: &[Vec<&Participant>; 2]) -> Vec<MemberNumber> {
    for circle in handles {
        let called = circle.iter().filter(|one| one.is_called_in_full(written));
        let called: Vec<_> = called.map(|one| one.member()).collect();
        if !called.is_empty() {
            return called;
        }
    }
    Vec::new()
}

/// The characters after an `@` that can belong to a name without spaces.
fn form(rest: &str) -> &str {
    let ends = |one: char| !(one.is_alphanumeric() || matches!(one, '-' | '_' | '.' | '\''));
    rest.split(ends).next().unwrap_or_default()
}

/// A word that is written as a name: not all in lower case.
fn looks_like_a_name(word: &str) -> bool {
    word.chars().any(|one| one.is_uppercase() || one.is_numeric())
}

/// Whether what stands around a word makes it a thing, or somebody else's name: `John Otto` is
/// not John.
fn is_no_name(text: &str, word: Span) -> bool {
    follows_an_article(text, word.start) || next_name(text, word.end).is_some()
}

/// Whether an article or the like stands before the word: what follows it is a thing.
fn follows_an_article(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.strip_suffix(' '));
    let before = before.and_then(|before| before.rsplit(|one: char| !one.is_alphabetic()).next());
    before.is_some_and(|before| ARTICLES.iter().any(|one| before.eq_ignore_ascii_case(one)))
}

/// The word right after a name, if it is written as a name.
fn next_name(text: &str, end: usize) -> Option<&str> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let ends = |one: char| !(one.is_alphanumeric() || is_hyphen(one));
    let word = rest.split(ends).next()?.trim_end_matches(is_hyphen);
    let is_name = word.chars().count() > 1 && word.chars().next().is_some_and(char::is_uppercase);
    is_name.then_some(word)
}

/// The words of a text. A hyphen holds its words together, but not where all is in lower case, as
/// in an address.
fn words(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    let mut start = None;
    let mut has_hyphen = false;
    for (at, character) in text.char_indices() {
        let is_hyphen = is_hyphen(character) && start.is_some() && begins_word(text, at, character);
        match (character.is_alphanumeric() || character == '_' || is_hyphen, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                push_words(text, Span { start: from, end: at }, has_hyphen, &mut words);
                (start, has_hyphen) = (None, false);
            }
            _ => {}
        }
        has_hyphen |= is_hyphen;
    }
    if let Some(from) = start {
        push_words(text, Span { start: from, end: text.len() }, has_hyphen, &mut words);
    }
    words
}

/// Whether a letter or a digit follows a character.
fn begins_word(text: &str, at: usize, character: char) -> bool {
    let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
    rest.chars().next().is_some_and(char::is_alphanumeric)
}

/// Adds a word, or each of the words that hyphens hold together in lower case.
fn push_words(text: &str, whole: Span, has_hyphen: bool, words: &mut Vec<Span>) {
    let written = text.get(whole.start..whole.end).unwrap_or_default();
    if !has_hyphen || written.contains(char::is_uppercase) {
        return words.push(whole);
    }
    let mut start = whole.start;
    for (at, hyphen) in written.match_indices(is_hyphen) {
        words.push(Span { start, end: whole.start + at });
        start = whole.start + at + hyphen.len();
    }
    words.push(Span { start, end: whole.end });
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
            (10, "glS"),
            (11, "heather"),
            (12, "Pauline"),
            (13, "Paulina Otto"),
            (14, "strauß"),
            (15, "Prof. Dr. Ute Lang"),
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
            assert_eq!(resolve(text, &[1, 7, 8, 9, 15], &[]), owned(expected), "{text}");
        };
        check("@Daniel_Sank, @daniel.sank", &[(1, "@Daniel_Sank", 1), (1, "@daniel.sank", 1)]);
        check("@Hans-Jürgen: hi Hans-Jürgen", &[(7, "@Hans-Jürgen", 1), (7, "Hans-Jürgen", 1)]);
        check("@HansJürgenKlein", &[(7, "@HansJürgenKlein", 1)]);
        check("@山田さん、@山田太郎さん", &[(8, "@山田", 1), (8, "@山田太郎", 1)]);
        check("@山さん、@山本さん", &[]);
        check("Ute: @ProfDrUteLang", &[(15, "@ProfDrUteLang", 1), (15, "Ute", 1)]);
        check("@김철수님 @김철 @김", &[(9, "@김철", 1), (9, "@김철수", 1)]);
    }

    #[test]
    fn a_whole_name_of_one_word_is_a_name_in_lower_case() {
        let check = |text: &str, expected: &[(i64, &str, usize)]| {
            assert_eq!(
                resolve(text, &[1, 2, 3, 10], &[1, 2, 3, 10, 11]),
                owned(expected),
                "{text}"
            );
        };
        check("as per gls's answer", &[(10, "gls", 1)]);
        check("as gIS says, and Daniei", &[(1, "Daniei", 1), (10, "gIS", 1)]);
        check("none the wiser heather, Heather", &[(11, "Heather", 1), (11, "heather", 1)]);
        check("thanks john; thanks daniel", &[(2, "john", 1)]);
        assert_eq!(resolve("hi strauß", &[14], &[]), owned(&[(14, "strauß", 1)]));
        check("the user, a heather, Every john", &[]);
        check("Heather Otto is somebody else", &[]);
        check("John-style", &[]);
        check("chat/discussion-between-gls-and-nobody", &[(10, "gls", 1)]);
    }

    #[test]
    fn one_slip_is_forgiven_behind_an_at_if_one_member_is_meant() {
        let check = |text: &str, expected: &[(i64, &str, usize)]| {
            assert_eq!(resolve(text, &[1, 2, 10], &[1, 2, 10, 11]), owned(expected), "{text}");
        };
        check("@DaneilSank: yes", &[(1, "@DaneilSank", 1)]);
        check("@DanielSakn's", &[(1, "@DanielSakn", 1)]);
        check("@Danielsan, @Danielsnak", &[(1, "@Danielsan", 1), (1, "@Danielsnak", 1)]);
        check("@haether and @heathre.", &[(11, "@haether", 1), (11, "@heathre", 1)]);
        check("@Danial", &[(1, "@Danial", 1)]);
        check("@jonh @gsl @Denyel", &[]);
        let two = |text: &str| resolve(text, &[12], &[12, 13]);
        assert_eq!(two("@Paulino"), [], "one slip from either");
        assert_eq!(two("@Paulime"), owned(&[(12, "@Paulime", 1)]));
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
