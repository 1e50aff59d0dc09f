//! What is recorded about many at once, or about nobody with an account.

use anyhow::ensure;
use gate::NamesToRedact;
use policy::MemberNumber;
use serde::Serialize;
use store::{NewFact, Notice, Objection, Reach};

use super::{policy::Named, removal::write_waiting};
use crate::{
    args::{Global, NoticeArgs, ObjectArgs},
    exit::Exit,
    output::{Output, Page, View, counted},
    state::{State, check_purpose},
};

/// Runs `zweck object`.
pub(super) async fn object(
    global: &Global,
    args: ObjectArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let ObjectArgs { names, emails, purpose } = args;
    let is_name = |name: &String| name.trim().chars().count() > 1;
    ensure!(names.iter().all(is_name), "a name needs two letters at least");
    check_no_control(&names)?;
    for email in &emails {
        ensure!(
            is_email(email),
            "`{}` is no address (hint: name@example.org)",
            email.escape_debug()
        );
    }
    let single_words = names.iter().filter(|name| !NamesToRedact::is_full_name(name)).count();
    ensure!(
        single_words < names.len() || !emails.is_empty(),
        "a name of one word cannot be told from ordinary words, and would not be masked (hint: the \
         full name, or an address by --email)"
    );
    let state = State::open(global).await?;
    if let Some(policy) = state.policy_in_force().await? {
        check_purpose(&policy, &purpose)?;
    }
    let said_at = state.now();
    let id = objection_id(&state.keys()?.sources.identity, &names, &emails, purpose.as_str());
    let objection = Objection { id: id.clone(), purpose, names, emails, said_at, lifted: false };
    let recorded = state.store.record(vec![NewFact::Objection(objection)], said_at).await?;
    let fact = recorded.first().map_or(0, |sequence| sequence.as_i64());
    let open_removals = state.store.open_removals().await?.len();
    output.show(&ObjectionView { id, fact, single_words, open_removals })?;
    Ok(Exit::Success)
}

/// Runs `zweck notice`.
pub(super) async fn notice(
    global: &Global,
    args: NoticeArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    let now = state.now();
    let reach = match &args.member {
        Some(member) => Reach::Member(state.member(member).await?.number),
        None => Reach::Cohort {
            regions: args.regions,
            members_below: MemberNumber::from_i64(state.store.member_count().await?),
        },
    };
    let delivered_at = args.delivered_at.unwrap_or(now);
    ensure!(delivered_at <= now, "`{delivered_at}` is still to come: nothing was delivered yet");
    let snapshot = state.snapshot().await?;
    let reached =
        snapshot.members().filter(|member| reach.includes(*member, snapshot.region(*member)));
    let reached = reached.count();
    let policy_version = args.policy_version;
    let source = "command line".to_owned();
    let notice = Notice { policy_version, reach, delivered_at, source };
    let recorded = state.store.record(vec![NewFact::Notice(notice)], now).await?;
    let fact = recorded.first().map_or(0, |sequence| sequence.as_i64());
    let is_known = Named::find(global, &policy_version.to_string()).await.is_ok();
    let (version, delivered_at) = (policy_version.to_string(), delivered_at.to_string());
    output.show(&NoticeView { fact, version, is_known, delivered_at, reached })?;
    Ok(Exit::Success)
}

fn check_no_control(names: &[String]) -> anyhow::Result<()> {
    for name in names {
        ensure!(
            !name.chars().any(char::is_control),
            "the name `{}` holds a control character",
            name.escape_debug()
        );
    }
    Ok(())
}

/// Whether a text can be an address: something on both sides of one `@`, and no space.
fn is_email(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && !part.contains(|one: char| one.is_whitespace() || one.is_control())
    };
    text.split_once('@')
        .is_some_and(|(name, host)| is_part(name) && is_part(host) && !host.contains('@'))
}

/// Names an objection by what it says, so that saying it again is the same objection. Keyed,
/// because the id stays in evidence and must not tell whose it is.
fn objection_id(key: &[u8; 32], names: &[String], emails: &[String], purpose: &str) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for part in names.iter().chain(emails).map(String::as_str).chain([purpose]) {
        hasher.update(&part.len().to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize().to_hex();
    format!("objection-{}", hash.get(..16).unwrap_or_default())
}

#[derive(Serialize)]
struct ObjectionView {
    id: String,
    fact: i64,
    /// Names that cannot be told from ordinary words.
    single_words: usize,
    open_removals: usize,
}

impl View for ObjectionView {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("On record as fact {}: {}.", self.fact, self.id));
        if self.single_words > 0 {
            let names = counted(self.single_words as u64, "name is", "names are");
            page.line(format_args!(
                "{names} one word, which cannot be told from ordinary words and is not masked: \
                 object with the full name."
            ));
        }
        write_waiting(self.open_removals, page);
    }
}

#[derive(Serialize)]
struct NoticeView {
    fact: i64,
    version: String,
    /// Whether a policy of that version is shipped or was applied.
    is_known: bool,
    delivered_at: String,
    /// Members whom it reached.
    reached: usize,
}

impl View for NoticeView {
    fn write(&self, page: &mut Page) {
        let Self { fact, version, is_known, delivered_at, reached } = self;
        let reached = counted(*reached as u64, "member", "members");
        page.line(format_args!(
            "On record as fact {fact}: policy {version} was announced to {reached} on {delivered_at}."
        ));
        if !is_known {
            page.paragraph(
                0,
                "No policy of that version is shipped or was applied: the announcement counts once \
                 one is.",
            );
        }
    }
}
