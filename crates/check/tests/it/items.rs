//! Choices about categories and single items.

use check::{Field, SaidScope};
use policy::{Answer, Category};

use crate::support::{columns, folder, rules, run, said};

const ROWS: &str = r#"{"author":"ann","id":"p1","kind":"post","created":"2025-01-01"}
{"author":"ann","id":"p2","kind":"post","created":"2025-01-01"}
{"author":"ann","id":"p1","kind":"comment","created":"2025-01-01"}
{"author":"ben","id":"p1","kind":"post","created":"2025-01-01"}
"#;

fn refused_item(member: &str) -> check::Said {
    let scope = SaidScope::Item("post:p1".to_owned(), Some(Category::Posts));
    said(member, scope, Answer::Refuse)
}

fn check(fields: &[(Field, &str)], said: Vec<check::Said>) -> String {
    let folder = folder(&[("a.jsonl", ROWS.as_bytes())]);
    run(folder.path(), &columns(fields), rules(), said).0
}

const ALL: [(Field, &str); 3] =
    [(Field::Created, "created"), (Field::Kind, "kind"), (Field::Item, "id")];

#[test]
fn an_objection_to_an_item_reaches_that_item() {
    assert_eq!(check(&ALL, vec![refused_item("site:ann")]), "a.jsonl:1 ann objected\n");
}

#[test]
fn without_ids_it_may_be_any_item_of_the_kind() {
    let fields = [(Field::Created, "created"), (Field::Kind, "kind")];
    let told = check(&fields, vec![refused_item("site:ann")]);
    assert_eq!(told, "a.jsonl:1 ann objected\na.jsonl:2 ann objected\n");
}

#[test]
fn an_objection_to_a_category_reaches_that_category() {
    let scope = SaidScope::Category(Category::Comments);
    let told = check(&ALL, vec![said("site:ann", scope, Answer::Refuse)]);
    assert_eq!(told, "a.jsonl:3 ann objected\n");
}

#[test]
fn what_was_said_last_holds_whatever_the_order_of_lines() {
    let mut later = said("site:ann", SaidScope::Everything, Answer::Allow);
    later.said_at = "2026-02-01".parse().unwrap();
    let earlier = said("site:ann", SaidScope::Everything, Answer::Refuse);
    for both in [vec![later.clone(), earlier.clone()], vec![earlier, later]] {
        assert_eq!(check(&ALL, both), "");
    }
}
