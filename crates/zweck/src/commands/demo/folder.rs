use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

/// Says that a folder is a demo's, and may be deleted by the next one.
const MARK: &str = ".zweck-demo";
const MARK_TEXT: &str = "This folder was made by `zweck demo`, and the next demo deletes it.\n";

/// Where the demo keeps its state.
pub(super) fn state_in(folder: &Path) -> PathBuf {
    folder.join("state")
}

/// Makes the folder, deleting what an earlier demo left there, and nothing else.
pub(super) fn make_anew(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    match fs::symlink_metadata(folder) {
        Err(_) => {}
        Ok(found) if found.is_dir() && folder.join(MARK).is_file() => {
            fs::remove_dir_all(folder)
                .with_context(|| format!("deleting the earlier demo in `{shown}`"))?;
        }
        Ok(found) if found.is_dir() && is_empty(folder)? => {}
        Ok(_) => bail!(
            "`{shown}` was not made by a demo, so it is left alone (hint: --keep names another)"
        ),
    }
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(folder.join(MARK), MARK_TEXT))
        .with_context(|| format!("making the folder `{shown}`"))
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    let mut entries =
        fs::read_dir(folder).with_context(|| format!("reading `{}`", folder.display()))?;
    Ok(entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demos_own_folder_is_deleted() {
        let root = tempfile::tempdir().unwrap();
        let (own, strange) = (root.path().join("own"), root.path().join("strange"));
        make_anew(&own).unwrap();
        fs::write(own.join("old"), "").unwrap();
        make_anew(&own).unwrap();
        assert!(!own.join("old").exists());
        fs::create_dir(&strange).unwrap();
        fs::write(strange.join("thesis"), "").unwrap();
        assert!(make_anew(&strange).is_err());
        assert!(strange.join("thesis").exists());
    }
}
