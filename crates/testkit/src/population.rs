use policy::{AgeClass, Country, Instant, Status, Visibility};

use crate::{
    Education, Language, Member, Position, Profile, Skill, chance::Chance, grammar::Writer, names,
    network, vocabulary::PROFESSIONS,
};

const REGIONS: [(Option<&str>, u32); 11] = [
    (Some("DE"), 24),
    (Some("US"), 18),
    (Some("GB"), 10),
    (Some("IN"), 9),
    (Some("FR"), 8),
    (Some("CA"), 6),
    (Some("CH"), 6),
    (Some("BR"), 5),
    (Some("IE"), 5),
    (Some("HK"), 4),
    (None, 5),
];

const AGES: [(Option<AgeClass>, u32); 3] =
    [(Some(AgeClass::Adult), 90), (Some(AgeClass::Minor), 4), (None, 6)];

const STATUSES: [(Option<Status>, u32); 3] =
    [(Some(Status::Active), 93), (Some(Status::Closed), 5), (None, 2)];

const PROFILE_VISIBILITIES: [(Option<Visibility>, u32); 5] = [
    (Some(Visibility::Public), 78),
    (Some(Visibility::Network), 9),
    (Some(Visibility::Connections), 6),
    (Some(Visibility::Private), 3),
    (None, 4),
];

/// The members, in the order in which they are numbered.
pub(crate) fn populate(chance: &mut Chance, members: usize) -> Vec<Member> {
    let special = special_names(members);
    (0..members)
        .map(|number| {
            let name = special.iter().find(|(place, _)| *place == number);
            member(chance, number, name.map(|(_, name)| *name))
        })
        .collect()
}

/// The members whose names are given, by their place; spread over the network, and no more than
/// a fifth of it.
fn special_names(members: usize) -> Vec<(usize, &'static str)> {
    let repeated = |(name, count): (&'static str, usize)| std::iter::repeat_n(name, count);
    let all: Vec<&str> = names::HANDLES
        .into_iter()
        .chain(repeated(names::SAMS))
        .chain(names::SHARED.into_iter().flat_map(repeated))
        .collect();
    let stride = (members / all.len().max(1)).max(5);
    let places = (1..members).step_by(stride);
    places.zip(all).collect()
}

fn member(chance: &mut Chance, number: usize, given_name: Option<&str>) -> Member {
    let region = chance.weighted(&REGIONS).flatten();
    let german = match region {
        Some("DE") => chance.percent(88),
        Some("CH") => chance.percent(70),
        None => chance.percent(40),
        Some(_) => false,
    };
    let language = if german { Language::German } else { Language::English };
    let name = given_name.map_or_else(|| names::full_name(chance, region), str::to_owned);
    let joined = chance.instant(network::OPENING, network::LAST_JOINING);
    let mut member = Member {
        external_id: format!("m{number:06}"),
        name,
        region: region.and_then(|code| code.parse::<Country>().ok()),
        age: chance.weighted(&AGES).flatten(),
        status: chance.weighted(&STATUSES).flatten(),
        joined,
        language,
        profile: None,
        positions: Vec::new(),
        education: Vec::new(),
        skills: Vec::new(),
        planted: Vec::new(),
        profession: chance.between(0, PROFESSIONS - 1),
    };
    describe(chance, &mut member);
    member
}

/// Fills profile, positions, education and skills.
fn describe(chance: &mut Chance, member: &mut Member) {
    if chance.percent(92) {
        member.profile = Some(profile(chance, member));
    }
    let mut ends = None;
    let mut year = joined_year(member.joined).saturating_sub(chance.between(0, 2));
    for number in 0..chance.between(0, 3) {
        let started = year.saturating_sub(chance.between(1, 5));
        member.positions.push(position(chance, member, number, started, ends));
        ends = Some(started);
        year = started;
    }
    for number in 0..chance.between(0, 2) {
        let ended = year.saturating_sub(number * 4);
        member.education.push(education(chance, member, number, ended));
    }
    for _ in 0..chance.between(0, 4) {
        if let Some(skill) = new_skill(chance, member) {
            member.skills.push(skill);
        }
    }
}

pub(crate) fn profile(chance: &mut Chance, member: &Member) -> Profile {
    let handle: String = member.external_id.chars().skip(1).collect();
    let mut writer = Writer::new(chance, member.language, member.profession);
    let headlines = writer.templates.headlines;
    let headline = writer.one_of(headlines);
    let about = writer.chance.percent(75).then(|| {
        let sentences = writer.chance.between(1, 5);
        writer.some_of(writer.templates.abouts, sentences)
    });
    let location = writer.chance.percent(80).then(|| writer.city().to_owned());
    Profile {
        headline,
        about,
        location,
        website: chance.percent(15).then(|| format!("https://u{handle}.example.com")),
        language: chance.percent(85).then_some(member.language),
        visibility: chance.weighted(&PROFILE_VISIBILITIES).flatten(),
    }
}

pub(crate) fn position(
    chance: &mut Chance,
    member: &Member,
    number: usize,
    started: usize,
    ended: Option<usize>,
) -> Position {
    let mut writer = Writer::new(chance, member.language, member.profession);
    let (title, employer) = (writer.title().to_owned(), writer.employer().to_owned());
    let description = writer.chance.percent(70).then(|| {
        let sentences = writer.chance.between(1, 3);
        writer.some_of(writer.templates.duties, sentences)
    });
    let month = chance.between(1, 12);
    Position {
        id: format!("pos-{}-{number}", member.external_id),
        title,
        employer,
        description,
        started: format!("{started}-{month:02}"),
        ended: ended.map(|year| format!("{year}-12")),
        visibility: chance.weighted(&PROFILE_VISIBILITIES).flatten(),
    }
}

pub(crate) fn education(
    chance: &mut Chance,
    member: &Member,
    number: usize,
    ended: usize,
) -> Education {
    let mut writer = Writer::new(chance, member.language, member.profession);
    let (school, degree) = (writer.templates.schools, writer.templates.degrees);
    let description = writer.chance.percent(25).then(|| writer.one_of(writer.templates.duties));
    let field = writer.field().to_owned();
    Education {
        id: format!("edu-{}-{number}", member.external_id),
        school: chance.pick(school).to_owned(),
        degree: chance.pick(degree).to_owned(),
        field,
        description,
        started: ended.saturating_sub(chance.between(2, 4)).to_string(),
        ended: ended.to_string(),
        visibility: chance.weighted(&PROFILE_VISIBILITIES).flatten(),
    }
}

/// A skill that the member does not have yet; `None` if the draw hits one that is there.
pub(crate) fn new_skill(chance: &mut Chance, member: &Member) -> Option<Skill> {
    let mut writer = Writer::new(chance, member.language, member.profession);
    let name = writer.skill();
    let known = member.skills.iter().any(|skill| skill.name == name);
    (!known).then(|| Skill {
        id: format!("skill-{}-{}", member.external_id, member.skills.len()),
        name: name.to_owned(),
        visibility: chance.weighted(&PROFILE_VISIBILITIES).flatten(),
    })
}

pub(crate) fn joined_year(joined: Instant) -> usize {
    let text = joined.day().to_string();
    text.get(..4).and_then(|year| year.parse().ok()).unwrap_or(2012)
}
