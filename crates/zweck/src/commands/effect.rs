//! What a change of the rules does to the members that are known.

use std::collections::BTreeSet;

use policy::{
    Category, Facts, Instant, ItemFacts, MemberNumber, Policy, Purpose, Request, Visibility, decide,
};
use store::Snapshot;

/// Members of whom something may no longer, or newly, be used for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Effect {
    /// For which purpose.
    pub(super) purpose: Purpose,
    /// Members of whom a kind of data may be used no longer.
    pub(super) ends_for: u64,
    /// Members of whom a kind of data may be used that could not be.
    pub(super) begins_for: u64,
}

/// Rules and facts at one place in the order of facts.
pub(super) struct Moment<'a> {
    /// The rules; `None` permits nothing.
    pub(super) policy: Option<&'a Policy>,
    /// The facts.
    pub(super) snapshot: &'a Snapshot,
}

/// Counts, purpose by purpose, for whom a permission ends or begins between two moments. Asked of
/// a public row of each kind, written now.
pub(super) fn between(before: &Moment<'_>, after: &Moment<'_>, at: Instant) -> Vec<Effect> {
    let of = |moment: &Moment<'_>| -> BTreeSet<Purpose> {
        moment.policy.into_iter().flat_map(|policy| policy.purposes.keys().cloned()).collect()
    };
    let purposes: BTreeSet<Purpose> = of(before).union(&of(after)).cloned().collect();
    let effect = |purpose: Purpose| {
        let (mut ends_for, mut begins_for) = (0, 0);
        for member in after.snapshot.members() {
            let pairs = Category::ALL.iter().map(|category| {
                let may = |moment: &Moment<'_>| moment.allows(&purpose, member, *category, at);
                (may(before), may(after))
            });
            let (mut ends, mut begins) = (false, false);
            for (was, is) in pairs {
                ends |= was && !is;
                begins |= !was && is;
            }
            ends_for += u64::from(ends);
            begins_for += u64::from(begins);
        }
        Effect { purpose, ends_for, begins_for }
    };
    purposes.into_iter().map(effect).collect()
}

impl Moment<'_> {
    fn allows(
        &self,
        purpose: &Purpose,
        member: MemberNumber,
        category: Category,
        at: Instant,
    ) -> bool {
        let Some(policy) = self.policy else { return false };
        let facts = self.snapshot.facts(policy, purpose, member, category, None);
        let visibility = Some(Visibility::Public);
        let item = ItemFacts { visibility, created: Some(at), ..facts.item };
        let request = Request { policy, purpose, category, as_of: at };
        decide(&request, &Facts { item, ..facts }).is_allowed()
    }
}
