//! Columns of a document that are not those of its row, and words that were made clean.

use super::*;

#[tokio::test]
async fn columns_that_are_not_the_lakes_are_found() {
    let differs = [Code::RowDiffers];
    check(
        async |kit: &mut Kit| {
            kit.row("Words of 3,").category = "articles".to_owned();
            kit.save().await;
        },
        &differs,
    )
    .await;
    check(
        async |kit: &mut Kit| {
            kit.row("Words of 3,").created = None;
            kit.save().await;
        },
        &differs,
    )
    .await;
    check(
        async |kit: &mut Kit| {
            kit.row("So says").answers = None;
            kit.save().await;
        },
        &differs,
    )
    .await;
    check(
        async |kit: &mut Kit| {
            kit.row("Words of 3,").answers = Some(7);
            kit.save().await;
        },
        &differs,
    )
    .await;
    check(
        async |kit: &mut Kit| {
            kit.row("Words of 3,").content_usage = Some("train-ai=y".to_owned());
            kit.save().await;
        },
        &differs,
    )
    .await;
    check(
        async |kit: &mut Kit| {
            kit.row("Words of 3,").paragraphs = "title:1".to_owned();
            kit.save().await;
        },
        &differs,
    )
    .await;
    check(
        async |kit: &mut Kit| {
            kit.row("Builds bridges").language = Some("en".to_owned());
            kit.save().await;
        },
        &differs,
    )
    .await;
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
