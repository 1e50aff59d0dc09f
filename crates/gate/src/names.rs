use std::collections::{BTreeMap, BTreeSet};

use policy::Ambiguous;

use crate::{folding, forms, links, patterns::Patterns, readings, scripts};

/// What stands where a name stood.
pub const NAME_MASK: &str = "[name]";

/// A part of a text, in bytes: `start` included, `end` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

/// What people are called who must not be named.
#[derive(Debug, Clone, Default)]
pub struct NamesToRedact {
    /// Display names of members who objected.
    pub members: BTreeSet<String>,
    /// Names that non-members gave with their objection.
    pub non_members: BTreeSet<String>,
    /// E-mail addresses that non-members gave with their objection.
    pub emails: BTreeSet<String>,
    /// Folded full names and `@forms` that also belong to somebody who did not object.
    pub shared: BTreeSet<String>,
    /// Folded full names of others that begin with an objector's one-word name: an `@` before
    /// them does not address the objector.
    pub longer: BTreeSet<String>,
}

/// Finds the names of objectors in free text: full names, the `@form` of a name, and e-mail
/// addresses. Single words are left to the mentions that a thread resolves.
#[derive(Debug)]
pub struct NameFinder {
    redact: Patterns,
    review: Patterns,
}

impl NamesToRedact {
    /// The folded patterns under which a display name is found, each `true` if it is a full
    /// name. One that holds capitals stands only where the text has them, too.
    pub fn patterns_of(name: &str) -> Vec<(String, bool)> {
        let readings = readings::readings(name);
        let spellings = readings.iter().flat_map(|reading| folding::spellings(reading));
        spellings.flat_map(|spelling| patterns_of_spelling(&spelling)).collect()
    }

    /// Whether a form of a name is what somebody else is called: `Thomas Martin` turned round.
    fn is_name_of_another(&self, pattern: &str) -> bool {
        let has_capitals = pattern.contains(char::is_uppercase);
        has_capitals && {
            let folded = folding::fold_name(pattern);
            folded != pattern && self.shared.contains(&folded)
        }
    }

    /// Whether a name is a full name, which is found wherever it stands: two or more words, or
    /// one that holds them all in a script without spaces (`山田太郎`, `김철수`).
    pub fn is_full_name(name: &str) -> bool {
        Self::patterns_of(name).iter().any(|(_, full)| *full)
    }
}

fn patterns_of_spelling(spelling: &str) -> Vec<(String, bool)> {
    let folded = folding::fold_name(spelling);
    let full = folding::is_full_name(&folded);
    let form = forms::own_form(&folded);
    let mut patterns = Vec::new();
    if full {
        patterns.extend(scripts::spacings(&folded));
        patterns.push(folding::parted(&folded).into_owned());
        patterns.extend(other_forms(spelling));
    }
    let mut patterns: Vec<_> = patterns.into_iter().map(|pattern| (pattern, true)).collect();
    if form.len() > 1 {
        patterns.push((form, full));
    }
    patterns
}

/// A full name written together and turned round, without the titles before it.
fn other_forms(spelling: &str) -> Vec<String> {
    let name = folding::with_capitals(spelling);
    let has_title = name.split(' ').next().is_some_and(readings::is_title);
    if has_title {
        return Vec::new();
    }
    [forms::together(&name), forms::turned(&name)].concat()
}

impl NameFinder {
    /// Builds the automaton over the names.
    ///
    /// # Errors
    /// When the names are too many for one automaton (some hundred million characters).
    pub fn new(
        names: &NamesToRedact,
        ambiguous: Ambiguous,
    ) -> Result<Self, aho_corasick::BuildError> {
        // the value says whether somebody who did not object shares the pattern
        let mut patterns: BTreeMap<String, bool> = BTreeMap::new();
        let members = names.members.iter().map(|name| (name, true));
        for (name, is_member) in members.chain(names.non_members.iter().map(|name| (name, false))) {
            for (pattern, full) in NamesToRedact::patterns_of(name) {
                let shared = names.shared.contains(&pattern);
                let is_sought = full || is_member && !shared;
                if is_sought && !names.is_name_of_another(&pattern) {
                    patterns.insert(pattern, shared);
                }
            }
        }
        for email in &names.emails {
            patterns.insert(folding::fold_name(email), false);
        }
        let (shared, sole): (Vec<_>, Vec<_>) =
            patterns.into_iter().partition(|(_, shared)| *shared);
        let mut redact: Vec<String> = sole.into_iter().map(|(pattern, _)| pattern).collect();
        let mut review = Vec::new();
        let shared = shared.into_iter().map(|(pattern, _)| pattern);
        match ambiguous {
            Ambiguous::Redact => redact.extend(shared),
            Ambiguous::Review => review.extend(shared),
            Ambiguous::Keep => {}
        }
        let longer = &names.longer;
        Ok(Self { redact: Patterns::new(redact, longer)?, review: Patterns::new(review, longer)? })
    }

    /// Every place that has to be redacted, in order, without overlaps: names, and the addresses of
    /// links whose text is one.
    pub fn find(&self, text: &str) -> Vec<Span> {
        links::with_links(text, self.redact.find(text))
    }

    /// The text with every such place masked; `None` where there is none.
    pub fn masked(&self, text: &str) -> Option<String> {
        let spans = merge(self.find(text));
        (!spans.is_empty()).then(|| mask(text, &spans))
    }

    /// Whether a person has to look at the text before it may be used.
    pub fn needs_review(&self, text: &str) -> bool {
        !self.review.find(text).is_empty()
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.redact.is_empty() && self.review.is_empty()
    }
}

/// Sorts spans and joins those that touch or overlap.
pub(crate) fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// The text with every span masked; spans that do not fall on characters are widened.
pub(crate) fn mask(text: &str, spans: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let start = floor(text, span.start.max(at));
        let end = ceiling(text, span.end);
        if end <= at {
            continue;
        }
        masked.push_str(text.get(at..start).unwrap_or_default());
        masked.push_str(NAME_MASK);
        at = end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceiling(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn finder(members: &[&str], shared: &[&str], ambiguous: Ambiguous) -> NameFinder {
        let names = NamesToRedact {
            members: set(members),
            shared: set(shared),
            emails: set(&["Jo@Example.org"]),
            non_members: set(&["Ada Byron", "Madonna"]),
            longer: set(&["quantum meier"]),
        };
        NameFinder::new(&names, ambiguous).unwrap()
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let finder = finder(&["Anna Schmidt", "Jörg Müller", "quantum"], &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("Danke, Anna Schmidt!", "Danke, [name]!");
        check("danke, anna schmidt", "danke, [name]");
        check("Anna Schmidts Beitrag", "[name] Beitrag");
        check("> @Anna Schmidt schrieb", "> [name] schrieb");
        check("ask @AnnaSchmidt.", "ask [name].");
        check("Anna\n  Schmidt", "[name]");
        check("Joerg Mueller und Jorg Muller", "[name] und [name]");
        check("JOANNA SCHMIDT", "JOANNA SCHMIDT");
        check("Anna Schmidtke", "Anna Schmidtke");
        check("Anna spoke, Schmidt listened", "Anna spoke, Schmidt listened");
        check("#AnnaSchmidt, #joergmueller, #quantum", "[name], [name], #quantum");
        check("AnnaSchmidt, JoergMuellers, @AnnaSchmidt", "[name], [name], [name]");
        check("annaschmidt, ANNASCHMIDT", "annaschmidt, ANNASCHMIDT");
        check("getAnnaSchmidt, AnnaSchmidtGmbH", "getAnnaSchmidt, AnnaSchmidtGmbH");
        check(
            "not @Quantum Meier, but @quantum Meierling",
            "not @Quantum Meier, but [name] Meierling",
        );
        check("quantum computing for @quantum", "quantum computing for [name]");
        check("write to jo@example.org", "write to [name]");
        check("Ada Byron and Madonna", "[name] and Madonna");
        check("write to jo@example-org", "write to jo@example-org");
    }

    #[test]
    fn full_names_are_found_where_no_spaces_part_words() {
        let members =
            ["山田太郎", "李小龙", "김철수", "マリア・シュミット", "田中", "สมชาย ใจดี", "林 健"];
        let finder = finder(&members, &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("昨日は山田太郎さんと話した。", "昨日は[name]さんと話した。");
        check("山田 太郎、山田\u{3000}太郎、山田・太郎", "[name]、[name]、[name]");
        check("我认识李小龙。李·小龙", "我认识[name]。[name]");
        check("@李小龙说过", "[name]说过");
        check("어제 김철수는 김 철수가", "어제 [name]는 [name]가");
        check("박김철수, 김철순", "박김철수, 김철순");
        check("マリアシュミットとマリア＝", "[name]とマリア＝");
        check("田中さん、@田中さん、@田中一郎", "田中さん、[name]さん、@田中一郎");
        check("คุณสมชาย ใจดีพูด", "คุณ[name]พูด".replace("[name]", "[name]\u{e35}").as_str());
        check("小林健二と林 健", "小林健二と[name]");
        check("会Ada Byronは", "会[name]は");
    }

    #[test]
    fn a_name_is_found_however_its_words_are_held_together() {
        let members = ["Petra Klein", "Müller, Hans-Jürgen (Dr.)", "Zanzibar Quixote", "fr_andres"];
        let finder = finder(&members, &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("@Petra_Klein, @petra.klein, petra-klein", "[name], [name], [name]");
        check("Hans-Jürgen Müller, Hans Jürgen Müllers", "[name], [name]");
        check("Müller, Hans-Jürgen (Dr.) sagt", "[name] sagt");
        check("Zanzibar.Quixote", "[name]");
        check("Petra Klein-Meier, Anna-Petra Klein", "Petra Klein-Meier, Anna-Petra Klein");
        check("Petra Klein—who else?—Petra Klein", "[name]—who else?—[name]");
        check("_Petra Klein_, petra_klein_otto", "_[name]_, petra_klein_otto");
        check("@fr_andres, @fr andres", "[name], @fr andres");
    }

    #[test]
    fn a_name_is_found_turned_round_and_without_titles() {
        let members = ["Prof. Dr. Max Mustermann", "Carla Gómez-Núñez", "Jörg Weiß", "Mr. Who"];
        let finder = finder(&members, &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("Max Mustermann's", "[name]'s");
        check("Prof. Dr. Max Mustermann, Dr. Max Mustermann", "[name], Dr. [name]");
        check("Mustermann, Max: MUSTERMANN Max!", "[name]: [name]!");
        check("mit Gómez-Núñez, Carla; Gomez Nunez, Carla", "mit [name]; [name]");
        check("an Weiß, Jörg; Weiss Joerg", "an [name]; [name]");
        check("Herr Weiß, Jörg\nKlein", "Herr [name]\nKlein");
        check("Wie ich weiß, Jörg, das weiß Jörg", "Wie ich weiß, Jörg, das weiß Jörg");
        check("Anna Weiß, Jörg und ich", "Anna Weiß, Jörg und ich");
        check("von Weiß, Jörg Klein", "von Weiß, Jörg Klein");
        check("Who, Mr.", "Who, Mr.");
    }

    #[test]
    fn a_name_is_found_through_markup_and_unseen_signs() {
        let members = ["Jörg Weiß", "İbrahim Şahin", "🦄 Unicorn 🦄", "glS_", "Anna :)"];
        let finder = finder(&members, &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("so Jörg **Weiß**!", "so [name]**!");
        check("**Jörg** _Weiß_", "**[name]_");
        check("<a href=\"x y\">Jörg</a> <b>Weiß</b>", "<a href=\"x y\">[name]</b>");
        check("[Jörg](x) Weiß, [Jörg](x) [Weiß](y)", "[[name], [[name]](y)");
        check("`Weiß` ~Jörg~", "`[name]~");
        check("Jörg * Weiß, * Jörg\n* Weiß", "Jörg * Weiß, * Jörg\n* Weiß");
        check("\u{2067}Jörg\u{2069} \u{202b}We\u{200e}iß\u{202c}", "\u{2067}[name]\u{202c}");
        check("ıbrahım şahın, IBRAHIM SAHIN", "[name], [name]");
        check("the 🦄 unicorn 🦄, a unicorn", "the [name], a unicorn");
        check("@glS_ _@glS_ Anna :)", "[name] _[name] Anna :)");
    }

    #[test]
    fn a_name_is_found_in_addresses_and_takes_its_number_and_link_along() {
        let finder = finder(&["Karla Kolumna", "quantum"], &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("https://a.example/x-karla-kolumna-ueber-ki", "https://a.example/x-[name]-ueber-ki");
        check("https://a.example/in/karla-kolumna-7a8b54224/", "https://a.example/in/[name]/");
        check("https://a.example/users/7/karla-kolumna?x=1", "https://a.example/users/[name]?x=1");
        check("https://a.example/KarlaKolumna-x", "https://a.example/[name]-x");
        check("[Karla Kolumna](https://a.example/users/7/kk)", "[[name]]([name])");
        check("https://a.example/okarla-kolumna", "https://a.example/okarla-kolumna");
        check("karla-kolumna-meier, x-karla-kolumna", "karla-kolumna-meier, x-karla-kolumna");
        check("[quantum](https://a.example/users/7)", "[quantum](https://a.example/users/7)");
    }

    #[test]
    fn a_shared_name_follows_the_policy() {
        let text = "Anna Schmidt and @quantum";
        let shared = ["anna schmidt", "@annaschmidt", "@quantum"];
        let with = |ambiguous| finder(&["Anna Schmidt", "quantum"], &shared, ambiguous);
        assert_eq!(mask(text, &with(Ambiguous::Redact).find(text)), "[name] and @quantum");
        assert_eq!(mask(text, &with(Ambiguous::Keep).find(text)), text);
        assert_eq!(mask(text, &with(Ambiguous::Review).find(text)), text);
        assert!(with(Ambiguous::Review).needs_review(text));
        let turned = finder(&["Thomas Martin"], &["martin thomas"], Ambiguous::Redact);
        assert!(turned.find("Martin Thomas").is_empty());
    }

    proptest! {
        #[test]
        fn masking_is_total_and_leaves_no_name(before in ".{0,20}", after in ".{0,20}") {
            let finder = finder(&["Anna Schmidt"], &[], Ambiguous::Redact);
            let text = format!("{before} Anna Schmidt, {after}");
            let masked = mask(&text, &finder.find(&text));
            prop_assert!(!masked.contains("Anna Schmidt"));
            prop_assert!(finder.find(&masked).is_empty());
        }

        #[test]
        fn any_span_can_be_masked(text in ".{0,30}", spans in prop::collection::vec((0_usize..40, 0_usize..40), 0..5)) {
            let spans = spans.into_iter().map(|(start, length)| Span { start, end: start + length }).collect();
            mask(&text, &merge(spans));
        }
    }
}
