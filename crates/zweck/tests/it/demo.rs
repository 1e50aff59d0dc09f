use crate::run::{Place, Ran};

#[test]
fn the_demo_runs_through_and_can_be_run_again() {
    let place = Place::new();
    for _ in 0..2 {
        let told = place.ok("demo --members 200 --keep shown");
        for part in [
            "Rows come in",
            "Rules are put in force",
            "A training set is built",
            "nothing found",
            "Somebody says no",
            "The corpus follows",
            "No removal is open.",
            "What to try next",
        ] {
            assert!(told.contains(part), "{part} is missing:\n{told}");
        }
        let left = told.lines().find(|line| line.contains("the name still stands")).unwrap();
        assert!(left.trim_end().ends_with(" 0"), "{left}");
        let masked = told.lines().find(|line| line.contains("the name is masked now")).unwrap();
        assert!(!masked.trim_end().ends_with(" 0"), "{masked}");
        let widest = told.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 100, "{widest} columns");
    }
}

#[test]
fn what_the_demo_says_to_try_next_works() {
    let place = Place::new();
    let told = place.ok("demo --members 200 --keep shown");
    let next = told.lines().skip_while(|line| !line.contains("What to try next"));
    let commands: Vec<_> = next.filter_map(|line| line.trim().strip_prefix("zweck ")).collect();
    assert!(commands.len() >= 4, "{told}");
    for command in commands {
        let mut shown = std::process::Command::new(crate::run::ZWECK);
        shown.current_dir(place.path()).env("ZWECK_STATE", "shown/state");
        let Ran { code, stdout: answer, stderr } =
            Ran::of(shown.args(command.split(' ')).output().unwrap());
        assert_eq!(code, 0, "{command}: {stderr}");
        assert!(!answer.is_empty(), "{command}");
        if command.contains("explain") {
            assert!(answer.contains("objected: You said no to this use."), "{answer}");
        }
    }
}

#[test]
fn a_folder_that_is_no_demo_is_left_alone() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("thesis")).unwrap();
    place.write("thesis/chapter", "one");
    let Ran { code, stderr, .. } = place.run("demo --members 200 --keep thesis");
    assert_eq!(code, 1);
    assert!(stderr.contains("was not made by a demo"), "{stderr}");
    assert!(place.path().join("thesis/chapter").exists());
}
