//! The words around what members wrote; `{…}` is filled from columns of their rows.

/// The words of one language.
#[derive(Debug)]
pub(super) struct Templates {
    /// `de` or `en`.
    pub(super) language: &'static str,
    pub(super) headline: &'static str,
    pub(super) about: &'static str,
    pub(super) description: &'static str,
    pub(super) post: &'static str,
    pub(super) article: &'static str,
    pub(super) message: &'static str,
    /// What a recruiter writes, one of these.
    pub(super) messages: &'static [&'static str],
    /// What stands above positions, education and skills.
    pub(super) positions: &'static str,
    pub(super) education: &'static str,
    pub(super) skills: &'static str,
    /// When a position ends that lasts.
    pub(super) today: &'static str,
    /// Words that nobody writes in notes.
    pub(super) not_in_notes: &'static [&'static str],
}

const GERMAN: Templates = Templates {
    language: "de",
    headline: "Schreibe eine Überschrift für mein Profil, in einer Zeile.\n\n{career}",
    about: "Schreibe für mein Profil, wer ich bin und was mich ausmacht.\n\n{career}",
    description: "Beschreibe für mein Profil, was ich dort getan habe.\n\n{position}",
    post: "Schreibe aus diesen Stichpunkten einen Beitrag.\n\n{bullets}",
    article: "Schreibe aus diesen Stichpunkten einen Artikel mit der Überschrift „{title}“.\n\n\
              {bullets}",
    message: "Schreibe jemandem mit diesem Werdegang eine kurze Nachricht zu dieser Stelle.\n\n\
              Stelle:\n{job}\n\n{career}",
    messages: &[
        "Guten Tag,\n\nbei {employer} ist die Stelle {title} zu besetzen. Ihr Werdegang passt dazu, \
         vor allem das, was Sie zuletzt getan haben: {last}. Haben Sie Zeit für ein Gespräch?\n\n\
         Freundliche Grüße",
        "Guten Tag,\n\nSie bringen als {last} mit, was wir suchen: {employer} besetzt die Stelle \
         {title}. Darf ich Ihnen mehr darüber erzählen?\n\nMit freundlichen Grüßen",
        "Hallo,\n\nich bin auf Ihr Profil gestoßen, weil wir für {employer} jemanden suchen: \
         {title}. Nach Ihrer Zeit als {last} könnte das der nächste Schritt sein. Wollen wir \
         darüber sprechen?\n\nViele Grüße",
    ],
    positions: "Berufserfahrung:",
    education: "Ausbildung:",
    skills: "Kenntnisse:",
    today: "heute",
    not_in_notes: &[
        "aber", "als", "also", "am", "an", "auch", "auf", "aus", "bei", "bin", "bis", "da",
        "damit", "dann", "das", "dass", "dazu", "dem", "den", "denn", "der", "des", "die", "dies",
        "diese", "diesem", "diesen", "dieser", "dieses", "doch", "du", "durch", "ein", "eine",
        "einem", "einen", "einer", "eines", "er", "es", "euch", "für", "hat", "hatte", "haben",
        "ich", "ihm", "ihn", "ihr", "ihre", "im", "in", "ins", "ist", "ja", "kann", "man", "mein",
        "meine", "mich", "mir", "mit", "nach", "noch", "nun", "nur", "ob", "oder", "schon", "sehr",
        "sein", "seine", "sich", "sie", "sind", "so", "über", "um", "und", "uns", "unser",
        "unsere", "unter", "vom", "von", "vor", "war", "waren", "was", "weil", "wenn", "werden",
        "wie", "wir", "wird", "wurde", "zu", "zum", "zur",
    ],
};

const ENGLISH: Templates = Templates {
    language: "en",
    headline: "Write a headline for my profile, in one line.\n\n{career}",
    about: "Write for my profile who I am and what I stand for.\n\n{career}",
    description: "Describe for my profile what I did there.\n\n{position}",
    post: "Write a post from these notes.\n\n{bullets}",
    article: "Write an article with the heading “{title}” from these notes.\n\n{bullets}",
    message: "Write a short message about this job to somebody with this career.\n\n\
              Job:\n{job}\n\n{career}",
    messages: &[
        "Hello,\n\n{employer} is looking to fill the position {title}. Your career fits it well, \
         above all what you did last: {last}. Would you have time to talk?\n\nKind regards",
        "Hello,\n\nas {last} you have learned what we are looking for: {employer} has an opening, \
         {title}. May I tell you more about it?\n\nBest regards",
        "Hi,\n\nI came across your profile because we are looking for somebody for {employer}: \
         {title}. After your time as {last} it could be the next step. Shall we talk?\n\nBest wishes",
    ],
    positions: "Experience:",
    education: "Education:",
    skills: "Skills:",
    today: "today",
    not_in_notes: &[
        "a", "about", "all", "also", "am", "an", "and", "are", "as", "at", "be", "because", "been",
        "but", "by", "can", "could", "did", "do", "for", "from", "had", "has", "have", "he", "her",
        "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "more", "my", "no",
        "not", "of", "on", "one", "or", "our", "she", "so", "some", "than", "that", "the", "their",
        "them", "then", "there", "these", "they", "this", "those", "to", "up", "us", "very", "was",
        "we", "were", "what", "when", "which", "who", "will", "with", "would", "you", "your",
    ],
};

impl Templates {
    /// Those of the language of a [BCP 47](https://www.rfc-editor.org/info/bcp47) tag, in any region.
    pub(super) fn of(tag: &str) -> Option<&'static Self> {
        let language = tag.split(['-', '_']).next()?;
        [&GERMAN, &ENGLISH].into_iter().find(|one| language.eq_ignore_ascii_case(one.language))
    }
}

/// A template with words in the place of names in braces, whatever braces the words have.
pub(super) fn fill(template: &str, words: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let found = words.iter().find(|(known, _)| *known == name);
        filled.push_str(found.map_or("", |(_, words)| words));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_filled_in_once() {
        let filled = fill("a {title} b {title}{last}", &[("title", "{last}"), ("last", "x")]);
        assert_eq!(filled, "a {last} b {last}x");
        assert_eq!(fill("nothing", &[]), "nothing");
    }

    #[test]
    fn regions_make_no_difference() {
        assert_eq!(Templates::of("de-AT").unwrap().language, "de");
        assert_eq!(Templates::of("EN").unwrap().language, "en");
        assert!(Templates::of("fr").is_none() && Templates::of("").is_none());
    }
}
