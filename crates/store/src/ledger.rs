use std::collections::{BTreeSet, HashMap};

use policy::{Answer, Instant, MemberNumber, PolicyHash, Purpose, Sequence};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, SubQueryStatement},
};

use crate::{
    AccountFact, Choice, HolderState, NewFact, Notice, Reach, RemovalCause, Result, Scope,
    StoreError,
    account::Account,
    archives,
    entities::{account_facts, applied_policies, choices, fact_counter, holders, identities},
    error::Doing,
    read::FactRow,
    removal::{Started, started_by},
    rows::{Rows, Stamp},
};

/// Values that one `IN` list may carry.
const LIST: usize = 5_000;

/// The one way to write facts: holds the counter's row, so that there is one writer at a time.
pub(crate) struct Ledger<'a> {
    tx: &'a DatabaseTransaction,
    last: i64,
    members: i64,
}

/// A choice but for the time at which it was recorded.
type ChoiceKey = (MemberNumber, Purpose, Scope, Answer, Instant, String);

/// What the store already knows of the members and policies that a batch is about.
struct Known {
    choices: HashMap<ChoiceKey, Sequence>,
    accounts: HashMap<MemberNumber, Account>,
    policy: Option<(Sequence, PolicyHash)>,
    held: BTreeSet<Purpose>,
}

impl<'a> Ledger<'a> {
    /// Takes the counter's row; from here on nobody else writes.
    pub(crate) async fn open(tx: &'a DatabaseTransaction) -> Result<Self> {
        // One statement for both: each is a way to the database and back, and somebody waits.
        let counters: Option<(i64, Option<i64>)> = fact_counter::Entity::find()
            .select_only()
            .column(fact_counter::Column::LastSequence)
            .expr_as(SubQueryStatement::from(last_member().into_query()), "last_member")
            .lock_exclusive()
            .into_tuple()
            .one(tx)
            .await
            .doing("taking the fact counter")?;
        let (last, last_member) = counters.unwrap_or_default();
        Ok(Self { tx, last, members: last_member.map_or(0, |last| last + 1) })
    }

    /// The last sequence that was given out.
    pub(crate) fn last(&self) -> Sequence {
        Sequence::from_i64(self.last)
    }

    /// Whether a fact may be recorded at all.
    pub(crate) fn check(&self, fact: &NewFact) -> Result<()> {
        if let Some(member) = fact.member()
            && !(0..self.members).contains(&member.as_i64())
        {
            return Err(StoreError::MemberUnknown { member });
        }
        match fact {
            NewFact::Notice(Notice { reach: Reach::Cohort { regions, .. }, .. })
                if regions.is_empty() =>
            {
                Err(StoreError::CohortEmpty)
            }
            NewFact::PolicyApplied(policy)
                if PolicyHash::of_bytes(policy.document.as_bytes()) != policy.hash =>
            {
                Err(StoreError::PolicyText { hash: policy.hash.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Writes the facts and the removals that they start; a repeat gets its old sequence.
    pub(crate) async fn write(mut self, facts: &[(NewFact, Instant)]) -> Result<Vec<Sequence>> {
        for (fact, _) in facts {
            self.check(fact)?;
        }
        let mut known = Known::load(self.tx, facts).await?;
        let mut rows = Rows::default();
        let mut sequences = Vec::with_capacity(facts.len());
        for (fact, at) in facts {
            sequences.push(match known.repeat_of(fact) {
                Some(old) => old,
                None => self.add(fact, *at, &mut known, &mut rows).await?,
            });
        }
        rows.insert(self.tx).await?;
        fact_counter::Entity::update_many()
            .col_expr(fact_counter::Column::LastSequence, Expr::value(self.last))
            .exec(self.tx)
            .await
            .doing("moving the fact counter")?;
        Ok(sequences)
    }

    async fn add(
        &mut self,
        fact: &NewFact,
        at: Instant,
        known: &mut Known,
        rows: &mut Rows,
    ) -> Result<Sequence> {
        let before = known.account_before(fact)?;
        self.last += 1;
        let stamp = Stamp { sequence: self.last(), at };
        rows.add_fact(fact, stamp)?;
        if let Some(started) = started_by(fact, &before) {
            rows.add_removal(&started, stamp, known.nobody_holds(&started));
            if started.removal.cause == RemovalCause::Erasure {
                self.close_identity(started.removal.member, at).await?;
            }
        }
        known.take_in(fact, stamp.sequence);
        Ok(stamp.sequence)
    }

    async fn close_identity(&self, member: Option<MemberNumber>, at: Instant) -> Result<()> {
        identities::Entity::update_many()
            .col_expr(identities::Column::ErasedAt, Expr::value(at.as_micros()))
            .filter(identities::Column::Number.eq(member.map(|member| member.as_i64())))
            .exec(self.tx)
            .await
            .doing("closing an identity")?;
        match member {
            Some(member) => archives::forget(self.tx, member).await,
            None => Ok(()),
        }
    }
}

impl Known {
    async fn load(tx: &DatabaseTransaction, facts: &[(NewFact, Instant)]) -> Result<Self> {
        let facts = || facts.iter().map(|(fact, _)| fact);
        let choices = facts().filter_map(|fact| match fact {
            NewFact::Choice(choice) => Some(choice),
            _ => None,
        });
        let accounts = facts().filter_map(|fact| match fact {
            NewFact::Account(account) => Some(account.member.as_i64()),
            _ => None,
        });
        let policies = facts().any(|fact| matches!(fact, NewFact::PolicyApplied(_)));
        Ok(Self {
            choices: recorded_choices(tx, choices).await?,
            accounts: recorded_accounts(tx, accounts.collect::<BTreeSet<_>>()).await?,
            policy: if policies { last_policy(tx).await? } else { None },
            held: purposes_held(tx).await?,
        })
    }

    fn repeat_of(&self, fact: &NewFact) -> Option<Sequence> {
        match fact {
            NewFact::Choice(choice) => self.choices.get(&key(choice)).copied(),
            NewFact::Account(account) => self.accounts.get(&account.member)?.repeat_of(account),
            NewFact::PolicyApplied(policy) => {
                let (sequence, hash) = self.policy.as_ref()?;
                (*hash == policy.hash).then_some(*sequence)
            }
            _ => None,
        }
    }

    fn account_before(&self, fact: &NewFact) -> Result<Account> {
        let NewFact::Account(AccountFact { member, .. }) = fact else {
            return Ok(Account::default());
        };
        let before = self.accounts.get(member).cloned().unwrap_or_default();
        match before.is_erased() {
            true => Err(StoreError::MemberErased { member: *member }),
            false => Ok(before),
        }
    }

    /// With nobody to release, a removal ends where it starts; an erasure waits for the lake.
    fn nobody_holds(&self, started: &Started) -> bool {
        let held = match &started.removal.purpose {
            Some(purpose) => self.held.contains(purpose),
            None => !self.held.is_empty(),
        };
        !held && started.removal.cause != RemovalCause::Erasure
    }

    fn take_in(&mut self, fact: &NewFact, sequence: Sequence) {
        match fact {
            NewFact::Choice(choice) => {
                self.choices.insert(key(choice), sequence);
            }
            NewFact::Account(account) => {
                self.accounts.entry(account.member).or_default().apply(sequence, account);
            }
            NewFact::PolicyApplied(policy) => self.policy = Some((sequence, policy.hash.clone())),
            _ => {}
        }
    }
}

/// The last sequence that was given out and committed.
pub(crate) async fn last_sequence<C: ConnectionTrait>(db: &C) -> Result<Sequence> {
    let row = fact_counter::Entity::find().one(db).await.doing("reading the fact counter")?;
    Ok(row.map_or(Sequence::START, |row| Sequence::from_i64(row.last_sequence)))
}

/// How many numbers were given out.
pub(crate) async fn member_count<C: ConnectionTrait>(db: &C) -> Result<i64> {
    let last: Option<Option<i64>> =
        last_member().into_tuple().one(db).await.doing("counting members")?;
    Ok(last.flatten().map_or(0, |last| last + 1))
}

/// The last number that was given out.
fn last_member() -> Select<identities::Entity> {
    let last = identities::Column::Number.max();
    identities::Entity::find().select_only().column_as(last, "last")
}

async fn recorded_choices(
    tx: &DatabaseTransaction,
    asked: impl Iterator<Item = &Choice>,
) -> Result<HashMap<ChoiceKey, Sequence>> {
    let asked: Vec<(i64, i64)> =
        asked.map(|choice| (choice.member.as_i64(), choice.said_at.as_micros())).collect();
    let mut found = HashMap::new();
    for part in asked.chunks(LIST) {
        let members: BTreeSet<i64> = part.iter().map(|(member, _)| *member).collect();
        let instants: BTreeSet<i64> = part.iter().map(|(_, said_at)| *said_at).collect();
        let rows = choices::Entity::find()
            .filter(choices::Column::Member.is_in(members))
            .filter(choices::Column::SaidAt.is_in(instants))
            .order_by_desc(choices::Column::Sequence)
            .all(tx)
            .await
            .doing("looking for repeated choices")?;
        for row in rows {
            let fact = row.into_fact()?;
            if let NewFact::Choice(choice) = &fact.content {
                found.insert(key(choice), fact.sequence);
            }
        }
    }
    Ok(found)
}

async fn recorded_accounts(
    tx: &DatabaseTransaction,
    members: BTreeSet<i64>,
) -> Result<HashMap<MemberNumber, Account>> {
    let members: Vec<_> = members.into_iter().collect();
    let mut accounts: HashMap<MemberNumber, Account> = HashMap::new();
    for part in members.chunks(LIST) {
        let rows = account_facts::Entity::find()
            .filter(account_facts::Column::Member.is_in(part.iter().copied()))
            .order_by_asc(account_facts::Column::Sequence)
            .all(tx)
            .await
            .doing("reading accounts")?;
        for row in rows {
            let fact = row.into_fact()?;
            if let NewFact::Account(account) = &fact.content {
                accounts.entry(account.member).or_default().apply(fact.sequence, account);
            }
        }
    }
    Ok(accounts)
}

async fn last_policy(tx: &DatabaseTransaction) -> Result<Option<(Sequence, PolicyHash)>> {
    let row = applied_policies::Entity::find()
        .order_by_desc(applied_policies::Column::Sequence)
        .one(tx)
        .await
        .doing("reading the applied policy")?;
    Ok(row.map(|row| (Sequence::from_i64(row.sequence), PolicyHash::from_hex(row.hash))))
}

async fn purposes_held(tx: &DatabaseTransaction) -> Result<BTreeSet<Purpose>> {
    let purposes: Vec<String> = holders::Entity::find()
        .select_only()
        .column(holders::Column::Purpose)
        .distinct()
        .filter(holders::Column::State.ne(HolderState::Retired.name()))
        .into_tuple()
        .all(tx)
        .await
        .doing("reading which purposes have holders")?;
    purposes.iter().map(|purpose| crate::read::word("holders", "purpose", purpose)).collect()
}

fn key(choice: &Choice) -> ChoiceKey {
    let Choice { member, purpose, scope, answer, said_at, source, withdraws_consent: _ } = choice;
    (*member, purpose.clone(), *scope, *answer, *said_at, source.clone())
}
