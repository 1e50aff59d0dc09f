use policy::{MemberNumber, MemberSet, Sequence, Status};
use store::{AccountFact, NewFact, Notice, Reach, Store};

use crate::{Account, Declaration, DeclaredNotice, SourcesError};

/// How many facts are read at a time.
const STRIDE: i64 = 50_000;

/// What the store says about accounts, to record only what is new.
pub(crate) struct KnownFacts {
    /// By member number.
    accounts: Vec<Account>,
    /// Members whom the declared notice is recorded to have reached.
    noticed: MemberSet,
    notice: Option<DeclaredNotice>,
    up_to: Sequence,
}

impl KnownFacts {
    pub(crate) fn new(declaration: Option<&Declaration>) -> Self {
        Self {
            accounts: Vec::new(),
            noticed: MemberSet::default(),
            notice: declaration.and_then(|declaration| declaration.notice),
            up_to: Sequence::START,
        }
    }

    /// Takes in what was recorded since the last call.
    pub(crate) async fn refresh(&mut self, store: &Store) -> Result<(), SourcesError> {
        let last = store.last_sequence().await?;
        while self.up_to < last {
            let stride = self.up_to.as_i64().saturating_add(STRIDE).min(last.as_i64());
            let up_to = Sequence::from_i64(stride);
            for fact in store.facts_between(self.up_to, up_to).await? {
                self.take_in(&fact.content);
            }
            self.up_to = up_to;
        }
        Ok(())
    }

    fn take_in(&mut self, fact: &NewFact) {
        match fact {
            NewFact::Account(fact) => {
                let Some(index) = fact.member.as_index() else { return };
                if self.accounts.len() <= index {
                    self.accounts.resize(index + 1, Account::default());
                }
                if let Some(account) = self.accounts.get_mut(index) {
                    account.region = fact.region.or(account.region);
                    account.age = fact.age.or(account.age);
                    account.status = fact.status.or(account.status);
                }
            }
            NewFact::Notice(Notice {
                policy_version,
                reach: Reach::Member(member),
                delivered_at,
                ..
            }) if self.notice.is_some_and(|notice| {
                notice.policy_version == *policy_version && notice.delivered_at == *delivered_at
            }) =>
            {
                self.noticed.insert(*member);
            }
            _ => {}
        }
    }

    /// The facts that make known what is not yet, or what differs, about one member.
    pub(crate) fn news(
        &self,
        member: MemberNumber,
        said: Account,
        source: &str,
        declaration: Option<&Declaration>,
    ) -> Vec<NewFact> {
        let known = member.as_index().and_then(|index| self.accounts.get(index));
        let known = known.copied().unwrap_or_default();
        if known.status == Some(Status::Erased) {
            return Vec::new();
        }
        let stated = Account {
            region: said.region.filter(|region| known.region != Some(*region)),
            age: said.age.filter(|age| known.age != Some(*age)),
            status: said.status.filter(|status| known.status != Some(*status)),
        };
        let mut news = Vec::new();
        let fact = |account: Account, declaration: Option<String>| {
            let Account { region, age, status } = account;
            let source = source.to_owned();
            NewFact::Account(AccountFact { member, region, age, status, source, declaration })
        };
        if stated != Account::default() {
            news.push(fact(stated, None));
        }
        let Some(declaration) = declaration else { return news };
        let declared = Account {
            region: declaration.region.filter(|_| said.region.or(known.region).is_none()),
            age: declaration.age.filter(|_| said.age.or(known.age).is_none()),
            status: declaration.status.filter(|_| said.status.or(known.status).is_none()),
        };
        if declared != Account::default() {
            news.push(fact(declared, Some(declaration.hash.clone())));
        }
        if let Some(notice) = declaration.notice
            && !self.noticed.contains(member)
        {
            news.push(NewFact::Notice(Notice {
                policy_version: notice.policy_version,
                reach: Reach::Member(member),
                delivered_at: notice.delivered_at,
                source: source.to_owned(),
            }));
        }
        news
    }
}
