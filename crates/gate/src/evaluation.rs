//! From the store and the lake to an evaluation: who may be used, and who must not be named.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use futures::TryStreamExt;
use lake::Table;
use policy::{Ambiguous, Instant, ItemId, MemberNumber, Policy, PolicyHash, Purpose, Sequence};
use store::{Holder as HolderRecord, Objection};

use crate::{
    FactRange, Gate, GateError, Result,
    columns::Columns,
    evaluator::Evaluator,
    folding,
    functions::Evaluation,
    lake_rows,
    names::{NameFinder, NamesToRedact, Span},
    prepare::Preparation,
    redactor::{MentionSpan, Redactor},
};

impl Gate {
    /// The evaluation under which a holder keeps what it keeps, with refusals up to `to`.
    pub(crate) async fn evaluation_of(
        &self,
        held: &HolderRecord,
        to: Sequence,
    ) -> Result<Evaluation> {
        let facts = FactRange { from: held.started_sequence, to };
        self.evaluate(&held.purpose, held.as_of, facts).await
    }

    /// Resolves every member's answer and gathers the names that have to go.
    pub(crate) async fn evaluate(
        &self,
        purpose: &Purpose,
        as_of: Instant,
        facts: FactRange,
    ) -> Result<Evaluation> {
        let (evaluator, objections) = self.evaluator(purpose, as_of, facts).await?;
        let ambiguous = evaluator.regimes().iter().map(|one| one.policy.ambiguous_names);
        let ambiguous = ambiguous.min().unwrap_or(Ambiguous::Redact);
        let finder = self.finder(&evaluator, &objections, ambiguous).await?;
        let mentions = self.mention_spans(&evaluator).await?;
        Ok(Evaluation { redactor: Redactor::new(finder, mentions), evaluator })
    }

    pub(crate) async fn evaluator(
        &self,
        purpose: &Purpose,
        as_of: Instant,
        facts: FactRange,
    ) -> Result<(Evaluator, Vec<Objection>)> {
        let FactRange { from, to } = facts;
        let last = self.store().last_sequence().await.map_err(GateError::store("reading facts"))?;
        if from > to || to > last {
            return Err(GateError::FactRange { from, to, last });
        }
        let mut policies = self.policies(to).await?;
        let first = policies.range(..=from).next_back().map(|(_, policy)| Arc::clone(policy));
        let first = first.ok_or(GateError::NoPolicy { at: from })?;
        if first.rules(purpose).is_none() {
            let known: Vec<_> = first.purposes.keys().map(Purpose::as_str).collect();
            return Err(GateError::UnknownPurpose {
                purpose: purpose.clone(),
                version: first.version,
                known: known.join(", "),
            });
        }
        let read = self.store().snapshot_between(from, to).await;
        let (mut snapshot, later) = read.map_err(GateError::store("reading facts"))?;
        let mut preparation = Preparation::start(purpose, as_of, first, &snapshot);
        for fact in &later {
            snapshot.apply(fact);
            preparation.follow(fact, &snapshot, policies.remove(&fact.sequence));
        }
        let (evaluator, objections) = preparation.finish();
        Ok((evaluator.with_sensitive(self.sensitive_rows().await?), objections))
    }

    /// Every policy that was applied, by the sequence of its application.
    async fn policies(&self, up_to: Sequence) -> Result<BTreeMap<Sequence, Arc<Policy>>> {
        let applied = self.store().policies_applied(up_to).await;
        let applied = applied.map_err(GateError::store("reading policies"))?;
        let parse = |(sequence, policy): (Sequence, store::AppliedPolicy)| {
            let parsed = parse_policy(&policy.hash, &policy.document)?;
            Ok((sequence, Arc::new(parsed)))
        };
        applied.into_iter().map(parse).collect()
    }

    /// Finds the names of everybody who must not be named, by what the lake calls them.
    async fn finder(
        &self,
        evaluator: &Evaluator,
        objections: &[Objection],
        ambiguous: Ambiguous,
    ) -> Result<NameFinder> {
        let mut names = NamesToRedact::default();
        for objection in objections {
            names.non_members.extend(objection.names.iter().cloned());
            names.emails.extend(objection.emails.iter().cloned());
        }
        let redacted = evaluator.redacted_members();
        if !redacted.is_empty() {
            self.for_each_name(|member, name| {
                if redacted.contains(&member) {
                    names.members.insert(name.to_owned());
                }
            })
            .await?;
        }
        let patterns = patterns(&names);
        if !patterns.is_empty() {
            let mut shared = BTreeSet::new();
            let mut longer = BTreeSet::new();
            self.for_each_name(|member, name| {
                if !redacted.contains(&member) {
                    let others = NamesToRedact::patterns_of(name).into_iter().map(|(name, _)| name);
                    shared.extend(others.filter(|pattern| patterns.contains(pattern)));
                    let name = folding::fold_name(name);
                    let first = name.split_once(' ').map(|(first, _)| format!("@{first}"));
                    longer.extend(first.filter(|first| patterns.contains(first)).map(|_| name));
                }
            })
            .await?;
            names.shared = shared;
            names.longer = longer;
        }
        let count = names.members.len() + names.non_members.len() + names.emails.len();
        let finder = NameFinder::new(&names, ambiguous);
        finder.map_err(|source| GateError::Names { names: count, source })
    }

    async fn for_each_name(&self, mut visit: impl FnMut(MemberNumber, &str)) -> Result<()> {
        let head = self.head().await?;
        lake_rows::for_each_name(&head, |member, name, _| {
            visit(member, name);
            Ok(())
        })
        .await
    }

    /// Where resolved mentions of the members stand who must not be named.
    ///
    /// A place that may mean several members counts if all of them must not be named.
    async fn mention_spans(
        &self,
        evaluator: &Evaluator,
    ) -> Result<HashMap<(MemberNumber, ItemId), Vec<MentionSpan>>> {
        type Place = ((MemberNumber, ItemId), String, Span);
        let redacted = evaluator.redacted_members();
        let mut found: HashMap<Place, (i64, BTreeSet<MemberNumber>)> = HashMap::new();
        if redacted.is_empty() {
            return Ok(HashMap::new());
        }
        let columns = [
            "member_number",
            "author_member",
            "author_item",
            "field",
            "span_start",
            "span_end",
            "candidates",
        ];
        let mut batches = lake_rows::scan(self.lake(), Table::Mentions, &columns).await?;
        while let Some(batch) = batches.try_next().await? {
            let rows = Columns::of(&batch);
            for at in 0..batch.num_rows() {
                let long = |column| rows.long(column, at).unwrap_or_default();
                let named = MemberNumber::from_i64(long(0));
                if !redacted.contains(&named) {
                    continue;
                }
                let author = (MemberNumber::from_i64(long(1)), ItemId::from_i64(long(2)));
                let [start, end] =
                    [4, 5].map(|column| usize::try_from(long(column)).unwrap_or_default());
                let field = rows.text(3, at).unwrap_or_default().to_owned();
                let entry = found.entry((author, field, Span { start, end })).or_default();
                entry.0 = long(6);
                entry.1.insert(named);
            }
        }
        let mut spans: HashMap<_, Vec<MentionSpan>> = HashMap::new();
        for ((author, field, span), (candidates, named)) in found {
            if i64::try_from(named.len()).is_ok_and(|named| named >= candidates) {
                spans.entry(author).or_default().push(MentionSpan { field, span });
            }
        }
        Ok(spans)
    }
}

fn parse_policy(hash: &PolicyHash, document: &str) -> Result<Policy> {
    let parsed = Policy::parse(Path::new("the store"), document.as_bytes());
    parsed.map_err(|source| GateError::PolicyUnreadable { hash: hash.clone(), source })
}

/// Every folded pattern under which the names would be found.
fn patterns(names: &NamesToRedact) -> BTreeSet<String> {
    let all = names.members.iter().chain(&names.non_members);
    let patterns = all.flat_map(|name| NamesToRedact::patterns_of(name)).map(|(name, _)| name);
    // what is written with capitals may be what somebody is called
    let patterns = patterns.flat_map(|pattern| [folding::fold_name(&pattern), pattern]);
    patterns.chain(names.emails.iter().map(|email| folding::fold_name(email))).collect()
}
