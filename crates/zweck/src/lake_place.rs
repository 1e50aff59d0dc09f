//! Where the lake lies: in the state folder, or in a bucket that the configuration names.

use std::path::Path;

use anyhow::{Context, ensure};
use audit::LakePlace;
use lake::{Lake, Place};

use crate::config::LakeSection;

/// The folder of the lake in a state folder.
const FOLDER: &str = "lake";

impl LakeSection {
    /// The place of the lake of a state folder.
    pub(crate) fn place(&self, state: &Path) -> anyhow::Result<Place> {
        let settings = self.settings();
        let Some(url) = &self.url else {
            ensure!(
                settings.is_empty(),
                "`[lake]` says how to reach a bucket, and no bucket (hint: \
                 url = \"s3://BUCKET/PREFIX\")"
            );
            return Ok(Place::parse(&state.join(FOLDER).to_string_lossy())?);
        };
        ensure!(
            url.starts_with("s3://"),
            "`[lake] url` is not of the form s3://BUCKET/PREFIX (hint: without it the lake is a \
             folder of the state)"
        );
        let place = Place::parse(url).context("reading `[lake] url`")?;
        let settings = settings.iter().map(|(key, value)| (*key, value.as_str()));
        Ok(place.with(settings)?)
    }

    /// The same place for a look from outside.
    pub(crate) fn audited(&self, state: &Path) -> LakePlace {
        let settings = self.settings().into_iter();
        match &self.url {
            None => LakePlace::Folder(state.join(FOLDER)),
            Some(url) => LakePlace::Bucket {
                url: url.clone(),
                settings: settings.map(|(key, value)| (key.to_owned(), value)).collect(),
            },
        }
    }

    /// What is said about the bucket, by the names that `object_store` has for it.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let allow_http = self.allow_http.then(|| "true".to_owned());
        let said = [
            // one for S3 alone goes before any other that the environment names
            ("aws_endpoint_url_s3", self.endpoint.clone()),
            ("region", self.region.clone()),
            ("allow_http", allow_http),
        ];
        said.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

/// Whether anything was ever imported into the lake of a state folder. A folder with rows beside a
/// bucket that is named is an error: nobody would see them any more.
pub(crate) async fn has_lake(state: &Path, place: &Place) -> anyhow::Result<bool> {
    let own = Place::Folder(state.join(FOLDER));
    if matches!(place, Place::Bucket(_)) {
        ensure!(
            !Lake::is_begun(&own).await?,
            "there is a lake in `{own}`, and `[lake] url` names `{place}` (hint: `zweck backup`, \
             and with this configuration `zweck restore` into another state folder)"
        );
    }
    Ok(Lake::is_begun(place).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str) -> LakeSection {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_bucket_is_one_line_and_a_folder_is_none() {
        let check = |text: &str, expected: &str| {
            let shown = match section(text).place(Path::new("/state")) {
                Ok(place) => place.to_string(),
                Err(error) => format!("{error:#}"),
            };
            assert!(shown.contains(expected), "{text}: {shown}");
        };
        check("", "/state/lake");
        check("url = 's3://bucket/some/lake'", "s3://bucket/some/lake");
        check("url = 's3://bucket'\nregion = 'eu-central-1'\nallow_http = true", "s3://bucket/");
        check("region = 'eu-central-1'", "and no bucket");
        check("url = '/var/lake'", "not of the form s3://BUCKET/PREFIX");
        check("url = 's3://key:secret@bucket'", "credentials do not belong there");
    }

    #[test]
    fn a_secret_has_no_key() {
        for key in ["secret_access_key", "access_key_id", "session_token", "profile"] {
            let text = format!("url = 's3://bucket'\n{key} = 'x'");
            assert!(toml::from_str::<LakeSection>(&text).is_err(), "{key}");
        }
    }
}
