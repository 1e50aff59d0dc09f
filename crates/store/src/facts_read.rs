use policy::{MemberNumber, PolicyHash, Sequence, Status};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    AppliedPolicy, Fact, NewFact, Result, Snapshot, Store,
    entities::{
        account_facts, applied_policies, choices, documents, notices, objections, removals, rulings,
    },
    error::Doing,
    read::FactRow,
};

/// How far a snapshot reads at a time, in sequences.
const STRIDE: i64 = 50_000;

impl Store {
    /// The facts after `after`, up to and with `up_to`, in order.
    ///
    /// # Errors
    /// If the database cannot be read, or holds a word that this version does not know.
    pub async fn facts_between(&self, after: Sequence, up_to: Sequence) -> Result<Vec<Fact>> {
        let range = || {
            let sequence = || Expr::col("sequence");
            let range = Condition::all().add(sequence().gt(after.as_i64()));
            range.add(sequence().lte(up_to.as_i64()))
        };
        let mut facts = self.facts_of_members(range).await?;
        facts.extend(self.facts_where::<objections::Entity>(range()).await?);
        facts.extend(self.facts_where::<applied_policies::Entity>(range()).await?);
        facts.extend(self.facts_where::<documents::Entity>(range()).await?);
        facts.sort_unstable_by_key(|fact| fact.sequence);
        Ok(facts)
    }

    /// The facts about one member up to and with `up_to`, in order, without cohort notices.
    ///
    /// # Errors
    /// If the database cannot be read, or holds a word that this version does not know.
    pub async fn facts_of_member(
        &self,
        member: MemberNumber,
        up_to: Sequence,
    ) -> Result<Vec<Fact>> {
        let of_member = || {
            let member = Expr::col("member").eq(member.as_i64());
            Condition::all().add(member).add(Expr::col("sequence").lte(up_to.as_i64()))
        };
        let mut facts = self.facts_of_members(of_member).await?;
        facts.sort_unstable_by_key(|fact| fact.sequence);
        Ok(facts)
    }

    /// Every policy that was applied up to and with `up_to`, in order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn policies_applied(
        &self,
        up_to: Sequence,
    ) -> Result<Vec<(Sequence, AppliedPolicy)>> {
        let filter = Condition::all().add(Expr::col("sequence").lte(up_to.as_i64()));
        let mut facts = self.facts_where::<applied_policies::Entity>(filter).await?;
        facts.sort_unstable_by_key(|fact| fact.sequence);
        let policies = facts.into_iter().filter_map(|fact| match fact.content {
            NewFact::PolicyApplied(policy) => Some((fact.sequence, policy)),
            _ => None,
        });
        Ok(policies.collect())
    }

    /// The text of a policy that was once applied.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn policy_document(&self, hash: &PolicyHash) -> Result<Option<String>> {
        let row = applied_policies::Entity::find()
            .filter(applied_policies::Column::Hash.eq(hash.as_str()))
            .one(&self.db)
            .await
            .doing("reading a policy")?;
        Ok(row.map(|row| row.document))
    }

    /// Everything that was in force right after the fact `at`.
    ///
    /// # Errors
    /// If the database cannot be read, or holds a word that this version does not know.
    pub async fn snapshot_at(&self, at: Sequence) -> Result<Snapshot> {
        let mut snapshot = Snapshot::new();
        while snapshot.sequence() < at {
            let after = snapshot.sequence();
            let up_to = at.min(Sequence::from_i64(after.as_i64() + STRIDE));
            for fact in self.facts_between(after, up_to).await? {
                snapshot.apply(&fact);
            }
            snapshot.advance_to(up_to);
        }
        Ok(snapshot)
    }

    /// What was in force at `from`, and the facts after it up to `up_to`, to be applied one by
    /// one: a build refuses what any of the steps refuses.
    ///
    /// # Errors
    /// If the database cannot be read, or holds a word that this version does not know.
    pub async fn snapshot_between(
        &self,
        from: Sequence,
        up_to: Sequence,
    ) -> Result<(Snapshot, Vec<Fact>)> {
        Ok((self.snapshot_at(from).await?, self.facts_between(from, up_to).await?))
    }

    /// The fact by which a member was erased; `None` if the member was not.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn erasure_of(&self, member: MemberNumber) -> Result<Option<Sequence>> {
        let row = account_facts::Entity::find()
            .filter(account_facts::Column::Member.eq(member.as_i64()))
            .filter(account_facts::Column::Status.eq(Status::Erased.name()))
            .one(&self.db)
            .await
            .doing("looking for an erasure")?;
        Ok(row.map(|row| Sequence::from_i64(row.sequence)))
    }

    /// From the tables that have a member column.
    async fn facts_of_members(&self, filter: impl Fn() -> Condition) -> Result<Vec<Fact>> {
        let mut facts = self.facts_where::<account_facts::Entity>(filter()).await?;
        facts.extend(self.facts_where::<choices::Entity>(filter()).await?);
        facts.extend(self.facts_where::<notices::Entity>(filter()).await?);
        facts.extend(self.facts_where::<rulings::Entity>(filter()).await?);
        let withdrawn = filter().add(removals::Column::IsFact.eq(true));
        facts.extend(self.facts_where::<removals::Entity>(withdrawn).await?);
        Ok(facts)
    }

    async fn facts_where<E>(&self, filter: Condition) -> Result<Vec<Fact>>
    where
        E: EntityTrait,
        E::Model: FactRow,
    {
        let rows = E::find().filter(filter).all(&self.db).await.doing("reading facts")?;
        rows.into_iter().map(FactRow::into_fact).collect()
    }
}
