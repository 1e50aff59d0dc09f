use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context, ensure};
use futures::StreamExt;
use policy::{
    Answer, Basis, ChoiceInForce, Instant, ItemId, MemberNumber, Policy, Purpose, Sequence, Status,
};
use serde::Serialize;
use store::{Choice, Fact, NewFact, Scope, Snapshot, Store, StorePlace};

use super::{
    choices::{Lines, OnRecord, Recorded},
    removal::write_waiting,
};
use crate::{
    args::{Choose, Global, ItemReference, MemberReference, One},
    clock::Clock,
    exit::Exit,
    keys::Keys,
    output::{Output, Page, Table, View, counted},
    state::{KnownMember, State, check_purpose, find_members, item_of, unknown_member},
};

/// Acknowledgements that are written together, if they are ready together.
const TOGETHER: usize = 1_000;
/// Refused lines that are shown to people.
const SHOWN: usize = 10;

/// A row of a member.
type Address = (MemberNumber, ItemId);

/// Records choices: who is meant, and what kind of refusal it is.
pub(super) struct Recorder {
    store: Store,
    place: StorePlace,
    clock: Clock,
    keys: sources::Keys,
    policy: Option<Policy>,
    /// Where what is recorded now begins.
    before: Sequence,
    /// What is on record, with what was told of it since, see [`Self::instead`].
    snapshot: Mutex<Snapshot>,
}

/// Runs `zweck choose`.
pub(super) async fn run(
    global: &Global,
    args: Choose,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match args {
        Choose { stdin: true, .. } => acknowledge(&Recorder::open(&state).await?, output).await,
        Choose { from: Some(file), .. } => {
            let lines = Lines::of_file(&file)?;
            let view = record_all(&state, Recorder::open(&state).await?, lines).await?;
            let says_something = view.recorded > 0 || !view.refused.is_empty();
            ensure!(says_something, "`{}` holds no choice", file.display());
            output.show(&view)?;
            Ok(if view.refused.is_empty() { Exit::Success } else { Exit::RowsRefused })
        }
        Choose { one: Some(one), .. } => {
            output.show(&choose_one(&state, one).await?)?;
            Ok(Exit::Success)
        }
        Choose { .. } => anyhow::bail!("nobody's choice was given (hint: `zweck choose --help`)"),
    }
}

async fn choose_one(state: &State, one: One) -> anyhow::Result<ChosenView> {
    let member = state.member(&one.member).await?;
    let scope = match (one.category, &one.item) {
        (Some(category), _) => Scope::Category(category),
        (None, Some(item)) => Scope::Item(state.item(&member, item)?),
        (None, None) => Scope::Everything,
    };
    let recorder = Recorder::of_member(state, member.number).await?;
    let choice = Choice {
        member: member.number,
        withdraws_consent: recorder.withdraws_consent(member.number, &one.purpose, one.answer),
        purpose: one.purpose,
        scope,
        answer: one.answer,
        said_at: one.said_at.unwrap_or_else(|| state.now()),
        source: "command line".to_owned(),
    };
    let fact = recorder.choose(choice.clone()).await?;
    let stands = recorder.instead(&choice, fact);
    Ok(ChosenView {
        fact: fact.as_i64(),
        member: member.number.as_i64(),
        purpose: choice.purpose.to_string(),
        answer: choice.answer.name(),
        item_known: is_known(state, &choice).await,
        stands,
        open_removals: state.store.open_removals().await?.len(),
    })
}

/// Whether the lake has the item that a choice is about; `None` if it is about none, or if nobody
/// can tell. The choice is on record either way.
async fn is_known(state: &State, choice: &Choice) -> Option<bool> {
    let address = item_of_choice(choice)?;
    let known = known_items(state, BTreeSet::from([address])).await?;
    Some(known.contains(&address))
}

fn item_of_choice(choice: &Choice) -> Option<Address> {
    match choice.scope {
        Scope::Item(item) => Some((choice.member, item)),
        Scope::Everything | Scope::Category(_) => None,
    }
}

/// Which items the lake has; `None` if it cannot be looked at.
async fn known_items(state: &State, items: BTreeSet<Address>) -> Option<BTreeSet<Address>> {
    let looked = async { Ok::<_, anyhow::Error>(state.gate().await?.rows_known(&items).await?) };
    match looked.await {
        Ok(known) => Some(known),
        Err(error) => {
            tracing::warn!("looking for the items that were chosen about failed: {error:#}");
            None
        }
    }
}

/// Answers every line, as soon as it is durable, in the order of lines, until the store fails.
async fn acknowledge(recorder: &Recorder, output: &mut Output) -> anyhow::Result<Exit> {
    let recorded = Lines::of_stdin().record(recorder);
    let mut together = std::pin::pin!(recorded.ready_chunks(TOGETHER));
    let mut exit = Exit::Success;
    while let Some(chunk) = together.next().await {
        let (mut text, mut failed) = (String::new(), None);
        for recorded in chunk {
            let Recorded { line, outcome } = match recorded {
                Ok(recorded) => recorded,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            };
            let mut answer = Acknowledgement { line, ..Acknowledgement::default() };
            match outcome {
                Ok(OnRecord { fact, choice }) => {
                    answer.fact = Some(fact.as_i64());
                    answer.stands = recorder.instead(&choice, fact);
                }
                Err(why) => {
                    exit = Exit::RowsRefused;
                    answer.refused = Some(why);
                }
            }
            text.push_str(&serde_json::to_string(&answer).context("serialising an answer")?);
            text.push('\n');
        }
        output.write(&text)?;
        if let Some(error) = failed {
            return Err(recorder.failed(error));
        }
    }
    Ok(exit)
}

async fn record_all(state: &State, recorder: Recorder, lines: Lines) -> anyhow::Result<FileView> {
    let mut view = FileView::default();
    let mut of_items = Vec::new();
    let mut recorded = std::pin::pin!(lines.record(&recorder));
    while let Some(recorded) = recorded.next().await {
        let Recorded { line, outcome } = recorded.map_err(|error| recorder.failed(error))?;
        match outcome {
            Ok(OnRecord { fact, choice }) => {
                view.recorded += 1;
                of_items.extend(item_of_choice(&choice).map(|item| (line, item)));
                if recorder.instead(&choice, fact).is_some() {
                    view.outdated.push(line);
                }
            }
            Err(why) => view.refused.push(RefusedLine { line, why }),
        }
    }
    view.unknown_items = unknown_items(state, of_items).await;
    Ok(view)
}

/// The lines that are about items that the lake has not; `None` if it cannot be looked at.
async fn unknown_items(state: &State, of_items: Vec<(u64, Address)>) -> Option<Vec<u64>> {
    if of_items.is_empty() {
        return Some(Vec::new());
    }
    let items = of_items.iter().map(|(_, item)| *item).collect();
    let known = known_items(state, items).await?;
    let unknown = of_items.iter().filter(|(_, item)| !known.contains(item));
    Some(unknown.map(|(line, _)| *line).collect())
}

impl Recorder {
    /// A recorder that knows everybody.
    async fn open(state: &State) -> anyhow::Result<Self> {
        let snapshot = state.snapshot().await?;
        Self::new(state, snapshot).await
    }

    /// A recorder that knows one member, which is soon opened however many there are.
    async fn of_member(state: &State, member: MemberNumber) -> anyhow::Result<Self> {
        let mut snapshot = Snapshot::new();
        for fact in state.store.facts_of_member(member, state.last_sequence().await?).await? {
            snapshot.apply(&fact);
        }
        Self::new(state, snapshot).await
    }

    async fn new(state: &State, snapshot: Snapshot) -> anyhow::Result<Self> {
        let Keys { sources: keys, .. } = state.keys()?;
        let policy = state.policy_in_force().await?;
        let (store, place) = (state.store.clone(), state.facts.place());
        let (clock, before, snapshot) = (state.clock, snapshot.sequence(), Mutex::new(snapshot));
        Ok(Self { store, place, clock, keys, policy, before, snapshot })
    }

    /// Says that the store failed, which is no answer to anybody.
    fn failed(&self, error: anyhow::Error) -> anyhow::Error {
        error.context(format!(
            "the store `{}` failed, and choices that were not acknowledged may not be on record \
             (hint: give them again once it is back, which does no harm to those that are)",
            self.place
        ))
    }

    /// The instant of now.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The members of many references, looked up at once: one result for each.
    pub(super) async fn members(
        &self,
        references: &[&MemberReference],
    ) -> anyhow::Result<Vec<anyhow::Result<KnownMember>>> {
        let external = |reference: &&MemberReference| match reference {
            MemberReference::Number(_) => None,
            MemberReference::External(text) => Some(text.clone()),
        };
        let texts: Vec<_> = references.iter().filter_map(external).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let mut found = find_members(&self.store, &self.keys, &texts).await?.into_iter();
        let member = |reference: &&MemberReference| match reference {
            MemberReference::Number(number) => Ok(KnownMember::of_number(*number)),
            MemberReference::External(text) => {
                found.next().flatten().with_context(|| unknown_member(text))
            }
        };
        Ok(references.iter().map(member).collect())
    }

    /// The id of a member's row.
    pub(super) fn item(
        &self,
        member: &KnownMember,
        item: &ItemReference,
    ) -> anyhow::Result<policy::ItemId> {
        item_of(&self.keys, member, item)
    }

    /// Whether a refusal takes back a consent: where the basis of the use is consent.
    pub(super) fn withdraws_consent(
        &self,
        member: MemberNumber,
        purpose: &Purpose,
        answer: Answer,
    ) -> bool {
        let cell = self
            .policy
            .as_ref()
            .and_then(|policy| policy.rules(purpose)?.cell(self.snapshot().region(member)?));
        answer == Answer::Refuse && cell.is_some_and(|cell| cell.basis == Basis::Consent)
    }

    /// What holds at the scope of a choice that was recorded, instead of it: another answer, said
    /// at a later instant. To be asked in the order in which choices were given.
    pub(super) fn instead(&self, choice: &Choice, sequence: Sequence) -> Option<ChoiceInForce> {
        let mut snapshot = self.snapshot();
        // one that was on record before is in already
        if sequence > self.before {
            let content = NewFact::Choice(choice.clone());
            snapshot.apply(&Fact { sequence, recorded_at: self.now(), content });
        }
        let in_force = snapshot.choice(choice.member, &choice.purpose, choice.scope);
        in_force.filter(|in_force| in_force.answer != choice.answer)
    }

    fn snapshot(&self) -> MutexGuard<'_, Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a choice; when it returns, the choice is on disk.
    ///
    /// # Errors
    /// If it speaks of a purpose that there is not, or was said in the future: either would be an
    /// answer that means nothing, or one that no later choice could change.
    pub(super) async fn choose(&self, choice: Choice) -> anyhow::Result<Sequence> {
        if let Some(policy) = &self.policy {
            check_purpose(policy, &choice.purpose)?;
        }
        let member = choice.member;
        ensure!(
            choice.answer == Answer::Refuse
                || self.snapshot().status(member) != Some(Status::Erased),
            "member #{member} is erased: there is nothing that could be allowed"
        );
        let (said_at, now) = (choice.said_at, self.now());
        ensure!(said_at <= now, "`{said_at}` is still to come: nothing was said yet");
        Ok(self.store.choose(choice, self.now()).await?)
    }
}

/// The answer to one line of standard input.
#[derive(Default, Serialize)]
struct Acknowledgement {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<i64>,
    /// What holds instead: another answer, of a later instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    stands: Option<ChoiceInForce>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

#[derive(Serialize)]
struct ChosenView {
    fact: i64,
    member: i64,
    purpose: String,
    answer: &'static str,
    /// Whether the lake has the item; nothing if none was named, or if nobody could tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    item_known: Option<bool>,
    /// What holds instead: another answer, of a later instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    stands: Option<ChoiceInForce>,
    open_removals: usize,
}

impl View for ChosenView {
    fn write(&self, page: &mut Page) {
        let Self { fact, member, purpose, answer, item_known, stands, open_removals } = self;
        page.line(format_args!("On record as fact {fact}: member #{member}, {purpose}, {answer}."));
        if *item_known == Some(false) {
            page.line("No such item of this member is known yet; the answer holds if it comes in.");
        }
        if let Some(ChoiceInForce { answer, said_at }) = stands {
            page.line(format_args!("An answer of {said_at} is on record, and stands: {answer}."));
        }
        write_waiting(*open_removals, page);
    }
}

#[derive(Default, Serialize)]
struct FileView {
    recorded: u64,
    /// Lines about items that are not known yet; nothing if nobody could tell.
    unknown_items: Option<Vec<u64>>,
    /// Lines that say something else than what was said later, which stands.
    outdated: Vec<u64>,
    refused: Vec<RefusedLine>,
}

#[derive(Serialize)]
struct RefusedLine {
    line: u64,
    why: String,
}

impl View for FileView {
    fn write(&self, page: &mut Page) {
        let recorded = counted(self.recorded, "choice", "choices");
        let refused = counted(self.refused.len() as u64, "line", "lines");
        page.line(format_args!("On record: {recorded}. Refused: {refused}."));
        self.write_notes(page);
        if self.refused.is_empty() {
            return;
        }
        let mut table = Table::new(["#line", "why"]);
        for refused in self.refused.iter().take(SHOWN) {
            table.row([refused.line.to_string(), refused.why.clone()]);
        }
        page.table(&table);
        if self.refused.len() > SHOWN {
            page.line(format_args!(
                "  … and {} more; --json lists all",
                self.refused.len() - SHOWN
            ));
        }
    }
}

impl FileView {
    /// What is on record and may surprise.
    fn write_notes(&self, page: &mut Page) {
        let unknown = self.unknown_items.as_deref().unwrap_or_default();
        if !unknown.is_empty() {
            page.paragraph(
                2,
                format_args!(
                    "{} about items that are not known yet, and hold if they come in: {}",
                    counted(unknown.len() as u64, "choice is", "choices are"),
                    in_lines(unknown)
                ),
            );
        }
        if !self.outdated.is_empty() {
            page.paragraph(
                2,
                format_args!(
                    "{} older than another answer on record, which stands: {}",
                    counted(self.outdated.len() as u64, "choice is", "choices are"),
                    in_lines(&self.outdated)
                ),
            );
        }
    }
}

fn in_lines(lines: &[u64]) -> String {
    let shown: Vec<_> = lines.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if lines.len() > SHOWN { ", …" } else { "" };
    format!("{} {}{more}", if lines.len() == 1 { "line" } else { "lines" }, shown.join(", "))
}
