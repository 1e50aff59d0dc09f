use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::zip::ZipWriter;

/// A folder or a ZIP file that gets its name once it is complete.
pub(super) struct Sink {
    out: PathBuf,
    unfinished: PathBuf,
    kind: Kind,
}

enum Kind {
    Folder,
    Zip(ZipWriter<BufWriter<File>>),
}

impl Sink {
    pub(super) fn create(out: &Path) -> io::Result<Self> {
        if out.symlink_metadata().is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something is there already"));
        }
        let mut name = out.file_name().map(OsString::from).unwrap_or_default();
        name.push(".unfinished");
        let unfinished = out.with_file_name(name);
        // What an export that was cut off left behind.
        if unfinished.is_dir() {
            fs::remove_dir_all(&unfinished)?;
        }
        let is_zip = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        let kind = if is_zip {
            Kind::Zip(ZipWriter::new(BufWriter::new(private_file(&unfinished)?)))
        } else {
            private_folder(&unfinished)?;
            Kind::Folder
        };
        Ok(Self { out: out.to_owned(), unfinished, kind })
    }

    pub(super) fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        match &mut self.kind {
            Kind::Zip(writer) => writer.entry(name, content),
            Kind::Folder => {
                let path = self.unfinished.join(name);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                let mut file = private_file(&path)?;
                file.write_all(content)?;
                file.sync_all()
            }
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        if let Kind::Zip(writer) = self.kind {
            let file = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        fs::rename(&self.unfinished, &self.out)
    }
}

/// A file that only its owner reads: it holds what nobody else may see.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
