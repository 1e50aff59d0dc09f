//! What can be wrong with a server; everything else is tested on files as well.

use std::error::Error;

use store::{ServerPlace, Store, StoreError};

use crate::{
    home::{Home, on_server, url},
    sample::{at, identity, member, refusal, sequence},
};

/// The error with which a store does not open, and its hint.
async fn refused(url: &str, password: Option<&str>) -> String {
    let place = ServerPlace::new(url, password).unwrap();
    let error = Store::open(place).await.err().unwrap();
    assert!(matches!(&error, StoreError::Connect { .. }), "{error:?}");
    format!("{error}: {}", error.source().unwrap())
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_said_so_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(&url(folder.path(), "facts"), None).await;
    assert!(said.contains("hint: is the server running there?"), "{said}");
    // Nobody listens at port 1.
    let said = refused("postgres://zweck:secret@127.0.0.1:1/facts", None).await;
    assert!(said.contains("`postgres://127.0.0.1:1/facts`"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test]
async fn a_database_that_is_missing_is_said_so_with_a_hint() {
    let Some(sockets) = on_server() else { return };
    let said = refused(&url(&sockets, "nowhere"), None).await;
    assert!(said.contains("hint: `createdb` makes the database"), "{said}");
}

#[tokio::test]
async fn a_wrong_password_is_said_so_with_a_hint_and_the_right_one_opens() {
    let Some(sockets) = on_server() else { return };
    let home = Home::new();
    home.place("store").await;
    let raw = home.raw("store").await;
    let statements = "CREATE ROLE guarded LOGIN PASSWORD 'open sesame'";
    sea_orm::ConnectionTrait::execute_unprepared(&raw, statements).await.unwrap();
    let url = url(&sockets, &home.database("store")).replace("postgres@", "guarded@");
    for password in [None, Some("sesame")] {
        let said = refused(&url, password).await;
        assert!(said.contains("password_file in [store] or PGPASSWORD"), "{said}");
        assert!(!said.contains("sesame"), "{said}");
    }
    let said = refused(&url, Some("open sesame")).await;
    assert!(said.contains("hint: the user has to own the database"), "{said}");
    let grant = "GRANT CREATE ON SCHEMA public TO guarded";
    sea_orm::ConnectionTrait::execute_unprepared(&raw, grant).await.unwrap();
    let place = ServerPlace::new(&url, Some("open sesame")).unwrap();
    assert_eq!(Store::open(place).await.unwrap().last_sequence().await.unwrap(), sequence(0));
}

#[tokio::test]
async fn facts_are_brought_only_into_an_empty_store() {
    let home = Home::new();
    for name in ["one", "other"] {
        let store = Store::open(home.place(name).await).await.unwrap();
        store.members(&[identity(0)]).await.unwrap();
        store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    }
    let brought = Store::transfer(home.place("one").await, home.place("other").await).await;
    let error = brought.unwrap_err();
    assert!(matches!(&error, StoreError::NotEmpty { .. }), "{error}");
    assert!(error.to_string().contains("hint: an empty database for each system"), "{error}");
    let other = Store::open(home.place("other").await).await.unwrap();
    assert_eq!(other.last_sequence().await.unwrap(), sequence(1));
    assert_eq!(other.facts_of_member(member(0), sequence(1)).await.unwrap().len(), 1);
}

/// A session that an operator, a restart of the server or a network ends is replaced.
#[tokio::test]
async fn a_store_goes_on_when_its_sessions_were_ended() {
    let Some(_) = on_server() else { return };
    let home = Home::new();
    let store = Store::open(home.place("store").await).await.unwrap();
    store.members(&[identity(0)]).await.unwrap();
    let raw = home.raw("store").await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE application_name = 'zweck' AND datname = current_database()";
    sea_orm::ConnectionTrait::execute_unprepared(&raw, end).await.unwrap();
    assert_eq!(store.record(vec![refusal(0, 1)], at(1)).await.unwrap(), [sequence(1)]);
    assert_eq!(store.last_sequence().await.unwrap(), sequence(1));
}
