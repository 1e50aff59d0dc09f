use std::path::Path;

use sources::Declaration;

fn check(text: &str) -> String {
    match Declaration::parse(Path::new("declaration.toml"), text) {
        Ok(declaration) => format!("fine, hash of {} digits", declaration.hash.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_whole_declaration() {
    let text = r#"
        region = "DE"
        age = "adult"
        status = "active"
        visibility = "public"
        reason = "by the terms of the site, for a test"

        [notice]
        policy_version = "2025-11-03"
        delivered_at = "2025-09-18T00:00:00Z"
    "#;
    insta::assert_snapshot!(check(text), @"fine, hash of 64 digits");
}

#[test]
fn a_reason_is_needed() {
    let error = check("region = \"DE\"\n");
    assert!(error.starts_with("declaration.toml:1: missing field `reason`"), "{error}");
    insta::assert_snapshot!(check("reason = ' '"), @"declaration.toml:1: `reason` is empty (hint: why may this be said?)");
}

#[test]
fn unknown_keys_and_words_are_errors_with_their_line() {
    let error = check("reason = 'test'\nregio = 'DE'\n");
    assert!(error.starts_with("declaration.toml:2: unknown field `regio`"), "{error}");
    let error = check("reason = 'test'\n\nregion = 'Germany'\n");
    assert!(error.starts_with("declaration.toml:3: `Germany` is not a known country"), "{error}");
    insta::assert_snapshot!(
        check("reason = 'test'\nstatus = 'erased'"),
        @"declaration.toml:1: `status` cannot be `erased` (hint: an erasure is a command)"
    );
}
