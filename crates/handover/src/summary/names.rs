//! What codes are called in the languages of people.

use crate::Language;

/// A code and its names in English and German.
struct Name {
    code: &'static str,
    english: &'static str,
    german: &'static str,
}

const fn name(code: &'static str, english: &'static str, german: &'static str) -> Name {
    Name { code, english, german }
}

/// The official languages of the Union, those of the larger platforms, and none.
const LANGUAGES: &[Name] = &[
    name("ar", "Arabic", "Arabisch"),
    name("bg", "Bulgarian", "Bulgarisch"),
    name("ca", "Catalan", "Katalanisch"),
    name("cs", "Czech", "Tschechisch"),
    name("da", "Danish", "Dänisch"),
    name("de", "German", "Deutsch"),
    name("el", "Greek", "Griechisch"),
    name("en", "English", "Englisch"),
    name("es", "Spanish", "Spanisch"),
    name("et", "Estonian", "Estnisch"),
    name("fa", "Persian", "Persisch"),
    name("fi", "Finnish", "Finnisch"),
    name("fr", "French", "Französisch"),
    name("ga", "Irish", "Irisch"),
    name("he", "Hebrew", "Hebräisch"),
    name("hi", "Hindi", "Hindi"),
    name("hr", "Croatian", "Kroatisch"),
    name("hu", "Hungarian", "Ungarisch"),
    name("id", "Indonesian", "Indonesisch"),
    name("it", "Italian", "Italienisch"),
    name("ja", "Japanese", "Japanisch"),
    name("ko", "Korean", "Koreanisch"),
    name("lt", "Lithuanian", "Litauisch"),
    name("lv", "Latvian", "Lettisch"),
    name("mt", "Maltese", "Maltesisch"),
    name("nb", "Norwegian Bokmål", "Norwegisch (Bokmål)"),
    name("nl", "Dutch", "Niederländisch"),
    name("no", "Norwegian", "Norwegisch"),
    name("pl", "Polish", "Polnisch"),
    name("pt", "Portuguese", "Portugiesisch"),
    name("ro", "Romanian", "Rumänisch"),
    name("ru", "Russian", "Russisch"),
    name("sk", "Slovak", "Slowakisch"),
    name("sl", "Slovenian", "Slowenisch"),
    name("sr", "Serbian", "Serbisch"),
    name("sv", "Swedish", "Schwedisch"),
    name("th", "Thai", "Thailändisch"),
    name("tr", "Turkish", "Türkisch"),
    name("uk", "Ukrainian", "Ukrainisch"),
    name("und", "undetermined", "nicht bestimmbar"),
    name("vi", "Vietnamese", "Vietnamesisch"),
    name("zh", "Chinese", "Chinesisch"),
];

const CATEGORIES: &[Name] = &[
    name("activity", "reactions, follows and votes", "Reaktionen, Abonnements und Abstimmungen"),
    name("ad-events", "views of and clicks on ads", "Aufrufe von und Klicks auf Anzeigen"),
    name("articles", "articles", "Artikel"),
    name("comments", "comments", "Kommentare"),
    name("education", "education", "Ausbildung"),
    name("feedback", "feedback on AI features", "Rückmeldungen zu KI-Funktionen"),
    name("group-content", "contributions in groups", "Beiträge in Gruppen"),
    name("jobs-data", "job-related data saved for later", "gespeicherte Bewerbungsangaben"),
    name("positions", "work experience", "Berufserfahrung"),
    name("posts", "posts", "Beiträge"),
    name("profile", "profiles", "Profilangaben"),
    name("prompts", "inputs to AI features", "Eingaben in KI-Funktionen"),
    name("skills", "skills", "Kenntnisse"),
];

const REASONS: &[Name] = &[
    name("account-closed", "account closed", "Konto geschlossen"),
    name("after-as-of", "dated later than the key date", "nach dem Stichtag"),
    name("age-unknown", "age not known", "Alter nicht bekannt"),
    name("before-cutoff", "older than the cut-off date", "älter als die Datumsgrenze"),
    name("consent-missing", "no consent", "keine Einwilligung"),
    name("date-unknown", "date not known", "Datum nicht bekannt"),
    name("documents-missing", "required documents missing", "erforderliche Unterlagen fehlen"),
    name("duplicate", "duplicate of another document", "Dublette eines anderen Dokuments"),
    name("empty", "without text", "ohne Text"),
    name("language", "in a language that is not used", "in einer nicht verwendeten Sprache"),
    name("member-unknown", "author not known", "Urheber nicht bekannt"),
    name("names-objector", "names somebody who objected", "nennt jemanden, der widersprochen hat"),
    name(
        "near-duplicate",
        "nearly the same as another document",
        "fast gleich mit einem anderen Dokument",
    ),
    name("no-document", "no text by its kind", "der Art nach kein Text"),
    name("not-adult", "member is a minor", "Mitglied minderjährig"),
    name("not-public", "not public", "nicht öffentlich"),
    name("not-this-purpose", "not meant for this purpose", "nicht für diesen Zweck vorgesehen"),
    name("notice-missing", "member not informed", "Mitglied nicht informiert"),
    name("notice-window-open", "notice period still running", "Frist nach Information läuft noch"),
    name("objected", "member objected", "Widerspruch des Mitglieds"),
    name(
        "opted-out-by-signal",
        "opted out by a signal on it",
        "durch ein Signal daran ausgenommen",
    ),
    name("personal-data", "contains personal data", "enthält personenbezogene Daten"),
    name(
        "region-not-started",
        "use not begun in the region",
        "Nutzung in der Region nicht begonnen",
    ),
    name("region-unknown", "region not known", "Region nicht bekannt"),
    name("restricted", "processing restricted", "Verarbeitung eingeschränkt"),
    name("sealed-category", "excluded kind of data", "ausgeschlossene Datenart"),
    name("sensitive", "special category of data", "besondere Kategorie von Daten"),
    name("status-unknown", "state of the account not known", "Kontostatus nicht bekannt"),
    name("visibility-unknown", "visibility not known", "Sichtbarkeit nicht bekannt"),
];

const KINDS: &[Name] = &[
    name("card", "numbers of payment cards", "Nummern von Zahlungskarten"),
    name("email", "e-mail addresses", "E-Mail-Adressen"),
    name("iban", "account numbers (IBAN)", "Kontonummern (IBAN)"),
    name("ip", "IP addresses", "IP-Adressen"),
    name("phone", "telephone numbers", "Telefonnummern"),
    name("postal-address", "postal addresses", "Postanschriften"),
    name("url", "web addresses", "Webadressen"),
    name("url-token", "access keys in web addresses", "Zugangsschlüssel in Webadressen"),
];

/// What a language is called, by its tag; the tag itself where it is not on the list.
pub(crate) fn language_name(tag: &str, language: Language) -> String {
    find(LANGUAGES, tag, language)
}

/// What a kind of data is called.
pub(super) fn category_name(code: &str, language: Language) -> String {
    find(CATEGORIES, code, language)
}

/// What a reason to leave rows out is called.
pub(super) fn reason_name(code: &str, language: Language) -> String {
    match (code.strip_prefix("quality-"), language) {
        (Some(rule), Language::English) => format!("quality, by the rule `{rule}`"),
        (Some(rule), Language::German) => format!("Qualität, nach der Regel `{rule}`"),
        (None, _) => find(REASONS, code, language),
    }
}

/// What a kind of personal data is called.
pub(super) fn kind_name(code: &str, language: Language) -> String {
    find(KINDS, code, language)
}

fn find(names: &[Name], code: &str, language: Language) -> String {
    let found = names.iter().find(|name| name.code == code).map(|name| match language {
        Language::English => name.english,
        Language::German => name.german,
    });
    found.unwrap_or(code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_name_one_thing_each() {
        for names in [LANGUAGES, CATEGORIES, REASONS, KINDS] {
            assert!(names.is_sorted_by(|one, next| one.code < next.code));
        }
    }

    #[test]
    fn what_is_on_no_list_is_called_by_its_code() {
        assert_eq!(language_name("x-klingon", Language::German), "x-klingon");
        assert_eq!(language_name("de", Language::German), "Deutsch");
    }
}
