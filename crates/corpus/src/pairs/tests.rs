use super::*;

type Words<'a> = &'a [(&'static str, &'a str)];

fn document(
    number: i64,
    table: Table,
    category: Category,
    language: Option<&str>,
    words: Words<'_>,
) -> (Table, Document) {
    let language = language.map(str::to_owned);
    let document = Document { language, ..Document::of_words(number, category, words) };
    (table, document)
}

fn position(number: i64, words: Words<'_>) -> (Table, Document) {
    document(number, Table::Positions, Category::Positions, None, words)
}

/// A member who writes German.
fn member() -> Vec<(Table, Document)> {
    let profile = [("headline", "Bauingenieurin"), ("about", "Ich plane Brücken.\n\nAus Holz.")];
    let first =
        [("title", "Statikerin"), ("employer", "Acme"), ("started", "2015"), ("ended", "2019")];
    let second = [
        ("title", "Bauleiterin"),
        ("employer", "Brücken AG"),
        ("started", "Mar 2019"),
        ("description", "Leitet den Bau."),
    ];
    let school = [("school", "TU Berlin"), ("degree", "Diplom"), ("started", "2009")];
    vec![
        document(1, Table::Profiles, Category::Profile, Some("de"), &profile),
        position(2, &first),
        position(3, &second),
        document(4, Table::Education, Category::Education, None, &school),
        document(5, Table::Skills, Category::Skills, None, &[("name", "Statik")]),
        document(6, Table::Skills, Category::Skills, None, &[("name", "Holzbau")]),
    ]
}

fn of(task: Task, documents: &[(Table, Document)]) -> Option<Pair> {
    let mut found = pairs(documents).into_iter().filter(|pair| pair.task == task);
    let first = found.next();
    assert_eq!(found.next(), None);
    first
}

fn numbers(pair: &Pair) -> Vec<i64> {
    pair.documents.iter().map(|one| one.as_i64()).collect()
}

const CAREER: &str = "Berufserfahrung:
- Bauleiterin, Brücken AG (Mar 2019 – heute)
- Statikerin, Acme (2015 – 2019)

Ausbildung:
- Diplom, TU Berlin (2009)

Kenntnisse: Statik, Holzbau";

#[test]
fn a_career_becomes_headline_and_about() {
    let headline = of(Task::Headline, &member()).unwrap();
    assert_eq!(headline.language, "de");
    assert!(headline.prompt.ends_with(&format!("Zeile.\n\n{CAREER}")), "{}", headline.prompt);
    assert_eq!(headline.completion, "Bauingenieurin");
    assert_eq!(numbers(&headline), [1, 3, 2, 4, 5, 6]);
    let about = of(Task::About, &member()).unwrap();
    assert!(about.prompt.ends_with(&format!("Bauingenieurin\n\n{CAREER}")), "{}", about.prompt);
    assert_eq!(about.completion, "Ich plane Brücken.\n\nAus Holz.");
}

#[test]
fn a_position_becomes_its_description_in_the_language_of_the_profile() {
    let pair = of(Task::Description, &member()).unwrap();
    assert_eq!((pair.language, pair.completion.as_str()), ("de", "Leitet den Bau."));
    assert!(pair.prompt.ends_with("Bauleiterin, Brücken AG (Mar 2019 – heute)"));
    assert_eq!(numbers(&pair), [3]);
}

#[test]
fn the_newest_job_and_what_led_to_it_become_a_message() {
    let pair = of(Task::Message, &member()).unwrap();
    assert!(pair.prompt.contains("Stelle:\nBauleiterin, Brücken AG\nLeitet den Bau."));
    let (_, career) = pair.prompt.split_once("Berufserfahrung:").unwrap();
    assert!(!career.contains("Bauleiterin"), "the job is not in the career: {career}");
    for word in ["Bauleiterin", "Brücken AG", "Statikerin"] {
        assert!(pair.completion.contains(word), "{word}: {}", pair.completion);
    }
    assert!(!pair.completion.contains(['{', '}']));
    assert_eq!(numbers(&pair), [3, 2, 4, 5, 6]);
    let undated: Vec<_> = member()
        .into_iter()
        .filter(|(table, one)| *table != Table::Positions || one.words_of("ended").is_none())
        .collect();
    assert_eq!(of(Task::Message, &undated), None, "nothing led to it");
}

#[test]
fn posts_and_articles_are_written_from_notes() {
    let text = "Wir bauen eine Brücke aus Holz. Der Bau beginnt im Mai!";
    let words = [("title", "Brücken"), ("text", text)];
    let item = |category| vec![document(9, Table::Items, category, Some("de-AT"), &words)];
    let notes = "- bauen Brücke Holz\n- Bau beginnt Mai";
    let post = of(Task::Post, &item(Category::Posts)).unwrap();
    assert!(post.prompt.ends_with(notes), "{}", post.prompt);
    assert_eq!(post.completion, text);
    let article = of(Task::Article, &item(Category::Articles)).unwrap();
    assert!(article.prompt.contains("„Brücken“") && article.prompt.ends_with(notes));
    assert!(pairs(&item(Category::Comments)).is_empty());
}

#[test]
fn nothing_is_learned_from_what_stands_for_a_name_or_an_address() {
    for masked in ["Frag [name].", "Schreib an [email].", "Ruf [phone 0a1b2c3d] an."] {
        let words = [("title", "Bauleiterin"), ("description", masked)];
        let documents = [
            document(1, Table::Profiles, Category::Profile, Some("de"), &[("headline", "x")]),
            position(3, &words),
        ];
        assert_eq!(of(Task::Description, &documents), None, "{masked}");
    }
}

#[test]
fn other_languages_make_no_pairs() {
    let text = [("text", "Nous construisons un pont. Le chantier commence demain.")];
    let french = document(9, Table::Items, Category::Posts, Some("fr"), &text);
    assert!(pairs(std::slice::from_ref(&french)).is_empty());
    let by_a_german: Vec<_> = member().into_iter().chain([french]).collect();
    assert_eq!(of(Task::Post, &by_a_german), None);
}

#[test]
fn the_name_of_a_task_is_read_back() {
    for task in Task::ALL {
        assert_eq!(task.name().parse(), Ok(*task));
        assert_eq!(serde_json::to_value(task).unwrap(), task.name());
    }
    assert!("headlines".parse::<Task>().is_err());
}
