use crate::{Reason, Text};

impl Reason {
    /// The reason in people's words, as one sentence about "this" (a row) and "you" (its member).
    pub fn explain(self) -> Text {
        let (en, de) = sentences(self);
        Text { en: en.to_owned(), de: de.to_owned() }
    }
}

/// The one table of sentences: English, German.
#[rustfmt::skip]
const fn sentences(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::SealedCategory => (
            "This is a kind of data that is never used for anything, such as private messages or payment data.",
            "Diese Art von Daten wird nie für irgendetwas verwendet, zum Beispiel private Nachrichten oder Zahlungsdaten."),
        Reason::NotThisPurpose => (
            "This kind of data is not used for this purpose.",
            "Diese Art von Daten wird für diesen Zweck nicht verwendet."),
        Reason::MemberUnknown => (
            "We cannot tell whose data this is, so we do not use it.",
            "Wir wissen nicht, wessen Daten das sind, und verwenden sie deshalb nicht."),
        Reason::AccountClosed => (
            "The account is closed, so none of its data is used.",
            "Das Konto ist geschlossen, deshalb werden seine Daten nicht verwendet."),
        Reason::StatusUnknown => (
            "We do not know the state of the account, so we do not use its data.",
            "Wir kennen den Zustand des Kontos nicht und verwenden seine Daten deshalb nicht."),
        Reason::Restricted => (
            "Use of this data is restricted, at your request or by a decision.",
            "Die Verwendung dieser Daten ist eingeschränkt, auf Ihren Wunsch oder durch eine Entscheidung."),
        Reason::AgeUnknown => (
            "We do not know whether you are an adult, so we do not use this.",
            "Wir wissen nicht, ob Sie volljährig sind, und verwenden das deshalb nicht."),
        Reason::NotAdult => (
            "Data of minors is not used.",
            "Daten von Minderjährigen werden nicht verwendet."),
        Reason::RegionUnknown => (
            "We do not know where you live, so we do not use this.",
            "Wir wissen nicht, wo Sie leben, und verwenden das deshalb nicht."),
        Reason::RegionNotStarted => (
            "This use has not started where you live.",
            "Diese Verwendung hat dort, wo Sie leben, nicht begonnen."),
        Reason::DocumentsMissing => (
            "An assessment that has to come before this use is not on record yet.",
            "Eine Prüfung, die dieser Verwendung vorausgehen muss, liegt noch nicht vor."),
        Reason::NoticeMissing => (
            "This use has not been announced to you yet.",
            "Diese Verwendung wurde Ihnen noch nicht angekündigt."),
        Reason::NoticeWindowOpen => (
            "This use was announced to you, and the time to decide before it starts is still running.",
            "Diese Verwendung wurde Ihnen angekündigt, und die Frist, in der Sie sich vor dem Beginn entscheiden können, läuft noch."),
        Reason::Objected => (
            "You said no to this use.",
            "Sie haben dieser Verwendung widersprochen oder sie abgelehnt."),
        Reason::ConsentMissing => (
            "This use needs your consent, and you have not given it.",
            "Diese Verwendung braucht Ihre Einwilligung, und Sie haben sie nicht gegeben."),
        Reason::VisibilityUnknown => (
            "We do not know who can see this, so we do not use it.",
            "Wir wissen nicht, wer das sehen kann, und verwenden es deshalb nicht."),
        Reason::NotPublic => (
            "This is not public, and only what is public is used.",
            "Das ist nicht öffentlich, und nur Öffentliches wird verwendet."),
        Reason::DateUnknown => (
            "We do not know when this was made, so we do not use it.",
            "Wir wissen nicht, von wann das ist, und verwenden es deshalb nicht."),
        Reason::BeforeCutoff => (
            "This is older than what may be used.",
            "Das ist älter als das, was verwendet werden darf."),
        Reason::AfterAsOf => (
            "This was made after the moment in question.",
            "Das entstand erst nach dem Zeitpunkt, um den es geht."),
        Reason::OptedOutBySignal => (
            "This carries a signal that it is not to be used like that.",
            "Das trägt ein Signal, dass es so nicht verwendet werden soll."),
        Reason::Sensitive => (
            "This may reveal especially protected facts, such as health, beliefs or trade-union membership.",
            "Das könnte besonders geschützte Angaben verraten, zum Beispiel zu Gesundheit, Überzeugungen oder Gewerkschaftszugehörigkeit."),
        Reason::NamesObjector => (
            "This names somebody who said no, and the name could not be removed from it.",
            "Das nennt jemanden, der widersprochen hat, und der Name ließ sich nicht daraus entfernen."),
    }
}
