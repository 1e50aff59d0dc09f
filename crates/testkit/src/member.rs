use policy::{AgeClass, Country, Instant, Status, Visibility};
use serde::Serialize;

/// The language somebody writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Language {
    /// `en`.
    #[serde(rename = "en")]
    English,
    /// `de`.
    #[serde(rename = "de")]
    German,
}

/// A synthetic member with everything that is not an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id on the synthetic platform, unique in the network.
    pub external_id: String,
    /// The display name; one word for some, shared by some.
    pub name: String,
    /// Where the member lives; `None` if the platform does not say.
    pub region: Option<Country>,
    /// The age class; `None` if the platform does not say.
    pub age: Option<AgeClass>,
    /// The state of the account; `None` if the platform does not say.
    pub status: Option<Status>,
    /// When the account was opened.
    pub joined: Instant,
    /// The language the member writes in; the profile may leave it out.
    pub language: Language,
    /// The profile; some members have none.
    pub profile: Option<Profile>,
    /// Work experience, newest first.
    pub positions: Vec<Position>,
    /// Schools, newest first.
    pub education: Vec<Education>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Personal facts that stand in the member's own items.
    pub planted: Vec<PlantedFact>,
    /// Index of the profession in the vocabulary.
    pub(crate) profession: usize,
}

/// What a member's profile says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// One line.
    pub headline: String,
    /// Some sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// A city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// An address under `example.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// The language, where the profile names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who can see it; `None` if the platform does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}

/// One job of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The id on the synthetic platform, unique in the network.
    pub id: String,
    /// The job's title.
    pub title: String,
    /// The company.
    pub employer: String,
    /// What the job is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Year and month, as in `2014-03`.
    pub started: String,
    /// Year and month; `None` for a job that is still held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Who can see it; `None` if the platform does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}

/// One school of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Education {
    /// The id on the synthetic platform, unique in the network.
    pub id: String,
    /// The school.
    pub school: String,
    /// The degree.
    pub degree: String,
    /// The field of study.
    pub field: String,
    /// What it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The year, as in `2009`.
    pub started: String,
    /// The year.
    pub ended: String,
    /// Who can see it; `None` if the platform does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}

/// One skill of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skill {
    /// The id on the synthetic platform, unique in the network.
    pub id: String,
    /// What the member can do.
    pub name: String,
    /// Who can see it; `None` if the platform does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}

/// A personal fact that was planted in a text, so that a test can ask what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedFact {
    /// What it is.
    pub kind: PlantedKind,
    /// The text, exactly as it stands in the item.
    pub text: String,
    /// The id of the item in which it stands.
    pub item: String,
}

/// What a planted fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlantedKind {
    /// An address under `example.com`.
    Email,
    /// A number of a range that is kept for fiction.
    Phone,
    /// An account number with right check digits at a bank that does not exist.
    Iban,
    /// Street, number, postcode and town.
    Address,
    /// A name that occurs once in the whole network: what a model could learn by heart.
    CodeName,
}

impl PlantedKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Email, Self::Phone, Self::Iban, Self::Address, Self::CodeName];
}

impl Language {
    /// The two letters of ISO 639-1.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

impl Member {
    /// The first word of the name.
    pub fn first_name(&self) -> &str {
        self.name.split(' ').next().unwrap_or(&self.name)
    }

    /// Whether the name is one word, which a text may hold without naming anybody.
    pub fn has_one_word_name(&self) -> bool {
        !self.name.contains(' ')
    }
}
