use super::phrases::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    title: "Öffentliche Zusammenfassung der für das Training verwendeten Inhalte",
    introduction: "Diese Zusammenfassung folgt der Vorlage des Büros für Künstliche Intelligenz zu \
        Artikel 53 Absatz 1 Buchstabe d der Verordnung (EU) 2024/1689. Sie wurde von Zweck \
        {version} aus den Aufzeichnungen über das Korpus {corpus} erstellt, das {holder} für den \
        Zweck {purpose} überlassen wurde, und betrifft nur dieses Korpus. Wo „{missing}“ steht, \
        kennt nur der Anbieter des Modells die Antwort.",
    goes_on: "Das Korpus setzt das Korpus {after} fort: Es enthält nur, was später eingegangen ist und \
        dort nicht schon gleich oder fast gleich vorkommt. Was ein Modell aus {after} lernt, ist hier \
        nicht beschrieben.",
    version: "Fassung und Datum dieser Zusammenfassung",
    missing: "[vom Anbieter zu ergänzen]",
    fewer_than: "weniger als {number}",
    no_in_corpus: "Aus den Aufzeichnungen über dieses Korpus ergibt sich nichts dergleichen; es besteht \
        aus Nutzerdaten (siehe {section}).",
    from_provider: "Zu den übrigen Trainingsdaten:",

    general: "1. Allgemeine Angaben",
    provider: "1.1. Angaben zum Anbieter",
    provider_name: "Name und Kontaktdaten des Anbieters",
    representative: "Name und Kontaktdaten des Bevollmächtigten",
    model: "1.2. Angaben zum Modell",
    model_name: "Name und Version des Modells",
    model_dependencies: "Zugrunde liegende Modelle",
    placed_on_market: "Datum des Inverkehrbringens auf dem Unionsmarkt",
    characteristics: "1.3. Modalitäten, Gesamtumfang der Trainingsdaten und weitere Merkmale",
    modality: "Modalität",
    modalities: ["Text", "Bild", "Audio", "Video", "Sonstige"],
    size: "Umfang der Trainingsdaten (Text)",
    sizes: [
        "weniger als 1 Milliarde Token",
        "1 Milliarde bis 10 Billionen Token",
        "mehr als 10 Billionen Token",
    ],
    size_note: "Das Korpus umfasst {documents} Dokumente mit {characters} Zeichen; bei vier Zeichen \
        je Token sind das etwa {tokens} Token.",
    overall_size: "Gesamtumfang der Trainingsdaten je Modalität",
    content: "Arten von Inhalten",
    latest_date: "Spätestes Datum der Erhebung der Trainingsdaten",
    latest_date_note: "{month}. Das Korpus gibt den Stand vom {day} (UTC) wieder; später \
        eingegangene Daten sind nicht enthalten.",
    date: "{day}. {month} {year}",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    continuous: "Wird das Modell nach diesem Datum fortlaufend mit neuen Daten trainiert?",
    linguistic: "Sprachliche Merkmale der gesamten Trainingsdaten",
    linguistic_note: "Dokumente nach Sprache: {languages}.",
    no_documents: "Das Korpus enthält keine Dokumente.",
    more_languages: "{count} weitere Sprachen {share}",
    other_characteristics: "Weitere wesentliche Merkmale der gesamten Trainingsdaten",

    sources: "2. Liste der Datenquellen",
    public_datasets: "2.1. Öffentlich verfügbare Datensätze",
    public_question: "Wurden öffentlich verfügbare Datensätze für das Training verwendet?",
    private_datasets: "2.2. Nicht öffentlich verfügbare private Datensätze Dritter",
    licensed: "2.2.1. Von Rechteinhabern oder deren Vertretern gewerblich lizenzierte Datensätze",
    licensed_question: "Wurden mit Rechteinhabern oder deren Vertretern Lizenzverträge \
        geschlossen?",
    other_private: "2.2.2. Private Datensätze von anderen Dritten",
    other_private_question: "Wurden von Dritten private Datensätze bezogen, die nicht wie unter \
        2.2.1 lizenziert sind?",
    crawled: "2.3. Aus Online-Quellen ausgelesene Daten (Crawling und Scraping)",
    crawled_question: "Wurden vom Anbieter oder in seinem Auftrag Crawler eingesetzt?",
    user_data: "2.4. Nutzerdaten",
    interactions_question: "Wurden Daten aus der Interaktion von Nutzern mit dem KI-Modell (etwa \
        Eingaben und Prompts) für das Training verwendet?",
    interactions_yes: "Ja. Dokumente mit Eingaben in KI-Funktionen oder Rückmeldungen dazu: \
        {documents}.",
    services_question: "Wurden Daten aus der Interaktion von Nutzern mit anderen Diensten oder \
        Produkten des Anbieters für das Training verwendet?",
    services_yes: "Ja. Alle {documents} Dokumente des Korpus sind Texte, die Mitglieder der Dienste \
        des Anbieters dort verfasst haben. Sie dürfen nur für den Zweck {purpose} verwendet \
        werden. Die Modalität ist Text.",
    third_party_yes: "Ja. Alle {documents} Dokumente des Korpus sind Texte, die Mitglieder der \
        Dienste von {creator} dort verfasst haben. Sie dürfen nur für den Zweck {purpose} verwendet \
        werden. Die Modalität ist Text.",
    third_party: "einem Dritten",
    services: "Dienste und Produkte, über die die Nutzerdaten erhoben wurden",
    by_category: "Dokumente nach Art der Daten",
    category: "Art der Daten",
    documents: "Dokumente",
    share: "Anteil",
    accounting: "Was nicht verwendet wurde und warum",
    accounting_note: "Von {rows} geprüften Einträgen waren {permitted} zulässig; daraus wurden \
        {documents} Dokumente. Jeder andere Eintrag ist unter genau einem Grund verbucht:",
    reason: "Grund",
    rows: "Einträge",
    nothing_left_out: "Es wurde nichts ausgelassen.",
    synthetic: "2.5. Synthetische Daten",
    synthetic_question: "Hat der Anbieter für das Training synthetische, mit KI erzeugte Daten \
        erstellt oder erstellen lassen?",
    other_sources: "2.6. Sonstige Datenquellen",
    other_sources_question: "Wurden andere als die unter 2.1 bis 2.5 beschriebenen Datenquellen \
        für das Training verwendet?",

    processing: "3. Aspekte der Datenverarbeitung",
    reservations: "3.1. Beachtung von Nutzungsvorbehalten gegenüber dem Text und Data Mining",
    code_of_practice: "Hat der Anbieter den Praxiskodex für KI-Modelle mit allgemeinem \
        Verwendungszweck unterzeichnet?",
    reservations_question: "Vor dem Training getroffene Maßnahmen zur Beachtung von \
        Nutzungsvorbehalten",
    objections: "Widersprüche und Einwilligungen",
    objections_note: "Mitglieder können dieser Verwendung ihrer Daten widersprechen; ein \
        Widerspruch schließt alles aus, was er umfasst, und ihre Namen werden in den Texten \
        anderer unkenntlich gemacht. Ausgelassene Einträge wegen Widerspruchs des Mitglieds: \
        {objected}; wegen fehlender, aber erforderlicher Einwilligung: {consent}.",
    preferences: "Präferenzen der Urheber in der AIPREF-Schreibweise der IETF",
    preference: "Präferenz",
    no_preference: "keine angegeben",
    illegal: "3.2. Entfernung rechtswidriger Inhalte",
    illegal_question: "Maßnahmen, um nach Unionsrecht rechtswidrige Inhalte in den Trainingsdaten \
        zu vermeiden oder daraus zu entfernen",
    other_processing: "3.3. Weitere Angaben",
    personal_data: "Personenbezogene Daten",
    personal_data_note: "Namen von Mitgliedern, die widersprochen haben, sind unkenntlich gemacht \
        (Anzahl der Stellen: {masks}). Andere personenbezogene Daten wurden anhand von Regeln \
        erkannt und ersetzt:",
    kind: "Art",
    places: "Stellen",
    removals: "Nachträgliche Entfernung",
    removals_note: "Das Korpus folgt auch Widersprüchen und Löschungen, die nach seiner \
        Fertigstellung eingehen. Bisherige Änderungen aus diesem Anlass: {releases}.",
    rules: "Regeln",
    rules_note: "Was verwendet werden darf, wurde nach der Fassung {version} der Richtlinie \
        entschieden (Prüfsumme {hash}).",
    additional: "Ergänzende Angaben",
};
