use std::collections::{BTreeSet, HashMap};

use policy::{Answer, Instant, MemberNumber, PolicyHash, Purpose, Sequence};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use crate::{
    AccountFact, Choice, HolderState, NewFact, Notice, Reach, RemovalCause, Result, Scope,
    StoreError,
    account::Account,
    archives,
    entities::{
        account_facts, applied_policies, choices, declarations, fact_counter, holders, identities,
    },
    error::Doing,
    journal::{Entry, Journal, Place},
    read::FactRow,
    removal::{Started, started_by},
    replays,
    rows::{Rows, Stamp, insert_all},
    store::{Hold, Writing},
};

/// Values that one `IN` list may carry.
const LIST: usize = 5_000;

/// The one way to write facts: holds the counter's row, so that there is one writer at a time.
pub(crate) struct Ledger<'a> {
    tx: &'a DatabaseTransaction,
    last: i64,
    members: i64,
    /// The journal, and how far the store has come in it.
    journal: Option<(&'a Journal, Place)>,
    hold: &'a Hold,
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
    /// Takes the counter's row; from here on nobody else writes. What a writer that died had put
    /// into the journal, and not into the store, is recorded first.
    pub(crate) async fn open(writing: &'a Writing) -> Result<Self> {
        let tx = &writing.tx;
        let counter = fact_counter::Entity::find().lock_exclusive().one(tx).await;
        let counter = counter.doing("taking the fact counter")?;
        let last = counter.as_ref().map_or(0, |counter| counter.last_sequence);
        let place = counter.as_ref().map(Place::read).transpose()?.flatten();
        let journal = match (place, &writing.journal) {
            (None, _) => None,
            (Some(_), None) => return Err(StoreError::JournalNotGiven),
            (Some(place), Some(journal)) => Some((journal, place)),
        };
        let mut ledger =
            Self { tx, last, members: member_count(tx).await?, journal, hold: &writing.hold };
        ledger.catch_up().await?;
        Ok(ledger)
    }

    /// Begins the journal of a store that has none.
    pub(crate) async fn begin_journal(
        mut self,
        journal: &'a Journal,
        system: &str,
        at: Instant,
    ) -> Result<()> {
        if self.journal.is_none() {
            let place = journal.begin(system, self.last(), at)?;
            self.journal = Some((journal, place));
            self.save().await?;
        }
        Ok(())
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
            // Found here, a choice does not take its neighbours with it.
            NewFact::Choice(choice) if choice.source.contains('\0') => {
                Err(StoreError::NulInText { member: choice.member })
            }
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

    /// Writes the facts and the removals that they start, into the journal as well; a repeat gets
    /// its old sequence.
    pub(crate) async fn write(mut self, facts: &[(NewFact, Instant)]) -> Result<Vec<Sequence>> {
        let (sequences, rows) = self.plan(facts).await?;
        let entry = Entry { facts: rows.facts.clone(), ..Entry::default() };
        rows.insert(self.tx).await?;
        self.finish(entry).await?;
        Ok(sequences)
    }

    /// Gives the numbers of new members away.
    pub(crate) async fn add_identities(self, rows: Vec<identities::Model>) -> Result<()> {
        insert_all::<identities::Entity, _, _>(rows.clone(), self.tx).await?;
        self.finish(Entry { identities: rows, ..Entry::default() }).await
    }

    /// Keeps the text of a declaration, which account facts rest on.
    pub(crate) async fn add_declaration(self, row: declarations::Model) -> Result<()> {
        insert_all::<declarations::Entity, _, _>(vec![row.clone()], self.tx).await?;
        self.finish(Entry { declarations: vec![row], ..Entry::default() }).await
    }

    /// Registers a holder. The journal has it as well, or a restored system would not know whom
    /// to ask for a removal.
    pub(crate) async fn add_holder(self, row: holders::Model) -> Result<()> {
        insert_all::<holders::Entity, _, _>(vec![row.clone()], self.tx).await?;
        self.finish(Entry { holders: vec![row], ..Entry::default() }).await
    }

    async fn plan(&mut self, facts: &[(NewFact, Instant)]) -> Result<(Vec<Sequence>, Rows)> {
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
        Ok((sequences, rows))
    }

    /// The last step before the commit: the journal has it first, and for good.
    async fn finish(mut self, entry: Entry) -> Result<()> {
        if entry.is_empty() {
            return Ok(());
        }
        if let Some((journal, place)) = self.journal.take() {
            let place = journal.append(place, &entry, self.hold).await?;
            self.journal = Some((journal, place));
        }
        self.save().await
    }

    /// Moves the counter, and with it the place in the journal.
    async fn save(&self) -> Result<()> {
        let mut update = fact_counter::Entity::update_many()
            .col_expr(fact_counter::Column::LastSequence, Expr::value(self.last));
        if let Some((_, Place { system, end })) = &self.journal {
            let number = |value: u64| Expr::value(i64::try_from(value).unwrap_or(i64::MAX));
            update = update
                .col_expr(fact_counter::Column::JournalSystem, Expr::value(system.as_str()))
                .col_expr(fact_counter::Column::JournalEntries, number(end.entries))
                .col_expr(fact_counter::Column::JournalBytes, number(end.bytes))
                .col_expr(fact_counter::Column::JournalStart, number(end.start))
                .col_expr(fact_counter::Column::JournalHash, Expr::value(end.hash.as_str()));
        }
        update.exec(self.tx).await.doing("moving the fact counter")?;
        Ok(())
    }

    /// Records what the journal has and the store has not.
    async fn catch_up(&mut self) -> Result<()> {
        let Some((journal, place)) = self.journal.take() else { return Ok(()) };
        if !journal.is_ahead(&place)? {
            self.journal = Some((journal, place));
            return Ok(());
        }
        let from = self.last();
        let (mut reader, mut withdraws) = (journal.after(&place)?, false);
        while let Some(entry) = journal.next(&mut reader)? {
            withdraws |= self.replay(entry).await?;
        }
        if reader.torn_bytes() > 0 {
            // Nobody was answered by it: who answers has flushed the whole line.
            journal.cut(reader.end())?;
        }
        let end = reader.end().clone();
        tracing::warn!(
            from_fact = from.as_i64(),
            to_fact = self.last,
            lines = end.entries - place.end.entries,
            "recorded what only the journal had"
        );
        self.journal = Some((journal, Place { end, ..place }));
        if withdraws {
            replays::note(self.tx, from, self.last()).await?;
        }
        self.save().await
    }

    /// Records one entry of the journal; whether rows have to leave the lake by it.
    async fn replay(&mut self, entry: Entry) -> Result<bool> {
        let Entry { facts, identities, declarations, holders } = entry;
        self.members += i64::try_from(identities.len()).unwrap_or_default();
        insert_all::<identities::Entity, _, _>(identities, self.tx).await?;
        insert_all::<declarations::Entity, _, _>(declarations, self.tx).await?;
        insert_all::<holders::Entity, _, _>(holders, self.tx).await?;
        let facts = facts.into_facts()?;
        let expected = facts.iter().map(|fact| fact.sequence).collect::<Vec<_>>();
        let withdraws = facts.iter().any(|fact| fact.content.takes_rows_out());
        let facts: Vec<_> =
            facts.into_iter().map(|fact| (fact.content, fact.recorded_at)).collect();
        let (sequences, rows) = self.plan(&facts).await?;
        if let Some((found, expected)) =
            expected.iter().zip(&sequences).find(|(found, expected)| found != expected)
        {
            return Err(StoreError::JournalGap { expected: *expected, found: *found });
        }
        rows.insert(self.tx).await?;
        Ok(withdraws)
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
    let row = counter(db).await?;
    Ok(row.map_or(Sequence::START, |row| Sequence::from_i64(row.last_sequence)))
}

/// How far the store has come in its journal; `None` while it has none.
pub(crate) async fn journal_place<C: ConnectionTrait>(db: &C) -> Result<Option<Place>> {
    Ok(counter(db).await?.as_ref().map(Place::read).transpose()?.flatten())
}

async fn counter<C: ConnectionTrait>(db: &C) -> Result<Option<fact_counter::Model>> {
    fact_counter::Entity::find().one(db).await.doing("reading the fact counter")
}

/// How many numbers were given out.
pub(crate) async fn member_count<C: ConnectionTrait>(db: &C) -> Result<i64> {
    let last: Option<Option<i64>> = identities::Entity::find()
        .select_only()
        .column_as(identities::Column::Number.max(), "last")
        .into_tuple()
        .one(db)
        .await
        .doing("counting members")?;
    Ok(last.flatten().map_or(0, |last| last + 1))
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
