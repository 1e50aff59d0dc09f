use super::{
    Scene,
    deviations::{DEVIATIONS, Deviate, Question, said, said_before_start},
};
use crate::{AgeClass, Answer, Category, ChoiceInForce, Status, Visibility};

/// The digest of every single deviation for every category, and of every combination of the facts
/// that could come to depend on each other (choices, age, account, notice, visibility, date and
/// instant) for one category of each kind.
pub(super) fn digest(scene: &Scene<'_>, kinds: &[Category]) -> String {
    let mut hasher = blake3::Hasher::new();
    let (mut cases, mut allowed) = (0_u64, 0_u64);
    let mut ask = |question: &Question, categories: &[Category]| {
        for category in categories {
            let decision = scene.decide(*category, question);
            hasher.update(&decision.reasons.bits().to_le_bytes());
            cases += 1;
            allowed += u64::from(decision.is_allowed());
        }
    };
    singles(scene).iter().for_each(|question| ask(question, Category::ALL));
    questions(scene).iter().for_each(|question| ask(question, kinds));
    let hex = hasher.finalize().to_hex();
    let digest = hex.get(..16).unwrap_or(&hex);
    format!("cross product: {cases} cases, {allowed} allowed, digest {digest}")
}

fn singles(scene: &Scene<'_>) -> Vec<Question> {
    let deviate = |(_, deviate): &(&str, Deviate)| {
        let mut question = Question::base(scene);
        deviate(&mut question, scene);
        question
    };
    DEVIATIONS.iter().map(deviate).collect()
}

/// All combinations, by widening a list of questions fact by fact.
fn questions(scene: &Scene<'_>) -> Vec<Question> {
    let answers = || -> [Option<ChoiceInForce>; 4] {
        [
            None,
            said(Answer::Refuse, scene, 100),
            said_before_start(Answer::Refuse, scene),
            said(Answer::Allow, scene, 1),
        ]
    };
    let all = vec![Question::base(scene)];
    let all = widen(all, answers(), |q, choice| q.facts.choices.everything = choice);
    let all = widen(all, answers(), |q, choice| q.facts.choices.item = choice);
    let statuses = [Some(Status::Active), Some(Status::Closed)];
    let all = widen(all, statuses, |q, status| q.facts.status = status);
    let all = widen(all, [Some(AgeClass::Adult), None], |q, age| q.facts.age = age);
    let all = widen(all, [false, true], |q, missing| {
        q.facts.notice = q.facts.notice.filter(|_| !missing);
    });
    let seen = [Some(Visibility::Public), Some(Visibility::Group), None];
    let all = widen(all, seen, |q, visibility| q.facts.item.visibility = visibility);
    let ages = [Some(50), Some(180), Some(9000), None];
    let all = widen(all, ages, |q, days: Option<i64>| {
        q.facts.item.created = days.map(|days| scene.now.plus_days(-days));
    });
    widen(all, [0, 1], |q, back: i64| {
        if back == 1 {
            q.as_of = scene.start.plus_days(-1);
        }
    })
}

fn widen<T: Copy, const N: usize>(
    questions: Vec<Question>,
    values: [T; N],
    set: impl Fn(&mut Question, T),
) -> Vec<Question> {
    let each = questions.into_iter().flat_map(|question| values.map(|value| (question, value)));
    each.map(|(mut question, value)| {
        set(&mut question, value);
        question
    })
    .collect()
}
