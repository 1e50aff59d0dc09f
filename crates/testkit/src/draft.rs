use crate::{
    Item, ItemKind, Language, Member, NamingForm, PlantedKind, chance::Chance, facts,
    grammar::Writer,
};

/// A text while it is being written.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    pub(crate) namings: Vec<crate::Naming>,
    pub(crate) facts: Vec<(PlantedKind, String)>,
    pub(crate) sensitive: bool,
}

/// Whom a text is to name, and how.
pub(crate) struct Naming {
    /// The external id.
    pub(crate) member: String,
    /// The name as the form writes it.
    pub(crate) words: String,
    pub(crate) form: NamingForm,
    /// What the person said, where an answer may quote it.
    pub(crate) quote: Option<String>,
}

/// Writes one text of one to six sentences.
pub(crate) fn compose(
    chance: &mut Chance,
    member: &Member,
    kind: ItemKind,
    language: Language,
    named: Option<&Naming>,
) -> Draft {
    let mut writer = Writer::new(chance, language, member.profession);
    let templates = writer.templates;
    let mut draft = Draft::default();
    if kind == ItemKind::Article {
        draft.title = Some(writer.one_of(templates.titles));
    }
    if let Some(named) = named.filter(|named| named.form == NamingForm::Quoted) {
        draft.name(&mut writer, named);
    }
    let comment = kind == ItemKind::Comment;
    let opening = writer.one_of(if comment { templates.answers } else { templates.openings });
    draft.say(&opening);
    if let Some(named) = named.filter(|named| named.form != NamingForm::Quoted) {
        draft.name(&mut writer, named);
    }
    if writer.chance.permille(40) {
        draft.plant(&mut writer, member);
    }
    if writer.chance.permille(15) {
        draft.sensitive = true;
        draft.say(&writer.one_of(templates.sensitive));
    }
    let bodies = number_of_bodies(writer.chance, kind);
    draft.say(&writer.some_of(templates.bodies, bodies));
    if !comment && writer.chance.percent(45) {
        draft.say(&writer.one_of(templates.closings));
    }
    draft
}

/// The first sentence of an item that names nobody; `None` if the item names somebody.
pub(crate) fn first_sentence(item: &Item) -> Option<String> {
    if !item.namings.is_empty() {
        return None;
    }
    let end = item.text.find(['.', '?', '!']).map_or(item.text.len(), |end| end + 1);
    item.text.get(..end).map(str::to_owned)
}

impl Draft {
    /// Adds one more sentence to a text that is there already.
    pub(crate) fn add_sentence(
        &mut self,
        chance: &mut Chance,
        member: &Member,
        language: Language,
    ) {
        let mut writer = Writer::new(chance, language, member.profession);
        let sentence = writer.one_of(writer.templates.bodies);
        self.say(&sentence);
    }

    fn say(&mut self, sentence: &str) {
        if sentence.is_empty() {
            return;
        }
        self.separate();
        self.text.push_str(sentence);
    }

    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
    }

    /// Adds a sentence that names somebody, and notes where the name stands.
    fn name(&mut self, writer: &mut Writer<'_>, named: &Naming) {
        let templates = writer.templates;
        let sentence = writer.one_of(match named.form {
            NamingForm::Linked | NamingForm::Plain => templates.names,
            NamingForm::At => templates.at_names,
            NamingForm::LowerCase => templates.lower_case_names,
            NamingForm::Thread => templates.thread_names,
            NamingForm::Quoted => templates.quotes,
        });
        let quote = named.quote.clone().unwrap_or_else(|| writer.one_of(templates.answers));
        let sentence = sentence.replace("{quote}", &quote);
        let (before, after) = sentence.split_once("{name}").unwrap_or((&sentence, ""));
        self.separate();
        self.text.push_str(before);
        let start = self.text.len();
        self.text.push_str(&named.words);
        let (member, form, end) = (named.member.clone(), named.form, self.text.len());
        self.namings.push(crate::Naming { member, form, start, end });
        self.text.push_str(after);
    }

    /// Adds a sentence with a personal fact of the member.
    fn plant(&mut self, writer: &mut Writer<'_>, member: &Member) {
        let (kind, fact) = facts::invent(writer.chance, member);
        let template = match kind {
            PlantedKind::Email => writer.templates.email,
            PlantedKind::Phone => writer.templates.phone,
            PlantedKind::Iban => writer.templates.iban,
            PlantedKind::Address => writer.templates.address,
            PlantedKind::CodeName => writer.templates.code_name,
        };
        self.say(&template.replace("{fact}", &fact));
        self.facts.push((kind, fact));
    }
}

fn number_of_bodies(chance: &mut Chance, kind: ItemKind) -> usize {
    match kind {
        ItemKind::Post => chance.between(0, 3),
        ItemKind::Article => chance.between(3, 4),
        ItemKind::Comment => chance.between(0, 1),
        ItemKind::GroupPost => chance.between(0, 2),
    }
}
