use anyhow::{Context, bail};
use policy::{Instant, MemberNumber, Policy, Purpose};
use serde::Serialize;
use store::{HolderFilter, HolderState, RemovalFilter, Scope, Snapshot};

use super::removal::{
    RemovalView, StillAttached, removals_table, still_attached, write_still_attached,
    write_waiting_holders,
};
use crate::{
    args::{Global, MemberCommand, MemberReference},
    exit::Exit,
    output::{Output, Page, Table, View, counted},
    state::State,
};

/// Who said that a member is to be erased.
const SOURCE: &str = "command line";

/// Runs `zweck member …`.
pub(super) async fn run(
    global: &Global,
    command: MemberCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match command {
        MemberCommand::Show { member } => {
            output.show(&show(&state, &member).await?)?;
            Ok(Exit::Success)
        }
        MemberCommand::List { limit, from } => {
            output.show(&list(&state, limit, from).await?)?;
            Ok(Exit::Success)
        }
        MemberCommand::OwnData { member } => {
            let number = state.member(&member).await?.number;
            let own = state.gate().await?.own_data(number).await?;
            super::own_data::write(&own, output)?;
            Ok(Exit::Success)
        }
        MemberCommand::Erase { member, yes } => erase(&state, &member, yes, output).await,
    }
}

async fn show(state: &State, reference: &MemberReference) -> anyhow::Result<MemberView> {
    let member = state.member(reference).await?.number;
    let snapshot = state.snapshot().await?;
    let policy = state.policy_in_force().await?;
    let purposes = purposes(policy.as_ref());
    let choices = purposes.iter().flat_map(|purpose| {
        let in_force = snapshot.choices_of(member, purpose).into_iter();
        in_force.map(|(scope, choice)| ChoiceView {
            purpose: purpose.to_string(),
            scope: in_words(scope),
            answer: choice.answer.name(),
            said_at: choice.said_at,
        })
    });
    let choices = choices.collect();
    let notices = policy.map(|policy| notices(&policy, &snapshot, member)).unwrap_or_default();
    let filter = RemovalFilter { member: Some(member), ..Default::default() };
    let removals = state.store.removals(&filter).await?;
    Ok(MemberView {
        account: Account::of(member, &snapshot),
        choices,
        notices,
        holders: holders(state, member).await?,
        removals: removals.iter().map(RemovalView::new).collect(),
    })
}

/// The notice that counts, for each purpose that the policy has where the member lives.
fn notices(policy: &Policy, snapshot: &Snapshot, member: MemberNumber) -> Vec<NoticeView> {
    let Some(region) = snapshot.region(member) else { return Vec::new() };
    let cells = policy.purposes.iter().filter_map(|(purpose, rules)| {
        let cell = rules.cell(region)?;
        Some(NoticeView {
            purpose: purpose.to_string(),
            basis: cell.basis.name(),
            delivered_at: snapshot.notice(member, cell.announced_by),
        })
    });
    cells.collect()
}

async fn holders(state: &State, member: MemberNumber) -> anyhow::Result<Vec<HeldView>> {
    let code = super::holder::holders(state)?;
    let sealed = HolderFilter { state: Some(HolderState::Sealed), ..Default::default() };
    let mut held = Vec::new();
    for holder in state.store.holders(&sealed).await? {
        let rows = match code.of_kind(&holder.kind) {
            Ok(code) => {
                code.holds(&holder, member, None).await.map_err(anyhow::Error::from_boxed)?
            }
            // Nobody's rows can be looked for in what this program does not know.
            Err(_) => Vec::new(),
        };
        if !rows.is_empty() {
            let purpose = holder.purpose.to_string();
            held.push(HeldView { holder: holder.name, purpose, rows: rows.len() });
        }
    }
    Ok(held)
}

async fn list(state: &State, limit: usize, from: i64) -> anyhow::Result<ListView> {
    let snapshot = state.snapshot().await?;
    let purposes = purposes(state.policy_in_force().await?.as_ref());
    let count = state.store.member_count().await?;
    let numbers = (from.max(0)..count).take(limit).map(MemberNumber::from_i64);
    let members = numbers.map(|member| {
        let choices = purposes.iter().map(|purpose| snapshot.choices_of(member, purpose).len());
        Listed { account: Account::of(member, &snapshot), choices: choices.sum() }
    });
    Ok(ListView { members: members.collect(), count })
}

async fn erase(
    state: &State,
    reference: &MemberReference,
    yes: bool,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let member = state.member(reference).await?.number;
    if !yes {
        bail!("member #{member} would be erased for ever (hint: --yes does it)");
    }
    let at = state.now();
    let gate = state.gate().await?;
    let holders = super::holder::holders(state)?;
    let fact = state.store.erase_member(member, SOURCE, at).await?;
    let run = gate.run_removals(&holders, at).await.with_context(|| {
        format!(
            "member #{member} is erased, which is on record as fact {fact}, and not everything is \
             gone yet (hint: `zweck removal run` carries it on)"
        )
    })?;
    let filter = RemovalFilter { member: Some(member), ..Default::default() };
    let removals = state.store.removals(&filter).await?;
    let removals: Vec<_> = removals.iter().filter(|one| one.sequence == fact).collect();
    let is_open = removals.iter().any(|one| one.ended_at.is_none());
    let view = ErasedView {
        member: member.as_i64(),
        fact: fact.as_i64(),
        holders: run.holders.len(),
        waiting: run.waiting.into_iter().map(|holder| holder.name).collect(),
        attached: still_attached(run.attached),
        removals: removals.into_iter().map(RemovalView::new).collect(),
    };
    output.show(&view)?;
    Ok(if is_open { Exit::StillOpen } else { Exit::Success })
}

fn purposes(policy: Option<&Policy>) -> Vec<Purpose> {
    policy.map(|policy| policy.purposes.keys().cloned().collect()).unwrap_or_default()
}

/// Which data a choice is about.
pub(super) fn in_words(scope: Scope) -> String {
    match scope {
        Scope::Everything => "everything".to_owned(),
        Scope::Category(category) => category.to_string(),
        Scope::Item(item) => format!("item #{item}"),
    }
}

#[derive(Serialize)]
struct Account {
    member: i64,
    region: Option<String>,
    age: Option<&'static str>,
    status: Option<&'static str>,
}

impl Account {
    fn of(member: MemberNumber, snapshot: &Snapshot) -> Self {
        Self {
            member: member.as_i64(),
            region: snapshot.region(member).map(|region| region.to_string()),
            age: snapshot.age(member).map(|age| age.name()),
            status: snapshot.status(member).map(|status| status.name()),
        }
    }

    fn words(&self) -> [String; 3] {
        let or_unknown = |word: Option<&str>| word.unwrap_or("unknown").to_owned();
        [or_unknown(self.region.as_deref()), or_unknown(self.age), or_unknown(self.status)]
    }
}

#[derive(Serialize)]
struct MemberView {
    account: Account,
    choices: Vec<ChoiceView>,
    notices: Vec<NoticeView>,
    holders: Vec<HeldView>,
    removals: Vec<RemovalView>,
}

#[derive(Serialize)]
struct ChoiceView {
    purpose: String,
    scope: String,
    answer: &'static str,
    said_at: Instant,
}

#[derive(Serialize)]
struct NoticeView {
    purpose: String,
    basis: &'static str,
    delivered_at: Option<Instant>,
}

#[derive(Serialize)]
struct HeldView {
    holder: String,
    purpose: String,
    rows: usize,
}

impl View for MemberView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Member #{}", self.account.member));
        let [region, age, status] = self.account.words();
        page.fields(&[("region", region), ("age", age), ("status", status)]);
        page.heading("Choices in force");
        let mut table = Table::new(["purpose", "about", "answer", "said at"]);
        for one in &self.choices {
            let said_at = one.said_at.to_string();
            table.row([one.purpose.clone(), one.scope.clone(), one.answer.to_owned(), said_at]);
        }
        page.table(&table);
        page.heading("Announcements that count");
        let mut table = Table::new(["purpose", "basis", "delivered at"]);
        for one in &self.notices {
            let at = one.delivered_at.map_or("never".to_owned(), |at| at.to_string());
            table.row([one.purpose.clone(), one.basis.to_owned(), at]);
        }
        page.table(&table);
        page.heading("Held by");
        let mut table = Table::new(["holder", "purpose", "#rows"]);
        for one in &self.holders {
            table.row([one.holder.clone(), one.purpose.clone(), one.rows.to_string()]);
        }
        page.table(&table);
        page.heading("Removals");
        page.table(&removals_table(&self.removals));
    }
}

#[derive(Serialize)]
struct ListView {
    members: Vec<Listed>,
    /// How many there are in all.
    count: i64,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    account: Account,
    choices: usize,
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        let mut table = Table::new(["#member", "region", "age", "status", "#choices"]);
        for one in &self.members {
            let [region, age, status] = one.account.words();
            let member = format!("#{}", one.account.member);
            table.row([member, region, age, status, one.choices.to_string()]);
        }
        page.table(&table);
        let all = counted(u64::try_from(self.count).unwrap_or(0), "member", "members");
        page.line(format_args!("  {} of {all}", self.members.len()));
    }
}

#[derive(Serialize)]
struct ErasedView {
    member: i64,
    fact: i64,
    /// Holders that were asked to release.
    holders: usize,
    /// Holders elsewhere that have to let go, and to show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<String>,
    /// Rows in attached tables, which only the owner of a table can delete.
    #[serde(skip_serializing_if = "StillAttached::is_empty")]
    attached: StillAttached,
    removals: Vec<RemovalView>,
}

impl View for ErasedView {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("Member #{} is erased as of fact {}.", self.member, self.fact));
        let holders = counted(self.holders as u64, "holder was", "holders were");
        page.line(format_args!("{holders} asked to release."));
        write_waiting_holders(&self.waiting, page);
        page.paragraph(
            0,
            "Where the name stands in others' texts it is masked from now on. The name itself is \
             erased as well, so that nobody can look for it in what is written later: if that is \
             to be masked, too, record it with `zweck object --name`, at the wish of its owner.",
        );
        write_still_attached(&self.attached, page);
        page.table(&removals_table(&self.removals));
    }
}
