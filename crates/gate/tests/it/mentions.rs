//! Names that a thread resolves, and names that speak for themselves.

use policy::Answer;
use store::{NewFact, Objection, Scope};

use crate::support::{Item, World, as_of, choice, purpose};

async fn world(texts: &[(&str, Option<(i64, i64)>)]) -> World {
    let mut world = World::new(6).await;
    world.names(&["Anna Schmidt", "Daniel Sank", "quantum", "Sam Meyer", "Sam Otto", "Erna"]).await;
    let items: Vec<_> = (0..)
        .zip(texts)
        .map(|(number, (text, parent))| {
            let item = Item::public(number, number, text);
            match parent {
                Some(parent) => item.answering(*parent),
                None => item,
            }
        })
        .collect();
    world.items(&items).await;
    world
}

#[tokio::test]
async fn an_objector_is_not_named_in_the_words_of_others() {
    let mut world = world(&[
        ("Does anybody know?", None),
        ("@Anna: yes. ask anna schmidt, or Anna Schmidts Schwester", Some((0, 0))),
        ("> @Anna wrote that Annas are many, see Schmidt, Anna", Some((0, 0))),
        ("Anna is not in this thread; ANNA\n SCHMIDT is named all the same", None),
    ])
    .await;
    assert!(world.permitted().await.values().any(|text| text.contains("Anna")));
    world.objects(0).await;
    let texts = world.permitted().await;
    assert_eq!(texts.len(), 3);
    assert_eq!(texts[&(1, 1)], "[name]: yes. ask [name], or [name] Schwester");
    assert_eq!(texts[&(2, 2)], "> [name] wrote that Annas are many, see [name]");
    assert_eq!(texts[&(3, 3)], "Anna is not in this thread; [name] is named all the same");
}

#[tokio::test]
async fn single_words_go_only_where_a_thread_resolves_them() {
    let mut world = world(&[
        ("@quantum likes quantum computing", None),
        ("no thread with Sam here, said @SamMeyer", None),
        ("quantum", None),
        ("nothing", None),
        ("Sam, @Sam and Sam Otto", Some((3, 3))),
        ("nothing", None),
    ])
    .await;
    for objector in [2, 3] {
        world.objects(objector).await;
    }
    let texts = world.permitted().await;
    // the form of a name that only an objector has
    assert_eq!(texts[&(0, 0)], "[name] likes quantum computing");
    assert_eq!(texts[&(1, 1)], "no thread with Sam here, said [name]");
    // Sam Meyer started the thread, and is the only other Sam in it
    assert_eq!(texts[&(4, 4)], "[name], [name] and Sam Otto");
}

#[tokio::test]
async fn a_name_of_one_word_goes_in_lower_case_unless_it_is_an_ordinary_word() {
    let texts = [
        ("Where is erna?", None),
        ("Here.", Some((0, 0))),
        ("quantum and erna answered", Some((0, 0))),
        ("thanks erna, thanks quantum", Some((0, 0))),
        ("no", Some((0, 0))),
        ("me", Some((0, 0))),
    ];
    let ordinary = ["one quantum", "no quantum", "quantum of light", "for quantum computing"];
    let mut world = world(&texts).await;
    let more: Vec<_> =
        (10..).zip(ordinary).map(|(number, text)| Item::public(1, number, text)).collect();
    world.items(&more).await;
    for objector in [2, 5] {
        world.objects(objector).await;
    }
    let texts = world.permitted().await;
    assert_eq!(texts[&(0, 0)], "Where is [name]?");
    assert_eq!(texts[&(3, 3)], "thanks [name], thanks quantum");
    assert_eq!(texts[&(1, 12)], "quantum of light");
}

#[tokio::test]
async fn objections_for_the_profile_cover_the_name_and_for_posts_do_not() {
    let mut world = world(&[("by Anna", None), ("Anna Schmidt", None)]).await;
    let posts = Scope::Category(policy::Category::Posts);
    world.record(vec![choice(0, posts, Answer::Refuse)]).await;
    assert_eq!(world.permitted().await[&(1, 1)], "Anna Schmidt");
    let profile = Scope::Category(policy::Category::Profile);
    world.record(vec![choice(0, profile, Answer::Refuse)]).await;
    assert_eq!(world.permitted().await[&(1, 1)], "[name]");
}

#[tokio::test]
async fn a_non_member_who_objected_is_not_named() {
    let mut world = world(&[("met Ada Byron, ada@example.org, and ADA", None)]).await;
    world
        .record(vec![NewFact::Objection(Objection {
            id: "case-1".to_owned(),
            purpose: purpose(),
            names: vec!["Ada Byron".to_owned()],
            emails: vec!["Ada@Example.org".to_owned()],
            said_at: as_of(),
            lifted: false,
        })])
        .await;
    assert_eq!(world.permitted().await[&(0, 0)], "met [name], [name], and ADA");
}

#[tokio::test]
async fn an_erased_member_stays_redacted_when_the_name_is_gone() {
    let mut world = world(&[
        ("by Anna", None),
        ("Anna Schmidt said so", None),
        ("@Anna, really?", Some((0, 0))),
    ])
    .await;
    world.gate.resolve_mentions(as_of()).await.unwrap();
    world.gate.erase(crate::support::member(0), "test", as_of()).await.unwrap();
    let texts = world.permitted().await;
    assert_eq!(texts.len(), 2);
    assert_eq!(texts[&(1, 1)], "[name] said so");
    assert_eq!(texts[&(2, 2)], "[name], really?");
}

#[tokio::test]
async fn resolving_again_finds_nothing_new_and_makes_no_version() {
    let world = world(&[("a", None), ("@Anna yes", Some((0, 0)))]).await;
    let first = world.gate.resolve_mentions(as_of()).await.unwrap();
    assert_eq!((first.items, first.mentions), (2, 1));
    let version = world.version().await;
    let again = world.gate.resolve_mentions(as_of()).await.unwrap();
    assert_eq!((again.items, again.mentions), (0, 0));
    assert_eq!(world.version().await, version);
}

#[tokio::test]
async fn an_objector_of_whom_nothing_else_is_known_is_not_named() {
    let mut world = World::empty(3).await;
    world.names(&["Anna Schmidt", "Daniel Sank", "Erna Meier"]).await;
    let mut facts = vec![crate::support::adult(0, "DE")];
    facts.push(NewFact::Notice(store::Notice {
        policy_version: "2025-11-03".parse().unwrap(),
        reach: store::Reach::Member(crate::support::member(0)),
        delivered_at: as_of().plus_days(-31),
        source: "test".to_owned(),
    }));
    world.record(facts).await;
    world.items(&[Item::public(0, 0, "met Erna Meier")]).await;
    world.objects(2).await;
    assert_eq!(world.permitted().await[&(0, 0)], "met [name]");
}

#[tokio::test]
async fn in_parts_the_same_names_are_found_as_at_once() {
    let texts = [
        ("Does anybody know?", None),
        ("@Anna: yes, says Daniel", Some((0, 0))),
        ("> Anna wrote that", Some((1, 1))),
        ("alone, with Anna", None),
        ("Sam, @Sam and Sam Otto", Some((3, 3))),
        ("Erna and Sam again", Some((4, 4))),
    ];
    let mut found = Vec::new();
    for items_in_part in [1, 3, 1_000] {
        let world = world(&texts).await;
        let resolving = world.gate.clone().with_items_in_part(items_in_part);
        let first = resolving.resolve_mentions(as_of()).await.unwrap();
        let again = resolving.resolve_mentions(as_of()).await.unwrap();
        assert_eq!((again.items, again.mentions), (0, 0), "all is known to be resolved");
        let mut mentions = world.lake.content_keys(gate::Table::Mentions).await.unwrap();
        mentions.sort_unstable();
        found.push((first, mentions));
    }
    assert!(found[0].0.mentions > 3, "{found:?}");
    assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
}
