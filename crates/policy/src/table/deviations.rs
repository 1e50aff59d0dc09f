use super::Scene;
use crate::{
    AgeClass, Answer, ChoiceInForce, Choices, Facts, Instant, ItemFacts, Status, Visibility,
    aipref::Usage,
};

/// What `decide` is asked: the facts and the instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) facts: Facts,
    pub(super) as_of: Instant,
}

impl Question {
    /// An adult with an active account who was told in time and has said nothing; a public row that
    /// was created half a year ago.
    pub(super) fn base(scene: &Scene<'_>) -> Self {
        let facts = Facts {
            member_known: true,
            region: Some(scene.country),
            age: Some(AgeClass::Adult),
            status: Some(Status::Active),
            notice: Some(scene.now.plus_days(-scene.policy.notice_days - 300)),
            documents_complete: true,
            choices: Choices::default(),
            item: ItemFacts {
                visibility: Some(Visibility::Public),
                created: Some(scene.now.plus_days(-180)),
                ..ItemFacts::default()
            },
        };
        Self { facts, as_of: scene.now }
    }

    fn notice_before(&mut self, days: i64) {
        self.facts.notice = Some(self.as_of.plus_days(-days));
    }

    /// Moves the question to another instant, the notice always delivered well before.
    fn ask_at(&mut self, instant: Instant, scene: &Scene<'_>) {
        self.as_of = instant;
        self.notice_before(scene.policy.notice_days + 1);
        self.facts.item.created = Some(instant.plus_days(-1));
    }
}

/// Says something about the deviation from the base case.
pub(super) type Deviate = fn(&mut Question, &Scene<'_>);

/// A choice that was made `days` before the instant in question.
pub(super) fn said(answer: Answer, scene: &Scene<'_>, days: i64) -> Option<ChoiceInForce> {
    Some(ChoiceInForce { answer, said_at: scene.now.plus_days(-days) })
}

/// A choice that was made a day before the use started.
pub(super) fn said_before_start(answer: Answer, scene: &Scene<'_>) -> Option<ChoiceInForce> {
    Some(ChoiceInForce { answer, said_at: scene.start.plus_days(-1) })
}

const fn microsecond_before(instant: Instant) -> Instant {
    Instant::from_micros(instant.as_micros().saturating_sub(1))
}

/// Every single deviation, in the order of the table.
pub(super) const DEVIATIONS: &[(&str, Deviate)] = &[
    ("member unknown", |q, _| q.facts.member_known = false),
    ("account state unknown", |q, _| q.facts.status = None),
    ("account restricted", |q, _| q.facts.status = Some(Status::Restricted)),
    ("account closed", |q, _| q.facts.status = Some(Status::Closed)),
    ("account erased", |q, _| q.facts.status = Some(Status::Erased)),
    ("minor", |q, _| q.facts.age = Some(AgeClass::Minor)),
    ("age unknown", |q, _| q.facts.age = None),
    ("region unknown", |q, _| q.facts.region = None),
    ("a microsecond before the start", |q, s| q.ask_at(microsecond_before(s.start), s)),
    ("at the start", |q, s| q.ask_at(s.start, s)),
    ("documents incomplete", |q, _| q.facts.documents_complete = false),
    ("not announced", |q, _| q.facts.notice = None),
    ("announced later", |q, _| q.notice_before(-1)),
    ("announced just now", |q, _| q.notice_before(0)),
    ("a microsecond before the window closes", |q, s| {
        q.notice_before(s.policy.notice_days);
        q.as_of = microsecond_before(q.as_of);
    }),
    ("when the window closes", |q, s| q.notice_before(s.policy.notice_days)),
    ("no to everything", |q, s| q.facts.choices.everything = said(Answer::Refuse, s, 1)),
    ("no to everything, before the start", |q, s| {
        q.facts.choices.everything = said_before_start(Answer::Refuse, s);
    }),
    ("no to everything, before it was created", |q, s| {
        q.facts.choices.everything = said(Answer::Refuse, s, 200);
    }),
    ("no to everything, later than asked", |q, s| {
        q.facts.choices.everything = said(Answer::Refuse, s, -1);
    }),
    ("no to the category", |q, s| q.facts.choices.category = said(Answer::Refuse, s, 1)),
    ("no to the item", |q, s| q.facts.choices.item = said(Answer::Refuse, s, 1)),
    ("yes to everything", |q, s| q.facts.choices.everything = said(Answer::Allow, s, 1)),
    ("yes to everything, later than asked", |q, s| {
        q.facts.choices.everything = said(Answer::Allow, s, -1);
    }),
    ("yes to the category", |q, s| q.facts.choices.category = said(Answer::Allow, s, 1)),
    ("yes to the item", |q, s| q.facts.choices.item = said(Answer::Allow, s, 1)),
    ("yes to everything, no to the category", |q, s| {
        q.facts.choices.everything = said(Answer::Allow, s, 1);
        q.facts.choices.category = said(Answer::Refuse, s, 1);
    }),
    ("no to everything, yes to the item", |q, s| {
        q.facts.choices.everything = said(Answer::Refuse, s, 1);
        q.facts.choices.item = said(Answer::Allow, s, 1);
    }),
    ("yes to everything, minor", |q, s| {
        q.facts.choices.everything = said(Answer::Allow, s, 1);
        q.facts.age = Some(AgeClass::Minor);
    }),
    ("yes to everything, not announced", |q, s| {
        q.facts.choices.everything = said(Answer::Allow, s, 1);
        q.facts.notice = None;
    }),
    ("visible to members", |q, _| q.facts.item.visibility = Some(Visibility::Network)),
    ("visible to contacts", |q, _| q.facts.item.visibility = Some(Visibility::Connections)),
    ("visible in a group", |q, _| q.facts.item.visibility = Some(Visibility::Group)),
    ("visible to the author", |q, _| q.facts.item.visibility = Some(Visibility::Private)),
    ("visibility unknown", |q, _| q.facts.item.visibility = None),
    ("date unknown", |q, _| q.facts.item.created = None),
    ("created on the day of the cut-off", |q, s| {
        let oldest = s.rules.oldest_content;
        q.facts.item.created = oldest.map_or(q.facts.item.created, |day| Some(day.start()));
    }),
    ("created just before the cut-off", |q, s| {
        let oldest = s.rules.oldest_content.map(|day| microsecond_before(day.start()));
        q.facts.item.created = oldest.or(q.facts.item.created);
    }),
    ("created at the epoch", |q, _| q.facts.item.created = Some(Instant::from_micros(0))),
    ("created later than asked", |q, _| q.facts.item.created = Some(q.as_of.plus_days(1))),
    ("item restricted", |q, _| q.facts.item.restricted = true),
    ("a signal `train-ai=n`", |q, _| q.facts.item.content_usage = Usage::parse("train-ai=n")),
    ("a signal `train-ai=y, search=n`", |q, _| {
        q.facts.item.content_usage = Usage::parse("train-ai=y, search=n");
    }),
    ("a signal `train-ai=n`, yes to the item", |q, s| {
        q.facts.item.content_usage = Usage::parse("train-ai=n");
        q.facts.choices.item = said(Answer::Allow, s, 1);
    }),
    ("sensitive", |q, _| q.facts.item.sensitive = true),
    ("sensitive, visible to members", |q, _| {
        q.facts.item.sensitive = true;
        q.facts.item.visibility = Some(Visibility::Network);
    }),
    ("names an objector", |q, _| q.facts.item.names_objector = true),
];
