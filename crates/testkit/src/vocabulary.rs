use crate::Language;

/// What one profession talks about, in one language.
///
/// `things` are plural nouns without an article, in a form that is both subject and object.
/// `activities` are gerunds in English and infinitives with `zu` in German.
pub(crate) struct Vocabulary {
    pub(crate) titles: &'static [&'static str],
    pub(crate) things: &'static [&'static str],
    pub(crate) activities: &'static [&'static str],
    pub(crate) lessons: &'static [&'static str],
    pub(crate) skills: &'static [&'static str],
    pub(crate) fields: &'static [&'static str],
}

/// Sentences with slots in braces, in one language.
pub(crate) struct Templates {
    pub(crate) headlines: &'static [&'static str],
    pub(crate) abouts: &'static [&'static str],
    pub(crate) duties: &'static [&'static str],
    pub(crate) titles: &'static [&'static str],
    pub(crate) openings: &'static [&'static str],
    pub(crate) bodies: &'static [&'static str],
    pub(crate) closings: &'static [&'static str],
    pub(crate) answers: &'static [&'static str],
    /// Sentences that reveal special categories of data (GDPR art. 9).
    pub(crate) sensitive: &'static [&'static str],
    /// Around a full name.
    pub(crate) names: &'static [&'static str],
    /// Around a name after an at sign.
    pub(crate) at_names: &'static [&'static str],
    /// Around a name without capitals.
    pub(crate) lower_case_names: &'static [&'static str],
    /// Around the first word of the name of the person who is answered.
    pub(crate) thread_names: &'static [&'static str],
    /// Who is quoted and what.
    pub(crate) quotes: &'static [&'static str],
    /// Around an address to write to.
    pub(crate) email: &'static str,
    /// Around a number to call.
    pub(crate) phone: &'static str,
    /// Around an account to pay to.
    pub(crate) iban: &'static str,
    /// Around a place to visit.
    pub(crate) address: &'static str,
    /// Around the secret name of a project.
    pub(crate) code_name: &'static str,
    pub(crate) months: &'static [&'static str],
    pub(crate) schools: &'static [&'static str],
    pub(crate) degrees: &'static [&'static str],
}

/// How many professions there are; both languages list them in the same order.
pub(crate) const PROFESSIONS: usize = 8;

impl Language {
    pub(crate) fn templates(self) -> &'static Templates {
        match self {
            Self::English => &crate::english::TEMPLATES,
            Self::German => &crate::german::TEMPLATES,
        }
    }

    /// The words of a profession; the first one's if there are not that many.
    pub(crate) fn vocabulary(self, profession: usize) -> &'static Vocabulary {
        let [first, ..] = match self {
            Self::English => &crate::english::PROFESSIONS,
            Self::German => &crate::german::PROFESSIONS,
        };
        match self {
            Self::English => crate::english::PROFESSIONS.get(profession).unwrap_or(first),
            Self::German => crate::german::PROFESSIONS.get(profession).unwrap_or(first),
        }
    }
}
