use crate::{Language, Member, PlantedKind, chance::Chance};

/// Invents a personal fact that belongs to nobody outside the network.
pub(crate) fn invent(chance: &mut Chance, member: &Member) -> (PlantedKind, String) {
    let kinds = PlantedKind::ALL.map(|kind| (kind, 1));
    let kind = chance.weighted(&kinds).unwrap_or(PlantedKind::CodeName);
    let fact = match kind {
        PlantedKind::Email => email(member),
        PlantedKind::Phone => phone(chance, member.language),
        PlantedKind::Iban => iban(chance),
        PlantedKind::Address => address(chance, member.language),
        PlantedKind::CodeName => format!("Basalt-Heron-{}", chance.letters(8)),
    };
    (kind, fact)
}

fn email(member: &Member) -> String {
    let letters: String = member.name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}.{}@example.com", letters.to_ascii_lowercase(), member.external_id)
}

/// Numbers that the regulators of both countries keep for films and books.
fn phone(chance: &mut Chance, language: Language) -> String {
    match language {
        Language::German => format!("+49 30 23125 {}", chance.digits(3)),
        Language::English => format!("+44 20 7946 0{}", chance.digits(3)),
    }
}

/// A German account number with right check digits (ISO 13616) at a bank code that is not given
/// out.
fn iban(chance: &mut Chance) -> String {
    let account = format!("99999999{}", chance.digits(10));
    // The check digits are those with which the number, the country's letters as 13 and 14 moved
    // behind it, leaves 1 when divided by 97.
    let number = format!("{account}131400");
    let rest = number.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    let digits: Vec<char> = format!("DE{:02}{account}", 98 - rest).chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

fn address(chance: &mut Chance, language: Language) -> String {
    let number = chance.between(1, 198);
    match language {
        Language::German => {
            let street = chance.pick(&["Lindenweg", "Große Straße", "Am Köppchen", "Schulgasse"]);
            let town = chance.pick(&["Königsfurt", "Nordheim", "Grünwalde"]);
            format!("{street} {number}, 0{} {town}", chance.digits(4))
        }
        Language::English => {
            let street = chance.pick(&["Harbour Road", "Mill Lane", "Ashgrove Avenue"]);
            let town = chance.pick(&["Westhaven", "Northfield", "Lakeside"]);
            format!("{number} {street}, {town}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_leaves_one_when_divided_by_97() {
        let mut chance = Chance::from_seed(1);
        for _ in 0..100 {
            let iban = iban(&mut chance).replace(' ', "");
            let moved = format!("{}1314{}", &iban[4..], &iban[2..4]);
            assert_eq!(moved.parse::<u128>().unwrap() % 97, 1, "{iban}");
        }
    }
}
