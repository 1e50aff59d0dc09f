use std::collections::HashSet;

use lake::{
    ItemKind, Table,
    columns::{ColumnKind, Label, Unit},
    columns_document,
};
use policy::Category;

#[test]
fn no_table_has_a_column_twice_and_every_column_says_why() {
    for table in Table::ALL {
        let mut names = HashSet::new();
        for column in table.columns() {
            assert!(names.insert(column.name), "{table}.{}", column.name);
            assert!(!column.why.is_empty(), "{table}.{}", column.name);
        }
    }
}

#[test]
fn no_column_and_no_row_is_of_a_sealed_category() {
    for table in Table::ALL {
        for column in table.columns() {
            let Label::Fixed(category) = column.label else { continue };
            assert!(!category.is_sealed(), "{table}.{}", column.name);
            assert_eq!(Some(category), table.category_of_row(None), "{table}.{}", column.name);
        }
    }
    assert!(ItemKind::ALL.iter().all(|kind| !kind.category().is_sealed()));
    assert_eq!(Table::Items.category_of_row(None), None);
    let group = Table::Items.category_of_row(Some(ItemKind::Group));
    assert_eq!(group, Some(Category::GroupContent));
}

#[test]
fn no_free_text_is_labelled_as_a_mere_key() {
    for table in Table::ALL {
        for column in table.columns().filter(|column| column.label == Label::Key) {
            let closed = matches!(column.unit, Unit::Word(_) | Unit::SourceName | Unit::Terms);
            assert!(column.kind != ColumnKind::Text || closed, "{table}.{}", column.name);
        }
    }
}

#[test]
fn the_document_names_every_column() {
    let document = columns_document();
    for table in Table::ALL {
        assert!(document.contains(&format!("## {table}")));
        for column in table.columns() {
            assert!(document.contains(&format!("| `{}` |", column.name)));
        }
    }
}

#[test]
fn names_are_read_back() {
    for table in Table::ALL {
        assert_eq!(table.name().parse(), Ok(*table));
        let json = serde_json::to_string(table).unwrap();
        assert_eq!(json, format!("\"{table}\""));
    }
    for kind in ItemKind::ALL {
        assert_eq!(kind.name().parse(), Ok(*kind));
    }
    let unknown = "messages".parse::<Table>().unwrap_err().to_string();
    assert!(unknown.starts_with("`messages` is not a known table"), "{unknown}");
}
