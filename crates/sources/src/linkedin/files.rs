//! The one list of the files of an export: what each is read as, or why it is not read.

use lake::Table;
use policy::Category;

use super::Part;

/// A file whose rows come in, in the order of reading: what others point at comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Form {
    Registration,
    Profile,
    Positions,
    Education,
    Skills,
    Shares,
    /// Each a file of HTML, not a row of a table.
    Articles,
    Comments,
    Reactions,
    Votes,
    InstantReposts,
    MemberFollows,
    HashtagFollows,
    CompanyFollows,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Its rows come in.
    Read(Form),
    /// Its rows are counted; they have no place in the lake, and nothing of them is held.
    Counted,
    /// Its rows are of a sealed category: counted, and nothing of them is held.
    Sealed(Category),
}

/// What is known of one file of the export.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownFile {
    /// Its name without ending, in lower case, with spaces for underscores.
    pub(super) stem: &'static str,
    /// What becomes of it.
    pub(super) purpose: Use,
}

/// How a file that comes in is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Its name in a new archive.
    pub(super) file: &'static str,
    /// Its columns in a new archive.
    pub(super) columns: &'static [&'static str],
    /// Names that columns had in other years, and columns that are not read, in lower case.
    pub(super) others: &'static [&'static str],
    /// Other names of a column that is read: (other, in lower case; the name above).
    pub(super) aliases: &'static [(&'static str, &'static str)],
    /// Columns without which no row can be read.
    pub(super) needed: &'static [&'static str],
    /// Whether quotes inside of quotes stand behind backslashes.
    pub(super) escapes: bool,
    /// Whether lines end with a carriage return.
    pub(super) returns: bool,
    /// What of the lake the file holds all of.
    pub(super) parts: &'static [Part],
}

const fn read(stem: &'static str, form: Form) -> KnownFile {
    KnownFile { stem, purpose: Use::Read(form) }
}

const fn counted(stem: &'static str) -> KnownFile {
    KnownFile { stem, purpose: Use::Counted }
}

const fn sealed(stem: &'static str, category: Category) -> KnownFile {
    KnownFile { stem, purpose: Use::Sealed(category) }
}

/// Every known file. One that is not here is reported, and not read.
pub(super) const FILES: &[KnownFile] = &[
    read("registration", Form::Registration),
    read("profile", Form::Profile),
    read("positions", Form::Positions),
    read("education", Form::Education),
    read("skills", Form::Skills),
    read("shares", Form::Shares),
    read("comments", Form::Comments),
    read("reactions", Form::Reactions),
    read("votes", Form::Votes),
    read("instantreposts", Form::InstantReposts),
    read("member follows", Form::MemberFollows),
    read("hashtag follows", Form::HashtagFollows),
    read("company follows", Form::CompanyFollows),
    // Messages of every kind, also those with a machine, and what comes with an invitation.
    sealed("messages", Category::PrivateMessages),
    sealed("guide messages", Category::PrivateMessages),
    sealed("coach messages", Category::PrivateMessages),
    sealed("learning coach messages", Category::PrivateMessages),
    sealed("learning role play messages", Category::PrivateMessages),
    sealed("learningcoachmessages", Category::PrivateMessages),
    sealed("invitations", Category::PrivateMessages),
    // Log-ins and papers of identity.
    sealed("logins", Category::Credentials),
    sealed("security challenges", Category::Credentials),
    sealed("private identity asset", Category::Credentials),
    sealed("verifications", Category::Credentials),
    sealed("receipts", Category::Payment),
    sealed("receipts v2", Category::Payment),
    sealed("job applications", Category::JobApplications),
    // A posting says what it pays.
    sealed("online job postings", Category::Salary),
    // Other people and how to reach them.
    counted("connections"),
    counted("contacts"),
    counted("importedcontacts"),
    counted("email addresses"),
    counted("phonenumbers"),
    counted("whatsapp phone numbers"),
    counted("endorsement received info"),
    counted("endorsement given info"),
    counted("recommendations received"),
    counted("recommendations given"),
    // Parts of a profile for which the lake has no table, or not the member's own words.
    counted("profile summary"),
    counted("certifications"),
    counted("languages"),
    counted("projects"),
    counted("publications"),
    counted("honors"),
    counted("courses"),
    counted("organizations"),
    counted("volunteering"),
    counted("causes you care about"),
    counted("patents"),
    counted("test scores"),
    counted("providers"),
    counted("engagements"),
    counted("opportunities"),
    // What the member did that is neither reaction, vote nor follow.
    counted("rich media"),
    counted("saved items"),
    counted("events"),
    counted("member hashtags"),
    counted("searchqueries"),
    counted("search queries"),
    counted("learning"),
    counted("calendar"),
    counted("groups"),
    counted("reviews"),
    counted("account status history"),
    // Jobs data, for which the lake has no table.
    counted("job applicant saved answers"),
    counted("job applicant saved screening question responses"),
    counted("saved jobs"),
    counted("savedjobalerts"),
    counted("job seeker preferences"),
    // Ads, and what was guessed about the member.
    counted("ads clicked"),
    counted("lan ads engagement"),
    counted("ad targeting"),
    counted("inferences about you"),
];

impl Form {
    /// Every file whose rows come in, in the order of reading.
    pub(super) const ALL: [Self; 14] = [
        Self::Registration,
        Self::Profile,
        Self::Positions,
        Self::Education,
        Self::Skills,
        Self::Shares,
        Self::Articles,
        Self::Comments,
        Self::Reactions,
        Self::Votes,
        Self::InstantReposts,
        Self::MemberFollows,
        Self::HashtagFollows,
        Self::CompanyFollows,
    ];

    /// How the file is written.
    pub(super) const fn layout(self) -> Layout {
        match self {
            Self::Registration => REGISTRATION,
            Self::Profile => PROFILE,
            Self::Positions => POSITIONS,
            Self::Education => EDUCATION,
            Self::Skills => SKILLS,
            Self::Shares => SHARES,
            Self::Articles => ARTICLES,
            Self::Comments => COMMENTS,
            Self::Reactions => REACTIONS,
            Self::Votes => VOTES,
            Self::InstantReposts => REPOSTS,
            Self::MemberFollows => MEMBER_FOLLOWS,
            Self::HashtagFollows => HASHTAG_FOLLOWS,
            Self::CompanyFollows => COMPANY_FOLLOWS,
        }
    }

    /// The word under which the rows are accounted for: the name of the file without ending.
    pub(super) fn word(self) -> &'static str {
        let file = self.layout().file;
        file.strip_suffix(".csv").unwrap_or(file)
    }
}

const PLAIN: Layout = Layout {
    file: "",
    columns: &[],
    others: &[],
    aliases: &[],
    needed: &[],
    escapes: false,
    returns: false,
    parts: &[],
};

const REGISTRATION: Layout = Layout {
    file: "Registration.csv",
    columns: &["Registered At", "Registration Ip", "Subscription Types"],
    needed: &["Registered At"],
    ..PLAIN
};

const PROFILE: Layout = Layout {
    file: "Profile.csv",
    columns: &[
        "First Name",
        "Last Name",
        "Maiden Name",
        "Address",
        "Birth Date",
        "Headline",
        "Summary",
        "Industry",
        "Zip Code",
        "Geo Location",
        "Twitter Handles",
        "Websites",
        "Instant Messengers",
    ],
    others: &["contact instructions", "country"],
    needed: &["First Name", "Last Name"],
    ..PLAIN
};

const POSITIONS: Layout = Layout {
    file: "Positions.csv",
    columns: &["Company Name", "Title", "Description", "Location", "Started On", "Finished On"],
    needed: &["Company Name", "Title"],
    parts: &[Part { table: Table::Positions, word: None }],
    ..PLAIN
};

const EDUCATION: Layout = Layout {
    file: "Education.csv",
    columns: &["School Name", "Start Date", "End Date", "Notes", "Degree Name", "Activities"],
    needed: &["School Name"],
    parts: &[Part { table: Table::Education, word: None }],
    ..PLAIN
};

const SKILLS: Layout = Layout {
    file: "Skills.csv",
    columns: &["Name"],
    needed: &["Name"],
    parts: &[Part { table: Table::Skills, word: None }],
    ..PLAIN
};

const SHARES: Layout = Layout {
    file: "Shares.csv",
    columns: &["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"],
    needed: &["Date", "ShareLink", "ShareCommentary"],
    returns: true,
    parts: &[ITEMS_POST, ITEMS_GROUP],
    ..PLAIN
};

const ARTICLES: Layout = Layout {
    file: "Articles",
    parts: &[Part { table: Table::Items, word: Some("article") }],
    ..PLAIN
};

const COMMENTS: Layout = Layout {
    file: "Comments.csv",
    columns: &["Date", "Link", "Message"],
    aliases: &[("comment", "Message")],
    needed: &["Date", "Link", "Message"],
    escapes: true,
    returns: true,
    parts: &[Part { table: Table::Items, word: Some("comment") }, ITEMS_GROUP],
    ..PLAIN
};

const REACTIONS: Layout = Layout {
    file: "Reactions.csv",
    columns: &["Date", "Type", "Link"],
    needed: &["Date", "Type"],
    returns: true,
    parts: &[Part { table: Table::Activity, word: Some("reaction") }],
    ..PLAIN
};

const VOTES: Layout = Layout {
    file: "Votes.csv",
    columns: &["Date", "Link", "OptionText"],
    needed: &["Date", "Link"],
    escapes: true,
    returns: true,
    parts: &[Part { table: Table::Activity, word: Some("vote") }],
    ..PLAIN
};

const REPOSTS: Layout = Layout {
    file: "InstantReposts.csv",
    columns: &["Date", "Link"],
    needed: &["Date", "Link"],
    parts: &[Part { table: Table::Activity, word: Some("repost") }],
    ..PLAIN
};

const MEMBER_FOLLOWS: Layout = Layout {
    file: "Member_Follows.csv",
    columns: &["Date", "Status", "FullName"],
    needed: &["Date"],
    returns: true,
    parts: &[Part { table: Table::Activity, word: Some("member-follow") }],
    ..PLAIN
};

const HASHTAG_FOLLOWS: Layout = Layout {
    file: "Hashtag_Follows.csv",
    columns: &["HashTag", "CreatedTime", "LastModifiedTime", "State"],
    needed: &["HashTag", "CreatedTime"],
    parts: &[Part { table: Table::Activity, word: Some("hashtag-follow") }],
    ..PLAIN
};

const COMPANY_FOLLOWS: Layout = Layout {
    file: "Company Follows.csv",
    columns: &["Organization", "Followed On"],
    needed: &["Organization", "Followed On"],
    parts: &[Part { table: Table::Activity, word: Some("company-follow") }],
    ..PLAIN
};

const ITEMS_POST: Part = Part { table: Table::Items, word: Some("post") };
const ITEMS_GROUP: Part = Part { table: Table::Items, word: Some("group") };

/// What a file is by its name without ending: its stem in the list, and the digits that newer
/// archives append to it.
pub(super) fn find(stem: &str) -> Option<(&'static KnownFile, Option<String>)> {
    let name = stem.to_lowercase().replace('_', " ");
    if let Some(known) = FILES.iter().find(|known| known.stem == name) {
        return Some((known, None));
    }
    let (start, digits) = name.rsplit_once(' ')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let known = FILES.iter().find(|known| is_number && known.stem == start)?;
    Some((known, Some(digits.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let stem = |name| find(name).map(|(known, digits)| (known.stem, digits));
        assert_eq!(stem("Shares"), Some(("shares", None)));
        assert_eq!(stem("Shares_123"), Some(("shares", Some("123".into()))));
        assert_eq!(stem("Member_Follows_9"), Some(("member follows", Some("9".into()))));
        assert_eq!(stem("PROFILE"), Some(("profile", None)));
        assert_eq!(stem("Job Applications_1"), Some(("job applications", Some("1".into()))));
        assert_eq!(stem("Receipts_v2"), Some(("receipts v2", None)));
        assert_eq!(stem("guide_messages").unwrap().0, "guide messages");
        assert_eq!(stem("guide_messages_2").unwrap().0, "guide messages");
        assert_eq!(stem("my_messages"), None, "it only ends like messages");
        assert_eq!(stem("Shares_x"), None);
    }

    #[test]
    fn every_file_is_documented() {
        let document = include_str!("../../../../docs/linkedin-export.md");
        let document = document.to_lowercase().replace('_', " ");
        for known in FILES {
            let is_there = document
                .split(['|', ',', '(', '\n'])
                .any(|cell| cell.trim().trim_end_matches(".csv") == known.stem);
            assert!(is_there, "`{}` is not in the document", known.stem);
        }
    }

    #[test]
    fn every_form_has_its_file() {
        for form in Form::ALL {
            let word = form.word();
            let found = find(word).map(|(known, _)| known.purpose);
            assert!(form == Form::Articles || found == Some(Use::Read(form)), "{word}");
            let layout = form.layout();
            assert!(layout.needed.iter().all(|name| layout.columns.contains(name)), "{word}");
        }
    }
}
