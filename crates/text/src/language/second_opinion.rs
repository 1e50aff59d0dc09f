use whichlang::Lang;

use super::table::Language;

/// Whether the n-gram model takes the text for this language too. It knows sixteen languages, and
/// takes every text for one of them.
pub(super) fn agrees(text: &str, language: Language) -> bool {
    opinion(whichlang::detect_language(text)) == language
}

const fn opinion(lang: Lang) -> Language {
    match lang {
        Lang::Ara => Language::Arabic,
        Lang::Cmn => Language::Chinese,
        Lang::Deu => Language::German,
        Lang::Eng => Language::English,
        Lang::Fra => Language::French,
        Lang::Hin => Language::Hindi,
        Lang::Ita => Language::Italian,
        Lang::Jpn => Language::Japanese,
        Lang::Kor => Language::Korean,
        Lang::Nld => Language::Dutch,
        Lang::Por => Language::Portuguese,
        Lang::Rus => Language::Russian,
        Lang::Spa => Language::Spanish,
        Lang::Swe => Language::Swedish,
        Lang::Tur => Language::Turkish,
        Lang::Vie => Language::Vietnamese,
    }
}
