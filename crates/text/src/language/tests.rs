use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Language, READ, ends, identify};

fn check(text: &str, expect: &str) {
    let found = identify(text).map_or("undetermined", Language::code);
    assert_eq!(found, expect, "{text}");
}

#[test]
fn german_and_english() {
    check("Wir suchen zum nächsten Ersten eine Kollegin für die Buchhaltung.", "de");
    check("Vielen Dank!", "de");
    check("WIR SIND AB HEUTE WIEDER FÜR EUCH DA", "de");
    check("Das Meeting zum Release war super, danke ans ganze Team.", "de");
    check("Verschiedene Werkzeuge erleichtern künftig Wartungsarbeiten.", "de");
    check("We are looking for somebody who likes to work with numbers.", "en");
    check("Thanks, that was great!", "en");
    check("Excited to share that I'm starting a new position at the harbour!", "en");
    check("The function `read_all(path)` returns what is in the file.", "en");
    check("Shared by our office in Zürich: https://example.org/und/der/die/das", "en");
    check("The Schrödinger equation and the Gedankenexperiment with the cat", "en");
}

#[test]
fn other_languages() {
    check("Nous cherchons une personne qui aime travailler avec les chiffres.", "fr");
    check("Buscamos a una persona que quiera trabajar con nosotros en la oficina.", "es");
    check("Cerchiamo una persona che voglia lavorare con noi nel nostro ufficio.", "it");
    check("Procuramos uma pessoa que queira trabalhar com a nossa equipa.", "pt");
    check("Wij zoeken iemand die met ons op het kantoor wil werken.", "nl");
    check("Vi söker någon som vill arbeta med oss på kontoret.", "sv");
    check("Vi søger en person, der gerne vil arbejde hos os, og som ikke er bange.", "da");
    check("Vi søker noen som vil jobbe hos oss og som ikke er redd for tall.", "nb");
    check("Szukamy kogoś, kto chciałby z nami pracować i już zna się na liczbach.", "pl");
    check("Hledáme někoho, kdo by s námi chtěl pracovat a kdo už umí počítat.", "cs");
    check("Olyan embert keresünk, aki velünk szeretne dolgozni, és nem fél a számoktól.", "hu");
    check("Căutăm pe cineva care vrea să lucreze cu noi și căruia îi plac cifrele.", "ro");
    check("Etsimme henkilöä, joka haluaa olla mukana ja joka on hyvä numeroissa.", "fi");
    check("Sayılarla çalışmayı seven ve bizim gibi düşünen bir kişi arıyoruz.", "tr");
    check("Мы ищем человека, который любит работать с числами и не боится их.", "ru");
    check("Ми шукаємо людину, яка любить працювати з числами і не боїться їх.", "uk");
    check("Αναζητούμε κάποιον που του αρέσουν οι αριθμοί.", "el");
    check("אנחנו מחפשים מישהו שאוהב לעבוד עם מספרים", "he");
    check("نحن نبحث عن شخص يحب العمل مع الأرقام في هذا المكتب", "ar");
    check("हम एक ऐसे व्यक्ति की तलाश में हैं जो काम करता है", "hi");
    check("เรากำลังมองหาคนที่ชอบตัวเลข", "th");
    check("숫자로 일하는 것을 좋아하는 사람을 찾습니다", "ko");
    check("数字を扱う仕事が好きな人を探しています。", "ja");
    check("我们正在寻找一位喜欢与数字打交道的人。", "zh");
}

#[test]
fn undetermined() {
    check("", "undetermined");
    check("und", "undetermined");
    check("Softwareentwickler", "undetermined");
    check("Senior Data Engineer", "undetermined");
    check("Anna Weiß, Jörg Klein, Petra Müller, Heinz von Berg, Ute Schäfer", "undetermined");
    check("John Smith, Mary Jones, Will Baker, Grace Young, Mark Hill", "undetermined");
    check("#hiring #newjob #together #the #best", "undetermined");
    check("https://example.org/the/way/that/we/work/with/you", "undetermined");
    check("for (let i = 0; i < this.items.length; i++) { return this.items[i]; }", "undetermined");
    check("if not self.is_empty() and other: raise ValueError(value)", "undetermined");
    check("$$\\sum_{i=1}^{n} \\frac{a_i}{b_i} \\text{ for } n > 0$$", "undetermined");
    check("Δx · Δp ≥ ħ/2, α = 1/137", "undetermined");
    check("2024-01-01 12:00:00 +0100 3.14159 1e-9", "undetermined");
    check("🎉🎉🎉 🚀", "undetermined");
}

#[test]
fn formulas_and_addresses_in_a_text_do_not_count() {
    check("The state is $\\alpha|0\\rangle + \\beta|1\\rangle$ before it is measured.", "en");
    check("Der Zustand ist $$\\frac{a_i + b_i}{c_{ij}^2}$$ vor der Messung.", "de");
    check("It was $5 and is $10 now, which is more than we want to pay.", "en");
    check("Das ist hier: https://example.org/the/way/that/we/work/with/you_and/them", "de");
}

#[test]
fn mixed_text_is_undetermined() {
    let german = "Wir freuen uns, dass ihr alle da seid, und wünschen euch viel Erfolg. ";
    let english = "We are happy that you are all here and we wish you the best of luck. ";
    check(&format!("{german}{english}"), "undetermined");
    check(&format!("{}{}", german.repeat(60), english.repeat(60)), "undetermined");
}

#[test]
fn a_quotation_does_not_change_the_language() {
    let german = "Sie sagte uns gestern, dass sie jetzt wieder bei der Bahn ist und dort bleiben \
        will, weil es ihr gefällt: ";
    check(&format!("{german}„It is what I like to do.“"), "de");
}

#[test]
fn unknown_language_is_neither_german_nor_english() {
    check("Tunatafuta mtu ambaye anapenda kufanya kazi na namba ofisini kwetu.", "undetermined");
    check("Sifuna umuntu othanda ukusebenza ngezinombolo ehhovisi lethu.", "undetermined");
    check("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "undetermined");
    check("Մենք փնտրում ենք մեկին, ով սիրում է թվերը։", "undetermined");
}

#[test]
fn code_and_language_are_one_to_one() {
    let codes: BTreeSet<&str> = Language::ALL.iter().map(|language| language.code()).collect();
    assert_eq!(codes.len(), Language::ALL.len());
    for language in Language::ALL {
        assert_eq!(language.to_string().parse(), Ok(*language));
    }
    assert_eq!("DE".parse(), Ok(Language::German));
    let refused = "tlh".parse::<Language>().expect_err("not in the table");
    assert_eq!(refused.to_string(), "reading a language: `tlh` is the code of none that is known");
}

#[test]
fn marks_are_as_they_are_looked_up() {
    // the highest bit stands for code
    assert!(Language::ALL.len() < 64);
    for language in Language::ALL {
        let marks = language.marks();
        for words in [marks.words, marks.endings] {
            let listed: Vec<&str> = words.split_ascii_whitespace().collect();
            let distinct: BTreeSet<&str> = listed.iter().copied().collect();
            assert_eq!(listed.len(), distinct.len(), "{language}: {words}");
            assert_eq!(words, words.to_lowercase(), "{language}");
        }
        let mut endings = marks.endings.split_ascii_whitespace();
        assert!(endings.all(|ending| (2..=4).contains(&ending.chars().count())), "{language}");
        let mut words = marks.words.split_ascii_whitespace();
        assert!(words.all(|word| word.chars().count() >= 2), "{language}");
    }
}

/// Pieces of sentences, of code and of other scripts, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "das",
        "ist",
        "nicht",
        "the",
        "with",
        "Grüße",
        "ä",
        "Straße",
        "Ω",
        "是",
        "の",
        "เป็น",
        "که",
        "https://a.b/c",
        "let x = f(y);",
        "camelCase",
        "\u{308}",
        "\n",
        "🎉",
        "ﬁ",
        "İ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn total_and_deterministic(text in ".*") {
        prop_assert_eq!(identify(&text), identify(&text));
    }

    #[test]
    fn total_and_deterministic_on_pieces(text in pieces()) {
        prop_assert_eq!(identify(&text), identify(&text));
    }

    #[test]
    fn white_space_around_changes_nothing(text in pieces(), around in "[ \t\n]{0,9}") {
        prop_assert_eq!(identify(&format!("{around}{text}{around}")), identify(&text));
    }

    #[test]
    fn without_letters_undetermined(text in "[^\\p{Alphabetic}\\p{M}]*") {
        prop_assert_eq!(identify(&text), None);
    }

    #[test]
    fn what_is_read_is_of_bounded_size_and_lies_on_char_boundaries(text in "[aä是🎉]{0,2000}") {
        let (beginning, end) = ends(&text);
        prop_assert!(text.starts_with(beginning) && text.ends_with(end));
        prop_assert!(beginning.len() + end.len() <= 2 * READ);
        prop_assert!(text.len() > 2 * READ || beginning == text);
    }
}
