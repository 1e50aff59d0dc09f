/// Runs every file of `tests/cmd`: help, errors, small commands. `TRYCMD=overwrite` writes them
/// anew.
#[test]
fn commands_say_what_their_files_say() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").run();
}
