use std::{fmt, path::PathBuf, time::Duration};

use object_store::{
    RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut},
    client::SpawnedReqwestConnector,
    path::Path as Prefix,
};
use tokio::runtime::Handle;
use url::Url;

use crate::{LakeError, Result};

/// For how long a request is tried again.
const GIVE_UP: Duration = Duration::from_secs(60);

/// Where a lake lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of S3, or of a service that speaks its protocol.
    Bucket(Bucket),
}

/// A part of a bucket.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    name: String,
    prefix: Prefix,
    settings: Vec<(AmazonS3ConfigKey, String)>,
}

impl Place {
    /// Reads a folder, a `file:` URL or `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// If it is none of these, or an `s3:` URL says more than where: credentials, say.
    pub fn parse(location: &str) -> Result<Self> {
        let wrong = |reason| LakeError::Location { location: without_secret(location), reason };
        if !location.contains("://") {
            let folder = std::path::absolute(location);
            return folder.map(Self::Folder).map_err(LakeError::file("resolving", location));
        }
        let url = Url::parse(location).map_err(|_| wrong("it is not a valid URL"))?;
        match url.scheme() {
            "file" => {
                let folder = url.to_file_path().map_err(|()| wrong("it names no folder"))?;
                Ok(Self::Folder(folder))
            }
            "s3" => Bucket::of(&url).map(Self::Bucket).map_err(wrong),
            _ => Err(wrong("a lake lies in a folder or at an s3: URL")),
        }
    }

    /// The same place with settings for requests, by the names that `object_store` has for them:
    /// `endpoint`, `region`, `allow_http`. They go before the environment's `AWS_…`; a folder
    /// needs none.
    ///
    /// # Errors
    /// If there is no such setting.
    pub fn with<'a>(
        mut self,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self> {
        let Self::Bucket(bucket) = &mut self else { return Ok(self) };
        for (name, value) in settings {
            let key = name.parse().map_err(LakeError::object("setting", name))?;
            bucket.settings.push((key, value.to_owned()));
        }
        Ok(self)
    }
}

impl Bucket {
    fn of(url: &Url) -> Result<Self, &'static str> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err("credentials do not belong there (hint: AWS_ACCESS_KEY_ID and \
                        AWS_SECRET_ACCESS_KEY)");
        }
        if url.query().is_some() || url.fragment().is_some() || url.port().is_some() {
            return Err("it says more than s3://BUCKET/PREFIX");
        }
        let name = url.host_str().filter(|name| !name.is_empty()).ok_or("it names no bucket")?;
        let prefix = Prefix::from_url_path(url.path()).map_err(|_| "its prefix is no path")?;
        Ok(Self { name: name.to_owned(), prefix, settings: Vec::new() })
    }

    /// Where the lake begins within the bucket.
    pub(crate) fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// The whole bucket, all requests to which are made on the given runtime.
    pub(crate) fn connect(&self, requests: Handle) -> object_store::Result<AmazonS3> {
        let mut builder = AmazonS3Builder::from_env();
        for (key, value) in &self.settings {
            if *key == AmazonS3ConfigKey::Endpoint {
                // an endpoint for S3 alone goes before this one, and may stand in the environment
                builder = builder.with_config(AmazonS3ConfigKey::S3Endpoint, value);
            }
            builder = builder.with_config(*key, value);
        }
        builder
            .with_bucket_name(&self.name)
            // two writers are kept apart by it, so it is not for the environment to say
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_http_connector(SpawnedReqwestConnector::new(requests))
            .with_retry(RetryConfig { retry_timeout: GIVE_UP, ..RetryConfig::default() })
            .build()
    }

    /// The URL of a folder of the lake.
    pub(crate) fn url_of(&self, folder: &str) -> Result<Url> {
        let path = self.prefix.clone().join(folder);
        let location = format!("s3://{}/{path}/", self.name);
        let reason = "it is not a valid URL";
        Url::parse(&location).map_err(|_| LakeError::Location { location, reason })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

/// Settings can hold a secret, so they are not shown.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A location that may be shown: what stands before an `@` does not belong there.
fn without_secret(location: &str) -> String {
    match (location.split_once("://"), location.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => location.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_says_where_and_nothing_else() {
        let check = |location: &str, expected: &str| {
            let shown = match Place::parse(location) {
                Ok(place) => place.to_string(),
                Err(error) => error.to_string(),
            };
            assert!(shown.contains(expected), "{location}: {shown}");
            assert!(!shown.contains("secret"), "{shown}");
        };
        check("/var/lake", "/var/lake");
        check("file:///var/lake", "/var/lake");
        check("s3://bucket/some/lake/", "s3://bucket/some/lake");
        check("s3://bucket", "s3://bucket/");
        check("s3:///lake", "it names no bucket");
        check("s3://key:secret@bucket/lake", "credentials do not belong there");
        check("s3://bucket/lake?key=1", "it says more than");
        check("gs://bucket/lake", "a folder or at an s3: URL");
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        let place = Place::parse("s3://bucket/lake").unwrap();
        assert!(place.clone().with([("region", "eu-central-1")]).is_ok());
        assert!(place.with([("colour", "blue")]).is_err());
    }
}
