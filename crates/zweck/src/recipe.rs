use std::path::Path;

use anyhow::Context;
use corpus::Recipe;

/// The recipe that holds if none is named, with what each line means; `zweck recipe show` prints
/// it.
pub(crate) const COMMENTED: &str = "\
# What is done to texts on their way into a corpus. Everything here is optional and shown with its
# default. A corpus keeps its recipe in its manifest, and follows removals by it.

# The language of a text is told from its words.
[language]
# Only texts in these languages stay, by their BCP 47 codes; without a list, texts in any.
# only = [\"de\", \"en\"]
# Whether texts stay whose language cannot be told: a few words, names, code.
keep-undetermined = true

# How texts are made clean before anything else: what was read in the wrong encoding, escapes and
# markup of HTML, letters in disguise and what nobody sees. `false` switches a rule off. Names of people
# who objected are looked for once more in what was made clean.
[normalisation]
# Files that are written into texts as letters, `data:text/calendar;base64,…`: the letters go.
embedded-data = true
mojibake = true
character-references = true
# HTML and BBCode; code and Markdown stay.
markup = true
styled-letters = true
composition = true
hyphenation = true
invisible = true
spaces = true

# Personal data in texts, by kind: `mask` puts the kind in its place, `[email]`; `pseudonym` puts the
# kind and a keyed number there, the same for the same address or number, `[email 7f3a90c2]`; `drop`
# leaves the whole text out; `keep` lets it stand. Names of people who objected are masked before any
# recipe is asked.
[redaction]
email = \"mask\"
# In international form, or as it is written in Germany, Austria, Switzerland, North America and,
# after a word like `Tel.`, anywhere.
phone = \"mask\"
# With right check digits.
iban = \"mask\"
# Of a known network or called a card's, with a right check digit.
card = \"mask\"
# But for addresses of private networks and of a machine itself.
ip = \"mask\"
# Tokens, keys, passwords and addresses within a URL that stays. They cannot be kept.
url-token = \"mask\"
# Whole URLs.
url = \"keep\"
# A street and its number, with postal code and town, in German and English.
postal-address = \"mask\"

# Rules of thumb that a text must keep to, each by its name: a number is its limit, `false` switches it
# off. `preset` says which hold that are not named here: `network`, made for the short texts of a
# network, `web`, those of Gopher, C4 and FineWeb for web pages, or `off`. `zweck recipe show --json`
# lists every rule with its limit.
[quality]
# preset = \"network\"
# too-few-words = 3

# Of texts with the same words one stands for all.
[duplicates]
# Whether one stands for texts with nearly the same words, too.
near = true
# When two texts are nearly the same: by MinHash over so many words in a row, if they have all rows of
# any band in common. With these numbers half of the pairs with 82 % in common are, 93 % of those with
# 90 %, and one in a thousand with 50 %.
[duplicates.minhash]
shingle-words = 5
bands = 9
rows-in-band = 13
";

/// The recipe in a file; without one, the default.
pub(crate) fn find(file: Option<&Path>) -> anyhow::Result<Recipe> {
    let Some(path) = file else { return Ok(Recipe::default()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("reading the recipe `{}`", path.display()))?;
    toml::from_str(&text).with_context(|| {
        format!("in the recipe `{}` (hint: `zweck recipe show` prints a whole one)", path.display())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_recipe_is_the_default() {
        assert_eq!(toml::from_str::<Recipe>(COMMENTED).unwrap(), Recipe::default());
        for kind in text::personal_data::Kind::ALL {
            assert!(COMMENTED.contains(&format!("\n{kind} = \"")), "{kind}");
        }
    }

    #[test]
    fn what_no_recipe_says_is_refused() {
        for text in [
            "[redactions]",
            "[redaction]\nname = 'mask'",
            "[redaction]\nemail = 'hide'",
            "[redaction]\nurl-token = 'keep'",
            "[language]\nonly = ['de-AT']",
        ] {
            assert!(toml::from_str::<Recipe>(text).is_err(), "{text}");
        }
    }
}
