//! A naive second implementation: plain lists, read from the start for every question.

use std::collections::BTreeMap;

use policy::{AgeClass, Answer, Category, Status};

use super::{
    event::{About, LATER_NAMES, NAMES, Rules, STRANGERS, Slot, Words},
    network::day_of,
};

/// The first and last of the facts that count.
pub(super) type Facts = (i64, i64);

/// A row that is in the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) who: usize,
    pub(super) slot: Slot,
    pub(super) words: Words,
    pub(super) visibility: Option<&'static str>,
    /// In days.
    pub(super) created: i64,
    /// The lake version that brought it.
    pub(super) version: i64,
    /// Members' names that stood in the lake while the row did, by whose they are.
    pub(super) names: Vec<(usize, &'static str)>,
}

/// What was said, and the sequence of the store right after it.
#[derive(Debug, Clone)]
pub(super) enum Said {
    Account {
        who: usize,
        region: Option<&'static str>,
        age: Option<AgeClass>,
        status: Option<Status>,
    },
    Choice {
        who: usize,
        about: About,
        answer: Answer,
        said: i64,
        /// When it was recorded.
        day: i64,
    },
    Notice {
        who: Option<usize>,
        members: usize,
        delivered: i64,
    },
    Ruling {
        who: usize,
        slot: Option<Slot>,
        restricted: bool,
    },
    Objection {
        stranger: usize,
        lifted: bool,
    },
    Policy {
        rules: Rules,
        day: i64,
    },
}

/// Everything that happened.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) rows: Vec<Row>,
    pub(super) said: Vec<(i64, Said)>,
    /// Who has joined, in the order of member numbers.
    pub(super) members: Vec<usize>,
    pub(super) erased: Vec<usize>,
    /// What members are called now.
    pub(super) names: BTreeMap<usize, &'static str>,
}

/// A build: its facts, its day, its lake version, and the one that it goes on from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build {
    pub(super) facts: Facts,
    pub(super) as_of: i64,
    pub(super) version: i64,
    /// Rows up to this version are not looked at.
    pub(super) after: i64,
}

/// What the model expects of a row's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Exactly(String),
    /// Whether the thread resolved the name is not modelled.
    Either(String, String),
}

impl Build {
    fn looks_at(self, row: &Row) -> bool {
        (self.after + 1..=self.version).contains(&row.version)
    }
}

impl Model {
    pub(super) fn has(&self, who: usize) -> bool {
        self.members.contains(&who) && !self.erased.contains(&who)
    }

    pub(super) fn row(&self, who: usize, slot: Slot) -> Option<&Row> {
        self.rows.iter().find(|row| row.who == who && row.slot == slot)
    }

    pub(super) fn call(&mut self, who: usize, name: &'static str) {
        self.names.insert(who, name);
        self.rows.iter_mut().for_each(|row| row.names.push((who, name)));
    }

    pub(super) fn write(&mut self, row: Row) {
        let names = self.names.iter().map(|(who, name)| (*who, *name)).collect();
        self.rows.retain(|one| (one.who, one.slot) != (row.who, row.slot));
        self.rows.push(Row { names, ..row });
    }

    pub(super) fn erase(&mut self, who: usize) {
        self.erased.push(who);
        self.names.remove(&who);
        self.rows.retain(|row| row.who != who);
    }

    /// Every row that a corpus may keep, with its words.
    pub(super) fn expected(&self, build: Build) -> BTreeMap<(usize, Slot), Expected> {
        let kept = self.rows.iter().filter(|row| build.looks_at(row));
        let kept = kept.filter(|row| self.may_be_kept(row, build));
        kept.map(|row| ((row.who, row.slot), self.words(row, build))).collect()
    }

    /// How many rows of a table the gate has to account for.
    pub(super) fn rows_in(&self, build: Build, slots: &[Slot]) -> usize {
        let rows = self.rows.iter().filter(|row| build.looks_at(row));
        rows.filter(|row| slots.contains(&row.slot)).count()
    }

    fn may_be_kept(&self, row: &Row, build: Build) -> bool {
        let number = self.members.iter().position(|who| *who == row.who);
        let was_known = number < self.members_named(build.facts.0);
        let at_start = self.known(build.facts.0);
        was_known && self.steps(build).all(|said| self.allows(row, said, at_start, build.as_of))
    }

    /// One more than the greatest member number that a fact up to here is about.
    fn members_named(&self, until: i64) -> Option<usize> {
        let about = self.said.iter().filter(|(at, _)| *at <= until).filter_map(|(_, said)| {
            let who = match said {
                Said::Account { who, .. } | Said::Choice { who, .. } | Said::Ruling { who, .. } => {
                    who
                }
                Said::Notice { who: Some(who), .. } => who,
                _ => return None,
            };
            self.members.iter().position(|member| member == who)
        });
        about.max().map(|number| number + 1)
    }

    /// How much had been said at the start, and after each later word up to the end.
    fn steps(&self, build: Build) -> impl Iterator<Item = &[(i64, Said)]> {
        let (from, to) = build.facts;
        (self.known(from)..=self.known(to)).map(|count| &self.said[..count])
    }

    fn known(&self, until: i64) -> usize {
        self.said.iter().filter(|(at, _)| *at <= until).count()
    }

    fn allows(&self, row: &Row, said: &[(i64, Said)], at_start: usize, build_day: i64) -> bool {
        let Some((place, rules, applied)) = policy(said) else { return false };
        // the policy of the start is asked about the day of the build, a later one about its own
        let as_of = if place < at_start { build_day } else { build_day.max(applied) };
        let (mut region, mut age, mut status) = (None, None, None);
        let (mut ruled, mut ruled_item) = (false, false);
        for (_, one) in said {
            match one {
                Said::Account { who, region: r, age: a, status: s } if *who == row.who => {
                    (region, age, status) = (r.or(region), a.or(age), s.or(status));
                }
                Said::Ruling { who, slot: None, restricted } if *who == row.who => {
                    ruled = *restricted
                }
                Said::Ruling { who, slot: Some(slot), restricted }
                    if (*who, *slot) == (row.who, row.slot) =>
                {
                    ruled_item = *restricted;
                }
                _ => {}
            }
        }
        let Some(region) = region else { return false };
        let by_consent = region == "GB";
        let in_force = |about| in_force(said, row.who, about);
        let wide = [in_force(About::Everything), in_force(About::Category(category(row.slot)))];
        let item = in_force(About::Item(row.slot));
        let later_only = |since: i64| {
            // objections from before the policy keep their full reach
            rules == Rules::Wider
                && region == "DE"
                && is_dated(row.slot)
                && since >= day_of("2025-11-03")
        };
        let reaches = |since: i64| !later_only(since) || row.created >= since;
        let objected = matches!(item, Some((Answer::Refuse, _)))
            || wide
                .iter()
                .flatten()
                .any(|(answer, since)| *answer == Answer::Refuse && reaches(*since));
        let consents = wide.iter().chain([&item]).flatten();
        let consented =
            consents.into_iter().any(|(answer, since)| *answer == Answer::Allow && *since <= as_of);
        admits(rules, region, row.slot)
            && status == Some(Status::Active)
            && !ruled
            && !ruled_item
            && age == Some(AgeClass::Adult)
            && self.was_told(row.who, said, as_of)
            && !objected
            && (!by_consent || consented)
            && row.visibility == Some("public")
            && (!is_dated(row.slot) || row.created <= as_of && row.created >= oldest(rules))
    }

    fn was_told(&self, who: usize, said: &[(i64, Said)], as_of: i64) -> bool {
        let number = self.members.iter().position(|one| *one == who);
        said.iter().any(|(_, one)| match one {
            Said::Notice { who: None, members, delivered } => {
                number < Some(*members) && delivered + 30 <= as_of
            }
            Said::Notice { who: Some(one), delivered, .. } => {
                *one == who && delivered + 30 <= as_of
            }
            _ => false,
        })
    }

    /// Whether a member must not be named at any step.
    fn is_masked(&self, who: usize, build: Build) -> bool {
        self.steps(build).any(|said| {
            let mut status = None;
            let mut is_known = false;
            for (_, one) in said {
                if let Said::Account { who: one, status: s, .. } = one
                    && *one == who
                {
                    is_known = true;
                    status = s.or(status);
                }
                if let Said::Ruling { who: one, slot: None, .. } = one {
                    is_known |= *one == who;
                }
            }
            let ruled = said.iter().rev().find_map(|(_, one)| match one {
                Said::Ruling { who: one, slot: None, restricted } if *one == who => {
                    Some(*restricted)
                }
                _ => None,
            });
            let refuses = |about| matches!(in_force(said, who, about), Some((Answer::Refuse, _)));
            is_known && (status != Some(Status::Active) || ruled == Some(true))
                || refuses(About::Everything)
                || refuses(About::Category(Category::Profile))
        })
    }

    fn stranger_objects(&self, stranger: usize, build: Build) -> bool {
        self.steps(build).any(|said| {
            let last = said.iter().rev().find_map(|(_, one)| match one {
                Said::Objection { stranger: one, lifted } if *one == stranger => Some(!lifted),
                _ => None,
            });
            last == Some(true)
        })
    }

    fn words(&self, row: &Row, build: Build) -> Expected {
        let text = row.words.text(row.who, row.slot);
        let mask = |name: &str| text.replace(name, "[name]");
        let is_called = |named: usize, name: &str| {
            let names: &[(usize, &str)] = &row.names;
            names.contains(&(named, name))
        };
        let of_member = |named: usize, name: &str, written: &str| {
            let masked = is_called(named, name) && self.is_masked(named, build);
            Expected::Exactly(if masked { mask(written) } else { text.clone() })
        };
        match row.words {
            Words::Own(_) | Words::Common => Expected::Exactly(text),
            Words::Names(named) => of_member(named, NAMES[named], NAMES[named]),
            Words::NamesLater(named) => of_member(named, LATER_NAMES[named], LATER_NAMES[named]),
            Words::Calls(named) => {
                let written = format!("@{}", NAMES[named].replace(' ', ""));
                of_member(named, NAMES[named], &written)
            }
            Words::CallsFirst(named) => {
                let first = NAMES[named].split(' ').next().unwrap_or_default();
                if self.is_masked(named, build) {
                    Expected::Either(mask(&format!("@{first}")), text)
                } else {
                    Expected::Exactly(text)
                }
            }
            Words::NamesStranger(stranger) if self.stranger_objects(stranger, build) => {
                Expected::Exactly(mask(STRANGERS[stranger]))
            }
            Words::NamesStranger(_) => Expected::Exactly(text),
        }
    }
}

/// The rules that hold, where they stand in what was said, and the day they were applied.
fn policy(said: &[(i64, Said)]) -> Option<(usize, Rules, i64)> {
    said.iter().enumerate().rev().find_map(|(place, (_, one))| match one {
        Said::Policy { rules, day } => Some((place, *rules, *day)),
        _ => None,
    })
}

/// The answer that holds for one scope, and since when.
fn in_force(said: &[(i64, Said)], who: usize, about: About) -> Option<(Answer, i64)> {
    let mut all = Vec::new();
    for (_, one) in said {
        let Said::Choice { who: by, about: of, answer, said, day } = one else { continue };
        if (*by, *of) != (who, about) {
            continue;
        }
        let refuses = *answer == Answer::Refuse;
        // what was allowed on a day still to come does not outlive a refusal
        all.retain(|(said, refused)| !refuses || *refused || said <= day);
        all.push((*said, refuses));
    }
    all.sort_unstable();
    let (_, refuses) = *all.last()?;
    let since = all.iter().rev().take_while(|one| one.1 == refuses).last()?.0;
    Some((if refuses { Answer::Refuse } else { Answer::Allow }, since))
}

fn category(slot: Slot) -> Category {
    match slot {
        Slot::Profile => Category::Profile,
        Slot::Position => Category::Positions,
        Slot::Post | Slot::OtherPost => Category::Posts,
        Slot::Article => Category::Articles,
        Slot::Comment => Category::Comments,
    }
}

fn is_dated(slot: Slot) -> bool {
    !matches!(slot, Slot::Profile | Slot::Position)
}

fn admits(rules: Rules, region: &str, slot: Slot) -> bool {
    let admitted = match rules {
        Rules::Base => slot != Slot::Article,
        Rules::Narrower => matches!(slot, Slot::Post | Slot::OtherPost | Slot::Profile),
        Rules::Wider => true,
    };
    let started = match rules {
        Rules::Base | Rules::Wider => matches!(region, "DE" | "GB" | "US"),
        Rules::Narrower => matches!(region, "DE" | "GB"),
    };
    admitted && started
}

/// The first day from which content may be used.
fn oldest(rules: Rules) -> i64 {
    match rules {
        Rules::Narrower => day_of("2020-01-01"),
        Rules::Base | Rules::Wider => day_of("2015-01-01"),
    }
}
