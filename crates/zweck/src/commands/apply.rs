use anyhow::{Context, ensure};
use policy::{Policy, Sequence};
use serde::Serialize;
use store::{AppliedPolicy, NewFact};

use super::{
    effect::{self, Effect, Moment},
    policy::{DiffView, Named, against_superseded, rests_on_earlier},
    removal::write_waiting,
};
use crate::{
    args::Global,
    exit::Exit,
    output::{Output, Page, Table, View},
    state::State,
};

/// Runs `zweck policy apply`.
pub(super) async fn run(global: &Global, name: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let named = Named::find(global, name).await?;
    let policy = named.parse()?;
    check(global, &policy).await?;
    let state = State::open_or_make(global).await?;
    let view = apply(&state, &policy, named.bytes).await?;
    output.show(&view)?;
    Ok(Exit::Success)
}

/// Puts a policy on record and says what that does.
pub(super) async fn apply(
    state: &State,
    policy: &Policy,
    bytes: Vec<u8>,
) -> anyhow::Result<AppliedView> {
    let at = state.now();
    let old = state.policy_in_force().await?;
    let before = state.snapshot().await?;
    let document = String::from_utf8(bytes).context("the policy is not UTF-8")?;
    let fact = NewFact::PolicyApplied(AppliedPolicy::of(policy.version, document));
    let last = state.last_sequence().await?;
    check_version(state, policy, last).await?;
    let recorded = state.store.record(vec![fact], at).await?;
    let fact = recorded.first().copied().unwrap_or(last);
    let was_in_force = fact <= last;
    let after = state.snapshot().await?;
    let effects = effect::between(
        &Moment { policy: old.as_ref(), snapshot: &before },
        &Moment { policy: Some(policy), snapshot: &after },
        at,
    );
    let open_removals = state.store.open_removals().await?.len();
    Ok(AppliedView {
        version: policy.version.to_string(),
        hash: policy.hash.to_string(),
        fact: fact.as_i64(),
        was_in_force,
        is_ahead: policy.version.start() > at,
        diff: old.map(|old| DiffView::new(&old, policy)),
        effects,
        open_removals,
    })
}

/// A policy that claims what its predecessor announced has to be held against it.
async fn check(global: &Global, policy: &Policy) -> anyhow::Result<()> {
    match against_superseded(global, policy).await {
        Ok(problems) if problems.is_empty() => Ok(()),
        Ok(problems) => Err(policy::PolicyError::Invalid { problems }.into()),
        Err(why) if rests_on_earlier(policy) => Err(anyhow::anyhow!(why)).with_context(|| {
            format!(
                "policy {} rests on an earlier announcement that cannot be read",
                policy.version
            )
        }),
        Err(_) => Ok(()),
    }
}

/// What members were told of is a version: another text is another version.
async fn check_version(state: &State, policy: &Policy, last: Sequence) -> anyhow::Result<()> {
    let applied = state.store.policies_applied(last).await?;
    let is_other = |one: &AppliedPolicy| one.version == policy.version && one.hash != policy.hash;
    ensure!(
        !applied.iter().any(|(_, one)| is_other(one)),
        "policy {version} was applied with another text, and members were told of that one (hint: \
         give this one a `version` of its own; `zweck policy diff {version} FILE` shows what \
         differs)",
        version = policy.version
    );
    Ok(())
}

/// What the application of a policy did.
#[derive(Serialize)]
pub(super) struct AppliedView {
    version: String,
    hash: String,
    fact: i64,
    was_in_force: bool,
    /// Whether its day is still to come.
    is_ahead: bool,
    diff: Option<DiffView>,
    effects: Vec<Effect>,
    open_removals: usize,
}

impl View for AppliedView {
    fn write(&self, page: &mut Page) {
        if self.was_in_force {
            page.line(format_args!(
                "Policy {} has been in force since fact {}.",
                self.version, self.fact
            ));
            return;
        }
        page.line(format_args!("Policy {} is in force from fact {} on.", self.version, self.fact));
        if self.is_ahead {
            page.paragraph(
                0,
                format_args!(
                    "Its day, {}, is still to come: it takes the place of the policy before it at \
                     once, and each of its uses begins on the day that it names.",
                    self.version
                ),
            );
        }
        if let Some(diff) = &self.diff {
            diff.write(page);
        }
        if self.effects.iter().any(|effect| effect.ends_for + effect.begins_for > 0) {
            page.heading("Members for whom it changes something, for a public row of today");
            let mut table = Table::new(["purpose", "#use ends for", "#use begins for"]);
            for effect in &self.effects {
                let Effect { purpose, ends_for, begins_for } = effect;
                table.row([purpose.to_string(), ends_for.to_string(), begins_for.to_string()]);
            }
            page.table(&table);
        }
        page.blank();
        write_waiting(self.open_removals, page);
    }
}
