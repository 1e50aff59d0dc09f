use std::str::FromStr;

use lake::VenueKind;
use policy::{Instant, Visibility};
use serde_json::{Map, Value};

use crate::{
    Kind, Mention, Reference, Refusal, RefusalReason,
    keys::{check_id_to_come, checked_external_id},
    refusal::{check_usage, suggestion},
};

/// The keys of one object, taken out one by one with their types.
pub(super) struct Fields {
    object: Map<String, Value>,
}

impl Fields {
    /// Takes an object that may have the keys of both lists and must have those of the first.
    pub(super) fn new(
        object: Map<String, Value>,
        required: &[&str],
        optional: &[&str],
    ) -> Result<Self, Refusal> {
        let known: Vec<&str> = required.iter().chain(optional).copied().collect();
        if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(RefusalReason::UnknownKey.because(suggestion(key, &known)));
        }
        let missing = |key: &&&str| matches!(object.get(**key), None | Some(Value::Null));
        match required.iter().find(missing) {
            Some(key) => Err(RefusalReason::MissingKey.because(format!("`{key}` is needed"))),
            None => Ok(Self { object }),
        }
    }

    /// A text; empty if it is not there, which [`Fields::new`] excludes for required keys.
    pub(super) fn needed_text(&mut self, key: &str) -> Result<String, Refusal> {
        Ok(self.text(key)?.unwrap_or_default())
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, Refusal> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(key, "a text")),
        }
    }

    pub(super) fn id(&mut self, key: &str) -> Result<String, Refusal> {
        checked_external_id(self.needed_text(key)?)
            .ok_or_else(|| RefusalReason::BadId.because(format!("`{key}` holds 1 to 1,024 bytes")))
    }

    /// The id of somebody or something that may come in by it.
    pub(super) fn id_to_come(&mut self, key: &str) -> Result<String, Refusal> {
        let id = self.needed_text(key)?;
        check_id_to_come(key, &id)?;
        Ok(id)
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<Option<bool>, Refusal> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(wrong_type(key, "true or false")),
        }
    }

    pub(super) fn instant(&mut self, key: &str) -> Result<Option<Instant>, Refusal> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let hint = format!("`{key}` is a date and time such as 2026-03-01T09:30:00Z");
            RefusalReason::BadInstant.because(hint)
        })
    }

    /// A language by its tag (BCP 47): what stands between hyphens is letters and digits.
    pub(super) fn language(&mut self) -> Result<Option<String>, Refusal> {
        let Some(tag) = self.text("language")? else { return Ok(None) };
        let is_part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_alphanumeric())
        };
        let begins = tag.split('-').next().unwrap_or_default();
        if tag.split('-').all(is_part) && begins.bytes().all(|one| one.is_ascii_alphabetic()) {
            return Ok(Some(tag));
        }
        let hint = "`language` is a BCP 47 tag such as `de` or `pt-BR`";
        Err(RefusalReason::UnknownWord.because(hint))
    }

    /// One word of a list of the policy crate; `known` names some or all of them in the hint.
    pub(super) fn word<W: FromStr>(
        &mut self,
        key: &str,
        known: &str,
    ) -> Result<Option<W>, Refusal> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|_| RefusalReason::UnknownWord.because(format!("`{key}` is one of {known}")))
    }

    pub(super) fn visibility(&mut self) -> Result<Option<Visibility>, Refusal> {
        let known: Vec<_> = Visibility::ALL.iter().map(|word| word.name()).collect();
        self.word("visibility", &known.join(", "))
    }

    /// Uses that the author allows or disallows.
    pub(super) fn usage(&mut self, key: &str) -> Result<Option<String>, Refusal> {
        let said = self.text(key)?;
        said.iter().try_for_each(|said| check_usage(key, said))?;
        Ok(said)
    }

    /// An object of kind and name: the page or group in which something was published.
    pub(super) fn venue(&mut self, key: &str) -> Result<Option<(VenueKind, String)>, Refusal> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Object(object)) => {
                let venue = Self::new(object, &["kind", "name"], &[]).and_then(Self::into_venue);
                venue.map(Some).map_err(|fault| fault.within(key))
            }
            Some(_) => Err(wrong_type(key, "an object of `kind` and `name`")),
        }
    }

    fn into_venue(mut self) -> Result<(VenueKind, String), Refusal> {
        let name = self.needed_text("name")?;
        if name.trim().is_empty() {
            return Err(RefusalReason::MissingKey.because("`name` is empty"));
        }
        let known: Vec<_> = VenueKind::ALL.iter().map(|kind| kind.name()).collect();
        let missing = || RefusalReason::MissingKey.because("`kind` is needed");
        Ok((self.word("kind", &known.join(", "))?.ok_or_else(missing)?, name))
    }

    pub(super) fn kind(&mut self, key: &str) -> Result<Kind, Refusal> {
        let word = self.needed_text(key)?;
        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        word.parse().map_err(|_| RefusalReason::UnknownKind.because(suggestion(&word, &known)))
    }

    /// An object of member, kind and id.
    pub(super) fn reference(&mut self, key: &str) -> Result<Option<Reference>, Refusal> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Object(object)) => {
                let needed = ["member", "kind", "id"];
                let mut fields =
                    Self::new(object, &needed, &[]).map_err(|fault| fault.within(key))?;
                let (member, kind) = (fields.id_to_come("member")?, fields.kind("kind")?);
                Ok(Some(Reference { member, kind, external: fields.id_to_come("id")? }))
            }
            Some(_) => Err(wrong_type(key, "an object of `member`, `kind` and `id`")),
        }
    }

    /// A list of objects of member, start and end, each a span of `text`.
    pub(super) fn mentions(&mut self, key: &str, text: &str) -> Result<Vec<Mention>, Refusal> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => {
                list.into_iter().map(|one| mention(key, one, text)).collect()
            }
            Some(_) => Err(wrong_type(key, "a list")),
        }
    }

    pub(super) fn whole(&mut self, key: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.take(key) else { return Ok(None) };
        value.as_i64().map(Some).ok_or_else(|| wrong_type(key, "a whole number of 64 bits"))
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.object.remove(key).filter(|value| !value.is_null())
    }
}

fn mention(key: &str, one: Value, text: &str) -> Result<Mention, Refusal> {
    let Value::Object(object) = one else {
        return Err(wrong_type(key, "a list of objects of `member`, `start` and `end`"));
    };
    let mut fields = Fields::new(object, &["member", "start", "end"], &[])?;
    let member = fields.id_to_come("member")?;
    let (start, end) = (fields.whole("start")?, fields.whole("end")?);
    let span = start
        .zip(end)
        .and_then(|(start, end)| Some((usize::try_from(start).ok()?, usize::try_from(end).ok()?)));
    span.filter(|(start, end)| text.get(*start..*end).is_some_and(|name| !name.is_empty()))
        .map(|(start, end)| Mention { member, start, end })
        .ok_or_else(|| {
            let hint = "`start` and `end` are bytes of `text` between which whole characters stand";
            RefusalReason::BadMention.because(hint)
        })
}

fn wrong_type(key: &str, expected: &str) -> Refusal {
    RefusalReason::WrongType.because(format!("`{key}` is {expected}"))
}
