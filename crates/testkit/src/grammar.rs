use crate::{
    Language,
    chance::Chance,
    vocabulary::{Templates, Vocabulary},
};

const EMPLOYERS: [&str; 12] = [
    "Nordlicht Systems",
    "Halden Freight",
    "Brightwater Health",
    "Lindner & Kranz",
    "Alpenwerk",
    "Copperfield Media",
    "Quayside Analytics",
    "Rheingold Maschinenbau",
    "Silverbirch Law",
    "Meridian Schools",
    "Kessel Robotics",
    "Ostwind Logistik",
];

const CITIES: [&str; 14] = [
    "Berlin",
    "Köln",
    "München",
    "Zürich",
    "Dublin",
    "London",
    "Lyon",
    "Toronto",
    "Montréal",
    "São Paulo",
    "Pune",
    "Hong Kong",
    "Austin",
    "Genève",
];

/// Writes the sentences of one member: a language, a profession, and chance.
pub(crate) struct Writer<'a> {
    pub(crate) chance: &'a mut Chance,
    pub(crate) templates: &'static Templates,
    vocabulary: &'static Vocabulary,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(chance: &'a mut Chance, language: Language, profession: usize) -> Self {
        Self {
            chance,
            templates: language.templates(),
            vocabulary: language.vocabulary(profession),
        }
    }

    /// One of the templates with its slots filled.
    pub(crate) fn one_of(&mut self, templates: &[&str]) -> String {
        let template = self.chance.pick(templates);
        self.fill(template)
    }

    /// Some of the templates, none twice in a row, as one text of sentences.
    pub(crate) fn some_of(&mut self, templates: &[&str], count: usize) -> String {
        let mut last = "";
        let mut sentences = Vec::with_capacity(count);
        while sentences.len() < count {
            let template = self.chance.pick(templates);
            if template != last || templates.len() < 2 {
                sentences.push(self.fill(template));
                last = template;
            }
        }
        sentences.join(" ")
    }

    pub(crate) fn title(&mut self) -> &'static str {
        self.chance.pick(self.vocabulary.titles)
    }

    pub(crate) fn skill(&mut self) -> &'static str {
        self.chance.pick(self.vocabulary.skills)
    }

    pub(crate) fn field(&mut self) -> &'static str {
        self.chance.pick(self.vocabulary.fields)
    }

    pub(crate) fn employer(&mut self) -> &'static str {
        self.chance.pick(&EMPLOYERS)
    }

    pub(crate) fn city(&mut self) -> &'static str {
        self.chance.pick(&CITIES)
    }

    /// Fills the slots of a template; what is no slot of the grammar stays as it is.
    pub(crate) fn fill(&mut self, template: &str) -> String {
        let mut text = String::with_capacity(template.len() + 32);
        let mut thing = "";
        let mut rest = template;
        while let Some((before, slot, after)) = next_slot(rest) {
            text.push_str(before);
            match slot {
                "thing" => {
                    thing = self.other_than(self.vocabulary.things, thing);
                    text.push_str(thing);
                }
                "other" => text.push_str(self.other_than(self.vocabulary.things, thing)),
                slot => text.push_str(&self.value(slot)),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn value(&mut self, slot: &str) -> String {
        match slot {
            "title" => self.title().to_owned(),
            "skill" | "skill2" => self.skill().to_owned(),
            "employer" => self.employer().to_owned(),
            "city" => self.city().to_owned(),
            "activity" => self.chance.pick(self.vocabulary.activities).to_owned(),
            "activity_title" => capitalised(self.chance.pick(self.vocabulary.activities)),
            "lesson" => self.chance.pick(self.vocabulary.lessons).to_owned(),
            "count" => self.chance.between(2, 19).to_string(),
            "percent" => self.chance.between(3, 60).to_string(),
            "month" => self.chance.pick(self.templates.months).to_owned(),
            "tag" => self.skill().replace([' ', '-'], ""),
            unknown => format!("{{{unknown}}}"),
        }
    }

    fn other_than(&mut self, words: &[&'static str], taken: &str) -> &'static str {
        let left: Vec<_> = words.iter().copied().filter(|word| *word != taken).collect();
        self.chance.pick(&left)
    }
}

fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
