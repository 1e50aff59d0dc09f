//! What the store already knows of the members and policies that a batch of facts is about.

use std::collections::{BTreeSet, HashMap};

use policy::{Answer, Instant, MemberNumber, PolicyHash, Purpose, Sequence};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::{
    AccountFact, Choice, NewFact, Result, Scope, StoreError,
    account::Account,
    entities::{account_facts, applied_policies, choices},
    error::Doing,
    read::FactRow,
    rows::VALUES_A_LIST,
};

/// A choice but for the time at which it was recorded.
type ChoiceKey = (MemberNumber, Purpose, Scope, Answer, Instant, String);

/// What decides whether a fact is new, and what it starts.
#[derive(Default)]
pub(crate) struct Known {
    choices: HashMap<ChoiceKey, Sequence>,
    accounts: HashMap<MemberNumber, Account>,
    policy: Option<(Sequence, PolicyHash)>,
}

impl Known {
    pub(crate) async fn load(
        tx: &DatabaseTransaction,
        facts: &[(NewFact, Instant)],
    ) -> Result<Self> {
        let mut known = Self::default();
        for select in recorded_choices(facts) {
            known.take_in_choices(select.all(tx).await.doing("looking for repeated choices")?)?;
        }
        let accounts = facts.iter().filter_map(|(fact, _)| match fact {
            NewFact::Account(account) => Some(account.member.as_i64()),
            _ => None,
        });
        known.accounts = recorded_accounts(tx, accounts.collect()).await?;
        if facts.iter().any(|(fact, _)| matches!(fact, NewFact::PolicyApplied(_))) {
            known.policy = last_policy(tx).await?;
        }
        Ok(known)
    }

    /// Adds choices that are on record, the last ones first.
    pub(crate) fn take_in_choices(&mut self, rows: Vec<choices::Model>) -> Result<()> {
        for row in rows {
            let fact = row.into_fact()?;
            if let NewFact::Choice(choice) = &fact.content {
                self.choices.insert(key(choice), fact.sequence);
            }
        }
        Ok(())
    }

    /// The place of the same fact, if it is on record.
    pub(crate) fn repeat_of(&self, fact: &NewFact) -> Option<Sequence> {
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

    /// What was known of the account that a fact is about.
    pub(crate) fn account_before(&self, fact: &NewFact) -> Result<Account> {
        let NewFact::Account(AccountFact { member, .. }) = fact else {
            return Ok(Account::default());
        };
        let before = self.accounts.get(member).cloned().unwrap_or_default();
        match before.is_erased() {
            true => Err(StoreError::MemberErased { member: *member }),
            false => Ok(before),
        }
    }

    /// Adds a fact that is being recorded.
    pub(crate) fn take_in(&mut self, fact: &NewFact, sequence: Sequence) {
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

/// The choices on record that any of the facts may repeat, the last ones first.
pub(crate) fn recorded_choices(
    facts: &[(NewFact, Instant)],
) -> impl Iterator<Item = Select<choices::Entity>> {
    let asked: Vec<_> = facts
        .iter()
        .filter_map(|(fact, _)| match fact {
            NewFact::Choice(choice) => Some((choice.member.as_i64(), choice.said_at.as_micros())),
            _ => None,
        })
        .collect();
    let parts: Vec<_> = asked.chunks(VALUES_A_LIST).map(choices_of).collect();
    parts.into_iter()
}

fn choices_of(asked: &[(i64, i64)]) -> Select<choices::Entity> {
    let (members, instants): (BTreeSet<_>, BTreeSet<_>) = asked.iter().copied().unzip();
    choices::Entity::find()
        .filter(choices::Column::Member.is_in(members))
        .filter(choices::Column::SaidAt.is_in(instants))
        .order_by_desc(choices::Column::Sequence)
}

async fn recorded_accounts(
    tx: &DatabaseTransaction,
    members: BTreeSet<i64>,
) -> Result<HashMap<MemberNumber, Account>> {
    let members: Vec<_> = members.into_iter().collect();
    let mut accounts: HashMap<MemberNumber, Account> = HashMap::new();
    for part in members.chunks(VALUES_A_LIST) {
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

fn key(choice: &Choice) -> ChoiceKey {
    let Choice { member, purpose, scope, answer, said_at, source, withdraws_consent: _ } = choice;
    (*member, purpose.clone(), *scope, *answer, *said_at, source.clone())
}
