use super::phrases::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    title: "Public summary of training content",
    introduction: "This summary follows the template of the AI Office for Article 53(1)(d) of \
        Regulation (EU) 2024/1689. It was drawn up by Zweck {version} from the records of the \
        corpus {corpus}, which was given to {holder} for the purpose {purpose} and speaks of this \
        corpus only. Where it reads “{missing}”, only the provider of the model knows the answer.",
    goes_on: "The corpus goes on from the corpus {after}: it holds only what came in later and is not \
        the same there, or nearly. What a model learns from {after} is not described here.",
    version: "Version and date of this summary",
    missing: "[to be completed by the provider]",
    fewer_than: "fewer than {number}",
    no_in_corpus: "The records of this corpus say nothing of the kind: it consists of user data (see \
        {section}).",
    from_provider: "For the rest of the training data:",

    general: "1. General information",
    provider: "1.1. Provider identification",
    provider_name: "Provider name and contact details",
    representative: "Authorised representative name and contact details",
    model: "1.2. Model identification",
    model_name: "Versioned model name(s)",
    model_dependencies: "Model dependencies",
    placed_on_market: "Date of placement of the model on the Union market",
    characteristics: "1.3. Modalities, overall training data size and other characteristics",
    modality: "Modality",
    modalities: ["Text", "Image", "Audio", "Video", "Other"],
    size: "Training data size (text)",
    sizes: [
        "Less than 1 billion tokens",
        "1 billion to 10 trillion tokens",
        "More than 10 trillion tokens",
    ],
    size_note: "The corpus has {documents} documents with {characters} characters, which is about \
        {tokens} tokens at four characters each.",
    overall_size: "Size of the overall training data, for each modality",
    content: "Types of content",
    latest_date: "Latest date of data acquisition/collection for model training",
    latest_date_note: "{month}. The corpus stands as of {day} (UTC); data that came in later is not \
        in it.",
    date: "{day} {month} {year}",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    continuous: "Is the model continuously trained on new data after this date?",
    linguistic: "Linguistic characteristics of the overall training data",
    linguistic_note: "Documents by language: {languages}.",
    no_documents: "The corpus has no documents.",
    more_languages: "{count} further languages {share}",
    other_characteristics: "Other relevant characteristics of the overall training data",

    sources: "2. List of data sources",
    public_datasets: "2.1. Publicly available datasets",
    public_question: "Have publicly available datasets been used to train the model?",
    private_datasets: "2.2. Private non-publicly available datasets obtained from third parties",
    licensed: "2.2.1. Datasets commercially licensed by rightsholders or their representatives",
    licensed_question: "Have commercial licensing agreements been concluded with rightsholders or \
        their representatives?",
    other_private: "2.2.2. Private datasets obtained from other third parties",
    other_private_question: "Have private datasets been obtained from third parties that are not \
        licensed as described in 2.2.1?",
    crawled: "2.3. Data crawled and scraped from online sources",
    crawled_question: "Were crawlers used by the provider or on their behalf?",
    user_data: "2.4. User data",
    interactions_question: "Was data from user interactions with the AI model (such as inputs and \
        prompts) used to train the model?",
    interactions_yes: "Yes. Documents that are inputs to AI features or feedback on them: \
        {documents}.",
    services_question: "Was data collected from user interactions with the provider’s other \
        services or products used to train the model?",
    services_yes: "Yes. All {documents} documents of the corpus are texts that members of the \
        provider’s services wrote there. They may be used for the purpose {purpose} and for \
        nothing else. The modality is text.",
    third_party_yes: "Yes. All {documents} documents of the corpus are texts that members of the \
        services of {creator} wrote there. They may be used for the purpose {purpose} and for \
        nothing else. The modality is text.",
    third_party: "another party",
    services: "Services and products that were used to collect the user data",
    by_category: "Documents by kind of data",
    category: "Kind of data",
    documents: "Documents",
    share: "Share",
    accounting: "What was left out, and why",
    accounting_note: "Of {rows} rows that were considered, {permitted} were permitted and \
        {documents} became documents. Each of the others is booked under one reason:",
    reason: "Reason",
    rows: "Rows",
    nothing_left_out: "Nothing was left out.",
    synthetic: "2.5. Synthetic data",
    synthetic_question: "Was synthetic AI-generated data created by the provider or on their \
        behalf to train the model?",
    other_sources: "2.6. Other sources of data",
    other_sources_question: "Have data sources other than those described in 2.1 to 2.5 been used \
        to train the model?",

    processing: "3. Data processing aspects",
    reservations: "3.1. Respect of reservation of rights from the text and data mining exception \
        or limitation",
    code_of_practice: "Is the provider a signatory to the Code of Practice for general-purpose AI \
        models?",
    reservations_question: "Measures implemented before model training to respect reservations of \
        rights",
    objections: "Objections and consent",
    objections_note: "Members can object to this use of their data; an objection keeps all that \
        it covers out, and their names are masked in the texts of others. Rows left out because \
        their member had objected: {objected}; because consent that is required was missing: \
        {consent}.",
    preferences: "Authors’ preferences, as AIPREF expressions of the IETF",
    preference: "Preference",
    no_preference: "none stated",
    illegal: "3.2. Removal of illegal content",
    illegal_question: "Measures taken to avoid or remove illegal content under Union law from the \
        training data",
    other_processing: "3.3. Other information",
    personal_data: "Personal data",
    personal_data_note: "Names of members who objected are masked in {masks} places. Other \
        personal data was found by rules and replaced:",
    kind: "Kind",
    places: "Places",
    removals: "Removal after the fact",
    removals_note: "The corpus follows objections and erasures that come in after it was sealed. \
        It has been changed by them {releases} times so far.",
    rules: "Rules",
    rules_note: "What may be used was decided by version {version} of the policy, which has \
        the hash {hash}.",
    additional: "Additional information",
};
