/// Titles and forms of address that stand before a name, in German, English, French and Spanish:
/// in lower case, without accents. A dot may follow each of them, and must where one stands here.
/// One list for all who look for names.
pub const TITLES: [&str; 35] = [
    "prof",
    "professor",
    "professorin",
    "professeur",
    "univ",
    "dr",
    "dra",
    "doktor",
    "doctor",
    "docteur",
    "pd",
    "priv",
    "dipl",
    "ing.",
    "mag.",
    "rev.",
    "hon.",
    "herr",
    "frau",
    "herrn",
    "mr",
    "mrs",
    "ms",
    "mx",
    "sir",
    "reverend",
    "m.",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "sr",
    "sra",
    "srta",
];

/// Titles that are names, too: `Don Juan Tenorio` may be a Don, or called so.
pub const TITLES_OR_NAMES: [&str; 9] =
    ["don", "dona", "dame", "lady", "miss", "ing", "mag", "rev", "hon"];

/// What only goes on with a title, as in `Dr. rer. nat.` and `Dipl.-Ing.`.
pub const TITLES_GO_ON: [&str; 22] = [
    "rer", "nat", "med", "phil", "jur", "theol", "habil", "h.c", "hc", "pol", "oec", "dent", "vet",
    "doz", "ing", "inf", "phys", "math", "chem", "psych", "kfm", "kffr",
];
