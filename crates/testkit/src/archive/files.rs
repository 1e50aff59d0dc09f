//! The files, with or without their oddities.

use super::{ArchiveMember, ArchivePost, PRIVATE_WORD, Quirks};

/// Every file of an archive.
pub(super) fn all(member: &ArchiveMember, quirks: Quirks) -> Vec<(String, Vec<u8>)> {
    let writer = Writer { member, quirks };
    let mut files = writer.about();
    files.extend(writer.content());
    files.extend(writer.articles());
    files.extend(writer.others());
    if quirks.private_files {
        files.extend(writer.private());
    }
    files
}

struct Writer<'a> {
    member: &'a ArchiveMember,
    quirks: Quirks,
}

/// How a table is written.
#[derive(Clone, Copy, Default)]
struct Style {
    backslashes: bool,
    returns: bool,
    mark: bool,
}

impl Writer<'_> {
    fn table(&self, style: Style, header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
        let Style { backslashes, returns, mark } = style;
        let end = if returns && self.quirks.mixed_line_ends { "\r\n" } else { "\n" };
        let field = |text: &str| {
            if !text.contains([',', '"', '\n', '\\']) {
                return text.to_owned();
            }
            let quoted = match backslashes && self.quirks.backslashes {
                true => text.replace('\\', "\\\\").replace('"', "\\\""),
                false => text.replace('"', "\"\""),
            };
            format!("\"{quoted}\"")
        };
        let mut text = String::from(if mark && self.quirks.marks { "\u{FEFF}" } else { "" });
        text.push_str(&header.join(","));
        text.push_str(end);
        for row in rows {
            let fields: Vec<_> = row.iter().map(|text| field(text)).collect();
            text.push_str(&fields.join(","));
            text.push_str(end);
        }
        if self.quirks.trailing_line {
            text.push_str(end);
        }
        text.into_bytes()
    }

    /// A table without oddities of its own.
    fn plain(&self, header: &[&str], rows: &[Vec<&str>]) -> Vec<u8> {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|text| (*text).to_owned()).collect()).collect();
        self.table(Style::default(), header, &rows)
    }

    fn numbered(&self, stem: &str) -> String {
        match self.quirks.numbered_names {
            true => format!("{stem}_{}.csv", self.member.number),
            false => format!("{stem}.csv"),
        }
    }

    fn about(&self) -> Vec<(String, Vec<u8>)> {
        let ArchiveMember {
            name: (first, last), headline, about, positions, schools, skills, ..
        } = self.member;
        let profile = [
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
        ];
        let row = vec![
            first.as_str(),
            last,
            "",
            "",
            "Mar 5",
            headline,
            about,
            "Construction",
            "",
            "Hamburg, Germany",
            "",
            "[PERSONAL:https://example.org/ada]",
            "",
        ];
        let style = Style { mark: true, ..Style::default() };
        let row: Vec<String> = row.into_iter().map(str::to_owned).collect();
        let positions: Vec<Vec<&str>> = positions
            .iter()
            .map(|(employer, title)| {
                vec![employer.as_str(), title, "Plans,\nand welds", "Hamburg", "Mar 2018", ""]
            })
            .collect();
        let schools: Vec<Vec<&str>> = schools
            .iter()
            .map(|school| vec![school.as_str(), "2011", "2016", "Thesis on fatigue", "M.Sc.", ""])
            .collect();
        let skills: Vec<Vec<&str>> = skills.iter().map(|skill| vec![skill.as_str()]).collect();
        let registered = [vec!["3/1/14, 9:07 PM", PRIVATE_WORD, ""]];
        vec![
            ("Profile.csv".into(), self.table(style, &profile, &[row])),
            (
                "Positions.csv".into(),
                self.plain(
                    &[
                        "Company Name",
                        "Title",
                        "Description",
                        "Location",
                        "Started On",
                        "Finished On",
                    ],
                    &positions,
                ),
            ),
            (
                "Education.csv".into(),
                self.plain(
                    &[
                        "School Name",
                        "Start Date",
                        "End Date",
                        "Notes",
                        "Degree Name",
                        "Activities",
                    ],
                    &schools,
                ),
            ),
            ("Skills.csv".into(), self.plain(&["Name"], &skills)),
            (
                "Registration.csv".into(),
                self.plain(
                    &["Registered At", "Registration Ip", "Subscription Types"],
                    &registered,
                ),
            ),
        ]
    }

    fn content(&self) -> Vec<(String, Vec<u8>)> {
        let older = self.quirks.older_columns;
        let style = Style { returns: true, ..Style::default() };
        let quoted = Style { backslashes: true, ..style };
        let mut posts = self.member.posts.clone();
        let mut comments = self.member.comments.clone();
        if self.quirks.groups {
            posts.push(of_group("A question to the group"));
            comments.push(of_group("An answer in the group"));
        }
        if self.quirks.unknown_label {
            let urn = "urn:li:share:6900000000000000001".to_owned();
            let text = "For some".to_owned();
            let date = "2015-01-01 08:00:00".to_owned();
            posts.push(ArchivePost { date, urn, text, label: "EVENT_ATTENDEES" });
        }
        let posts: Vec<_> = posts.iter().map(|post| self.share(post)).collect();
        let comments: Vec<_> = comments
            .iter()
            .map(|one| vec![one.date.clone(), link(&one.urn), one.text.clone()])
            .collect();
        let reactions: Vec<_> = self
            .member
            .reactions
            .iter()
            .enumerate()
            .map(|(place, date)| {
                let kind = ["LIKE", "APPRECIATION", "EMPATHY"].get(place % 3).copied();
                let urn = format!("urn:li:activity:{}", 9_000 + place);
                vec![date.clone(), kind.unwrap_or("LIKE").to_owned(), link(&urn)]
            })
            .collect();
        let vote = |text: &str| {
            vec!["2024-02-03 10:00:00".to_owned(), link("urn:li:activity:8001"), text.to_owned()]
        };
        let shares = match older {
            true => ["Date", "ShareLink", "ShareCommentary", "SharedURL", "MediaURL", "Visibility"],
            false => {
                ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"]
            }
        };
        let message = if older { "Comment" } else { "Message" };
        let follow = vec![
            vec!["2024-01-02 10:00:00".to_owned(), "Active".to_owned(), "Ben Muster".to_owned()],
            vec!["2024-01-01 10:00:00".to_owned(), "Unfollow".to_owned(), "Cem Muster".to_owned()],
        ];
        let tag = vec!["bridges", "2024-01-05 10:00:00", "2024-01-05 10:00:00", "Follow"];
        vec![
            (self.numbered("Shares"), self.table(style, &shares, &posts)),
            (self.numbered("Comments"), self.table(quoted, &["Date", "Link", message], &comments)),
            (self.numbered("Reactions"), self.table(style, &["Date", "Type", "Link"], &reactions)),
            (
                "Votes.csv".into(),
                self.table(quoted, &["Date", "Link", "OptionText"], &[vote("\"Yes\", surely")]),
            ),
            (
                "InstantReposts.csv".into(),
                self.plain(
                    &["Date", "Link"],
                    &[vec!["2024-02-04 10:00:00", &link("urn:li:activity:8002")]],
                ),
            ),
            (
                self.numbered("Member_Follows"),
                self.table(style, &["Date", "Status", "FullName"], &follow),
            ),
            (
                self.numbered("Hashtag_Follows"),
                self.plain(&["HashTag", "CreatedTime", "LastModifiedTime", "State"], &[tag]),
            ),
            (
                "Company Follows.csv".into(),
                self.plain(
                    &["Organization", "Followed On"],
                    &[vec!["Brückenbau Nord", "Tue Mar 05 21:07:09 UTC 2024"]],
                ),
            ),
        ]
    }

    fn share(&self, post: &ArchivePost) -> Vec<String> {
        let ArchivePost { date, urn, text, label } = post;
        let text = match self.quirks.broken_quotes {
            true => text.replace('\n', "\"\n\""),
            false => text.clone(),
        };
        let (date, nothing, label) = (date.clone(), String::new(), (*label).to_owned());
        vec![date, link(urn), text, nothing.clone(), nothing, label]
    }

    fn articles(&self) -> Vec<(String, Vec<u8>)> {
        let folder = if self.quirks.drafts { "Articles/Articles" } else { "Articles" };
        let page = |title: &str, published: &str| {
            format!(
                "<html><head><title>{title}</title></head><body><h1><a href=\"https://www.linkedin.com/pulse/x\">{title}</a></h1>\n<p class=\"created\">Created on 2024-03-05 21:07</p>\n<p class=\"published\">{published}</p>\n<div><p>{title} &amp; more.</p><p>The end.</p></div></body></html>"
            )
        };
        let titles = self.member.articles.iter().enumerate();
        let mut files: Vec<_> = titles
            .map(|(place, title)| {
                let name =
                    format!("{folder}/{}-{place:05}.html", title.to_lowercase().replace(' ', "-"));
                (name, page(title, "Published on 2024-03-06 08:00").into_bytes())
            })
            .collect();
        if self.quirks.drafts {
            let draft = page("Unfinished thoughts", "Not published yet");
            files.push((format!("{folder}/unfinished-thoughts.html"), draft.into_bytes()));
        }
        files
    }

    /// Files that are counted and have no place.
    fn others(&self) -> Vec<(String, Vec<u8>)> {
        let people = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nBen,Muster,https://example.org/ben,,Muster AG,Chief,05 Mar 2024\n";
        let notes = "Notes:\n\"When exporting your connection data, you may notice that some, \"\"addresses\"\" are missing.\"\n\n";
        let prelude = if self.quirks.prelude { notes } else { "" };
        let mut files = vec![
            ("Connections.csv".into(), format!("{prelude}{people}").into_bytes()),
            ("Languages.csv".into(), self.plain(&["Name", "Proficiency"], &[vec!["German", ""]])),
            (
                "Ads Clicked.csv".into(),
                self.plain(
                    &["Ad clicked Date", "Ad Title/Id"],
                    &[vec!["2024/03/05 21:07:09 UTC", "12"]],
                ),
            ),
        ];
        if self.quirks.ragged_tables {
            let learning = "Content Title,Content Saved,\nWelding,true,\n";
            let targeting = "Company Names,Company Names,Job Titles,Job Titles\nA; B,C,D,E\n";
            let queries = "Time,Search Query\n2024/03/05 21:07:09 UTC,bridges, steel, and more\n";
            files.push(("Learning.csv".into(), learning.into()));
            files.push(("Ad_Targeting.csv".into(), targeting.into()));
            files.push(("SearchQueries.csv".into(), queries.into()));
        }
        files
    }

    /// Files of which nothing may be held.
    fn private(&self) -> Vec<(String, Vec<u8>)> {
        let word = PRIVATE_WORD;
        let messages = format!(
            "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER\n1,{word},Ada,x,Ben,y,2024-03-05 21:07:09 UTC,,\"{word}\nand, \"\"more\"\"\",INBOX\n2,,Ben,x,Ada,y,2024-03-05 21:08:09 UTC,,{word},INBOX\n"
        );
        let one = |header: &str| format!("{header}\n{word},{word}\n").into_bytes();
        vec![
            ("messages.csv".into(), messages.clone().into_bytes()),
            ("guide_messages.csv".into(), messages.clone().into_bytes()),
            ("learning_coach_messages.csv".into(), messages.clone().into_bytes()),
            ("learning_role_play_messages.csv".into(), messages.into_bytes()),
            ("LearningCoachMessages.csv".into(), b"No conversations found\n".to_vec()),
            ("Invitations.csv".into(), one("From,To,Sent At,Message,Direction")),
            ("Logins.csv".into(), one("Login Date,IP Address,User Agent,Login Type")),
            ("Security Challenges.csv".into(), one("Challenge Date,IP Address")),
            ("Private_identity_asset.csv".into(), one("Asset,Value")),
            ("Verifications/Verifications.csv".into(), one("First name,Last name")),
            ("Receipts.csv".into(), one("First Name,Last Name")),
            ("Receipts_v2.csv".into(), one("First Name,Last Name")),
            ("Jobs/Job Applications.csv".into(), one("Application Date,Contact Email")),
            ("Jobs/Job Applications_1.csv".into(), one("Application Date,Contact Email")),
            ("ImportedContacts.csv".into(), one("FirstName,LastName")),
            ("Email Addresses.csv".into(), one("Email Address,Confirmed")),
            ("PhoneNumbers.csv".into(), one("Extension,Number")),
        ]
    }
}

fn of_group(text: &str) -> ArchivePost {
    ArchivePost {
        date: "2015-02-03 10:00:00".to_owned(),
        urn: "urn:li:groupPost:77-6950000000000000002".to_owned(),
        text: text.to_owned(),
        label: "MEMBER_NETWORK",
    }
}

/// The address of a post, its name percent-encoded.
fn link(urn: &str) -> String {
    format!("https://www.linkedin.com/feed/update/{}", urn.replace(':', "%3A"))
}
