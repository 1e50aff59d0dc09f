//! What names and manifests say of an archive: whose it is, when it was made, whether it is all.

use std::{collections::BTreeSet, io::Read, path::Path};

use policy::Day;

use super::{
    archive::Archive,
    files::{self, Form, Use},
    returned::{FORMAT, LONGEST_MANIFEST, MANIFEST, Manifest},
};
use crate::SourcesError;

/// What stands before the date in the names of archives, in lower case.
const EXPORT: &str = "linkedindataexport_";

/// Shorter numbers behind the names of files count the parts of a long table.
pub(super) const SHORTEST_MEMBER: usize = 5;

/// What an archive says of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The external id of the member.
    pub(super) member: Option<String>,
    /// The same, where it is beyond doubt that it is an id of this source.
    pub(super) is_surely: Option<String>,
    /// The source and external id that it names, where the source is another.
    pub(super) elsewhere: Option<(String, String)>,
    /// The day on which it was made.
    pub(super) made: Option<Day>,
    /// Whether a file that is not there had no rows.
    pub(super) is_complete: bool,
}

impl Said {
    pub(super) fn of(
        path: &Path,
        archive: &Archive,
        manifest: Option<&Manifest>,
        source: &str,
    ) -> Result<Self, SourcesError> {
        if let Some(Manifest { format: _, source: of, member, made }) = manifest {
            let is_surely = (of == source).then(|| member.clone());
            let elsewhere = (of != source).then(|| (of.clone(), member.clone()));
            let (member, made) = (is_surely.clone(), Some(*made));
            return Ok(Self { member, is_surely, elsewhere, made, is_complete: true });
        }
        let mut names = vec![path.file_name().unwrap_or_default().to_string_lossy().into_owned()];
        let folders = archive.files.iter().filter_map(|file| file.name.split_once('/'));
        names.extend(folders.map(|(folder, _)| folder.to_owned()).take(1));
        let named = names.iter().find_map(|name| of_name(name));
        let changed = || archive.files.iter().filter_map(|file| file.changed).max();
        let (made, is_complete) = match named {
            Some((made, is_complete)) => (Some(made), is_complete),
            None => (changed(), false),
        };
        Ok(Self { member: member_of(archive)?, made, is_complete, ..Self::default() })
    }
}

/// The manifest, if the archive is one of ours.
pub(super) fn manifest(archive: &Archive) -> Result<Option<Manifest>, SourcesError> {
    let Some(file) = archive.of_ours(MANIFEST) else { return Ok(None) };
    let mut text = String::new();
    let read = archive.read(file)?.take(LONGEST_MANIFEST).read_to_string(&mut text);
    read.map_err(|source| archive.failed(MANIFEST, source))?;
    match serde_json::from_str::<Manifest>(&text) {
        Ok(manifest) if manifest.format == FORMAT => Ok(Some(manifest)),
        Ok(_) => Err(archive.wrong(Some(MANIFEST), "is of a later version of Zweck")),
        Err(_) => Err(archive.wrong(
            Some(MANIFEST),
            "is not as Zweck writes it (hint: without the folder `Zweck` the rest is read as an \
             archive of LinkedIn)",
        )),
    }
}

/// The day in a name such as `Complete_LinkedInDataExport_03-05-2026.zip`, and whether the
/// archive is complete.
fn of_name(name: &str) -> Option<(Day, bool)> {
    let name = name.to_lowercase();
    let at = name.find(EXPORT)?;
    let date = name.get(at + EXPORT.len()..)?.get(..10)?;
    let (month, rest) = date.split_once('-')?;
    let (day, year) = rest.split_once('-')?;
    let day = format!("{year}-{month}-{day}").parse().ok()?;
    Some((day, name.get(..at)?.ends_with("complete_")))
}

/// The number that newer archives append to the names of some files.
fn member_of(archive: &Archive) -> Result<Option<String>, SourcesError> {
    let mut members = BTreeSet::new();
    for file in &archive.files {
        let stem = file.name.rsplit('/').next().unwrap_or_default();
        let Some((stem, ending)) = stem.rsplit_once('.') else { continue };
        if !ending.eq_ignore_ascii_case("csv") {
            continue;
        }
        if let Some((known, Some(digits))) = files::find(stem)
            && matches!(
                known.purpose,
                Use::Read(
                    Form::Shares
                        | Form::Comments
                        | Form::Reactions
                        | Form::MemberFollows
                        | Form::HashtagFollows
                )
            )
            && digits.len() >= SHORTEST_MEMBER
        {
            members.insert(digits);
        }
    }
    if members.len() > 1 {
        let what = "names two members in its files (hint: one archive at a time)";
        return Err(archive.wrong(None, what));
    }
    Ok(members.pop_first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_archives() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let table = [
            ("Complete_LinkedInDataExport_03-05-2026.zip", Some((day("2026-03-05"), true))),
            ("Basic_LinkedInDataExport_03-05-2026", Some((day("2026-03-05"), false))),
            ("LinkedInDataExport_03-05-2026 (1).zip", Some((day("2026-03-05"), false))),
            ("Complete_LinkedInDataExport_13-45-2026", None),
            ("export.zip", None),
        ];
        for (name, expected) in table {
            assert_eq!(of_name(name), expected, "{name}");
        }
    }
}
