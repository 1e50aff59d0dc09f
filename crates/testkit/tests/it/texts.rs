use std::collections::{BTreeMap, BTreeSet};

use testkit::{ItemKind, NamingForm, Network, NetworkSize};

use crate::network;

#[test]
fn every_naming_points_at_the_name_that_it_claims() {
    let network = network();
    let mut forms = BTreeMap::new();
    for item in network.items() {
        for naming in &item.namings {
            let member = network.member(&naming.member).unwrap();
            let expected = naming.form.write(&member.name);
            assert_eq!(item.words_of(naming), Some(expected.as_str()), "{item:?}");
            assert_ne!(naming.member, item.author, "{item:?}");
            *forms.entry(naming.form).or_insert(0) += 1;
        }
    }
    assert_eq!(forms.len(), NamingForm::ALL.len());
    assert!(forms.values().all(|count| *count > 30), "{forms:?}");
}

#[test]
fn the_forms_look_like_what_they_are() {
    let network = network();
    for item in network.items() {
        for naming in &item.namings {
            let (before, after) = (&item.text[..naming.start], &item.text[naming.end..]);
            match naming.form {
                NamingForm::At => assert!(before.ends_with('@'), "{item:?}"),
                NamingForm::Quoted => {
                    assert!(before.ends_with("> "), "{item:?}");
                    assert!(after.contains(":\n> "), "{item:?}");
                }
                NamingForm::Thread => {
                    let parent = item.parent.as_ref().unwrap();
                    assert_eq!(parent.member, naming.member, "{item:?}");
                }
                NamingForm::Linked | NamingForm::Plain | NamingForm::LowerCase => {}
            }
        }
    }
}

#[test]
fn no_full_name_stands_in_a_text_without_a_naming() {
    let network = Network::generate(NetworkSize::of_members(400), 11);
    let full = network.members().iter().filter(|member| !member.has_one_word_name());
    let names: BTreeSet<String> = full.map(|member| member.name.to_lowercase()).collect();
    for item in network.items() {
        // Small letters may have other lengths in bytes, so the named places are taken out first.
        let mut rest = item.text.clone();
        for naming in item.namings.iter().rev() {
            rest.replace_range(naming.start..naming.end, "");
        }
        let rest = rest.to_lowercase();
        assert!(!names.iter().any(|name| rest.contains(name)), "{item:?}");
        let title = item.title.iter().any(|title| names.contains(&title.to_lowercase()));
        assert!(!title, "{item:?}");
    }
}

#[test]
fn texts_are_repeated_only_where_they_are_copies() {
    let network = network();
    let mut first = BTreeMap::new();
    for item in network.items().iter().filter(|item| item.copy_of.is_none()) {
        assert_eq!(first.insert(item.text.as_str(), item), None, "{item:?}");
    }
    for item in network.items() {
        let Some(original) = item.copy_of.as_deref().and_then(|id| network.item(id)) else {
            assert_eq!(item.copy_of, None);
            continue;
        };
        assert_eq!(item.text, original.text);
        assert_ne!(item.id, original.id);
        assert!(original.created < item.created);
    }
}

#[test]
fn texts_are_short_and_have_no_open_slot() {
    let network = network();
    for item in network.items() {
        assert!((10..1_500).contains(&item.text.len()), "{item:?}");
        assert!(!item.text.contains(['{', '}']) && !item.text.contains("  "), "{item:?}");
        assert_eq!(item.text.trim(), item.text);
        assert_eq!(item.title.is_some(), item.kind == ItemKind::Article, "{item:?}");
    }
    for profile in network.members().iter().filter_map(|member| member.profile.as_ref()) {
        let about = profile.about.as_deref().unwrap_or("none");
        assert!(!profile.headline.contains('{') && !about.contains('{'), "{profile:?}");
    }
}

#[test]
fn answers_come_after_what_they_answer() {
    let network = network();
    let mut seen = BTreeMap::new();
    for item in network.items() {
        assert_eq!(item.parent.is_some(), item.kind == ItemKind::Comment, "{item:?}");
        if let Some(parent) = &item.parent {
            assert_eq!(seen.get(&parent.id), Some(parent), "{item:?}");
        }
        assert!(network.member(&item.author).unwrap().joined <= item.created);
        assert_eq!(seen.insert(item.id.clone(), item.reference()), None);
    }
}

#[test]
fn planted_facts_stand_once_and_in_the_members_own_item() {
    let network = network();
    let all: String = network.items().iter().map(|item| item.text.as_str()).collect();
    for member in network.members() {
        for fact in &member.planted {
            let item = network.item(&fact.item).unwrap();
            assert_eq!(item.author, member.external_id);
            assert!(item.text.contains(&fact.text), "{fact:?}");
            if fact.kind == testkit::PlantedKind::CodeName {
                assert_eq!(all.matches(&fact.text).count(), 1, "{fact:?}");
            }
        }
    }
}
