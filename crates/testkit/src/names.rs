use crate::chance::Chance;

/// Display names of one word. Two of them are ordinary words or first names as well, so that
/// finding them in a text proves nothing.
pub(crate) const HANDLES: [&str; 6] =
    ["quantum", "sam", "pixelpauline", "dr_dataflow", "byteweise", "opsfuchs"];

/// How many members are called just this.
pub(crate) const SAMS: (&str, usize) = ("Sam", 5);

/// Full names that several members share, with how many.
pub(crate) const SHARED: [(&str, usize); 3] =
    [("Anna Schmidt", 3), ("Thomas Müller", 4), ("James Smith", 3)];

/// A pool of names that go together.
struct Pool {
    first: &'static [&'static str],
    last: &'static [&'static str],
}

const GERMAN: Pool = Pool {
    first: &[
        "Anna",
        "Jürgen",
        "Sophie",
        "Björn",
        "Katharina",
        "Lukas",
        "Hans-Peter",
        "Jörg",
        "Käthe",
        "Lena",
        "Moritz",
        "Anne-Marie",
        "Thomas",
        "Ursula",
        "Günther",
        "Miriam",
        "Stefan",
        "Hannah",
        "Emre",
        "Ayşe",
        "Felix",
        "Charlotte",
        "Sebastian",
        "Jana",
        "Tobias",
        "Melike",
        "Ralf",
        "Svenja",
    ],
    last: &[
        "Schmidt",
        "Müller",
        "Weiß",
        "Schäfer",
        "Köhler",
        "Meyer-Landrut",
        "van der Berg",
        "Groß",
        "Hoffmann",
        "Yılmaz",
        "Böhm",
        "Krüger",
        "Lehmann",
        "von Aalen",
        "Kaya",
        "Vogel",
        "Jung",
        "Klein",
        "Brandt",
        "Schulte-Ostermann",
        "Dietrich",
        "Pöschl",
        "Zimmermann",
        "Nowak",
        "Hübner",
        "Fuchs",
    ],
};

const ENGLISH: Pool = Pool {
    first: &[
        "James",
        "Siobhan",
        "Sam",
        "Olivia",
        "Conor",
        "Grace",
        "William",
        "Aoife",
        "Mary-Jane",
        "Daniel",
        "Chloë",
        "George",
        "Niamh",
        "Jack",
        "Emily",
        "Patrick",
        "Zoë",
        "Harper",
        "Tyler",
        "Madison",
        "Logan",
        "Rebecca",
        "Marcus",
        "Latoya",
    ],
    last: &[
        "Smith",
        "O'Connor",
        "Taylor",
        "Murphy",
        "Fitzgerald",
        "Walker",
        "Lloyd-Jones",
        "Baker",
        "Young",
        "Stone",
        "McCarthy",
        "Wright",
        "King",
        "Hughes",
        "Washington",
        "Rivera",
        "Long",
        "Carter",
        "Bell",
        "Brooks",
        "Quinn",
        "Byrne",
    ],
};

const FRENCH: Pool = Pool {
    first: &[
        "Chloé",
        "Étienne",
        "Jean-Luc",
        "Amélie",
        "François",
        "Inès",
        "Théo",
        "Margaux",
        "Benoît",
        "Anaïs",
        "Karim",
        "Solène",
    ],
    last: &[
        "Lefèvre",
        "Dubois",
        "de la Fontaine",
        "Moreau",
        "Gauthier",
        "Bélanger",
        "Roux",
        "Benali",
        "d'Artois",
        "Petit",
        "Tremblay",
        "Côté",
    ],
};

const INDIAN: Pool = Pool {
    first: &[
        "Aarav", "Priya", "Rohan", "Ananya", "Vikram", "Meera", "Arjun", "Kavya", "Sanjay",
        "Lakshmi", "Imran", "Nisha",
    ],
    last: &[
        "Sharma",
        "Patel",
        "Iyer",
        "Reddy",
        "Khan",
        "Mukherjee",
        "Singh",
        "Nair",
        "Das",
        "Kapoor",
        "Joshi",
        "Rao",
    ],
};

const BRAZILIAN: Pool = Pool {
    first: &["João", "Mariana", "Luís", "Fernanda", "Caio", "Letícia", "Antônio", "Beatriz"],
    last: &["da Silva", "Souza", "Conceição", "dos Santos", "Araújo", "Lima", "Gonçalves", "Rocha"],
};

const HONG_KONG: Pool = Pool {
    first: &["Ka Yan", "Wing", "Jason", "Mei Ling", "Chi Wai", "Karen", "Tsz Ching", "Alex"],
    last: &["Chan", "Wong", "Lau", "Cheung", "Ng", "Ho", "Leung", "Kwok"],
};

/// A full name as it is usual in a country; any country that has no pool shares the English one.
pub(crate) fn full_name(chance: &mut Chance, country: Option<&str>) -> String {
    let pool = match country {
        Some("DE" | "CH") => &GERMAN,
        Some("FR") => &FRENCH,
        Some("CA") if chance.percent(40) => &FRENCH,
        Some("IN") => &INDIAN,
        Some("BR") => &BRAZILIAN,
        Some("HK") => &HONG_KONG,
        None if chance.percent(50) => &GERMAN,
        _ => &ENGLISH,
    };
    format!("{} {}", chance.pick(pool.first), chance.pick(pool.last))
}
