//! Columns of a document that are not those of its row, and words that were made clean.

use super::*;
use crate::kit::Row;

/// Changes the one row with these words, and nothing else.
async fn change(words: &str, change: impl FnOnce(&mut Row)) {
    let plant = async |kit: &mut Kit| {
        change(kit.row(words));
        kit.save().await;
    };
    check(plant, &[Code::RowDiffers]).await;
}

#[tokio::test]
async fn columns_that_are_not_the_lakes_are_found() {
    change("Words of 3,", |row| row.category = "articles".to_owned()).await;
    change("Words of 3,", |row| row.created = None).await;
    change("So says", |row| row.answers = None).await;
    change("Words of 3,", |row| row.answers = Some(7)).await;
    change("Words of 3,", |row| row.content_usage = Some("train-ai=y".to_owned())).await;
    change("Words of 3,", |row| row.paragraphs = "title:1".to_owned()).await;
    change("Builds bridges", |row| row.language = Some("en".to_owned())).await;
}

#[tokio::test]
async fn a_name_that_came_to_light_is_found() {
    let named = async |kit: &mut Kit| {
        kit.row("Zeilen von [name] & Co.").text = "Zeilen von Jörg Müller & Co.".to_owned();
        kit.save().await;
    };
    check_among(named, Code::NameInText).await;
    let unclean = async |kit: &mut Kit| {
        kit.row("Zeilen von [name] & Co.").text = "<b>Zeilen</b> von [name] & Co.".to_owned();
        kit.save().await;
    };
    check(unclean, &[Code::TextDiffers]).await;
}
