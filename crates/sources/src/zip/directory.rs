//! The central directory: what is in the archive, checked before any of it is read.

use std::collections::HashSet;

use policy::Day;

use super::{LINK, NO_FOLDER, Numbers, SharedFile, TWICE, ZipFault, is_name_of_file};

/// A directory longer than this is no member's archive.
const LONGEST_DIRECTORY: u64 = 16 * 1024 * 1024;

/// An entry that says it is longer than this is not read.
const LONGEST_ENTRY: u64 = 64 * 1024 * 1024 * 1024;

/// More bytes out for each byte in than text ever gives: deflate itself ends at about 1,000.
const GREATEST_RATIO: u64 = 250;

/// Entries up to this size may be as dense as they like.
const RATIO_COUNTS_FROM: u64 = 4 * 1024 * 1024;

const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";

/// The end record of 64 bits.
const RECORD_64_LENGTH: u64 = 56;

/// The end record without its comment, and the longest comment.
const END_LENGTH: u64 = 22;
const LONGEST_COMMENT: u64 = 65_535;

/// The hint where an archive did not arrive as it was made.
const BROKEN: &str = "(hint: fetch the archive once more)";

/// What a 32-bit field says when the true value stands in the 64-bit extension.
const ELSEWHERE: u32 = u32::MAX;

/// One file of an archive.
#[derive(Debug, Clone)]
pub(crate) struct ZipEntry {
    /// The path, with `/` between folders; never absolute, never upwards.
    pub(crate) name: String,
    /// Bytes once it is unpacked.
    pub(crate) size: u64,
    /// The day of its last change, where there is one.
    pub(crate) changed: Option<Day>,
    pub(super) is_deflated: bool,
    pub(super) checksum: u32,
    pub(super) packed: u64,
    pub(super) data_start: u64,
    header_start: u64,
}

/// The files of an archive in the order of the directory; folders are left out.
pub(crate) fn read_directory(file: &SharedFile) -> Result<Vec<ZipEntry>, ZipFault> {
    let length = file.length()?;
    let Place { start, length: directory_length } = find_directory(file, length)?;
    if directory_length > LONGEST_DIRECTORY {
        return Err(of_archive(
            "its directory is longer than 16 MiB (hint: no member has so many files)",
        ));
    }
    let bytes = file.bytes_at(start, usize::try_from(directory_length).unwrap_or(usize::MAX))?;
    let mut numbers = Numbers(&bytes);
    let mut entries = Vec::new();
    while !numbers.0.is_empty() {
        let cut = || of_archive(&format!("its directory is cut short {BROKEN}"));
        let header = read_header(&mut numbers).ok_or_else(cut)?;
        entries.extend(header.check()?);
    }
    let mut names = HashSet::new();
    for entry in &mut entries {
        if !names.insert(entry.name.to_lowercase()) {
            return Err(of_entry(&entry.name, TWICE));
        }
        entry.data_start = find_data(file, entry)?;
    }
    check_places(&entries, start)?;
    Ok(entries)
}

/// Where the directory lies.
struct Place {
    start: u64,
    length: u64,
}

fn find_directory(file: &SharedFile, length: u64) -> Result<Place, ZipFault> {
    let no_zip = || of_archive(&format!("is no ZIP archive, or it is cut short {BROKEN}"));
    let tail_length = length.min(END_LENGTH + LONGEST_COMMENT);
    let tail_start = length - tail_length;
    let tail = file.bytes_at(tail_start, usize::try_from(tail_length).unwrap_or(0))?;
    let ends: Vec<_> = memchr::memmem::rfind_iter(&tail, &END)
        .filter_map(|at| Some((at, bytes_behind(tail.get(at..)?)?)))
        .collect();
    let at = match (ends.iter().find(|(_, behind)| *behind == 0), ends.first()) {
        (Some((at, _)), _) => *at,
        (None, Some((_, behind))) => {
            let what = format!("has {behind} other bytes behind its end {BROKEN}");
            return Err(of_archive(&what));
        }
        (None, None) => return Err(no_zip()),
    };
    let end_start = tail_start + at as u64;
    let mut end = Numbers(tail.get(at + 4..).unwrap_or_default());
    let read = |end: &mut Numbers<'_>| {
        let disks = (end.two()?, end.two()?);
        let entries = (end.two()?, end.two()?);
        Some((disks, entries, end.four()?, end.four()?))
    };
    let (disks, entries, size, start) = read(&mut end).ok_or_else(no_zip)?;
    let place = if start == ELSEWHERE || size == ELSEWHERE || entries.1 == u16::MAX {
        find_directory_64(file, end_start)?.ok_or_else(no_zip)?
    } else if disks != (0, 0) || entries.0 != entries.1 {
        return Err(of_archive("is a part of a divided archive (hint: put the parts together)"));
    } else {
        Place { start: u64::from(start), length: u64::from(size) }
    };
    let end = place.start.checked_add(place.length).filter(|end| *end <= end_start);
    let before = end_start - end.ok_or_else(no_zip)?;
    if place.length > 0
        && !stands_at(file, place.start, CENTRAL)
        && stands_at(file, place.start + before, CENTRAL)
    {
        return Err(bytes_before(before));
    }
    Ok(place)
}

/// How many bytes stand behind an end record and its comment; `None` if it is cut short.
fn bytes_behind(bytes: &[u8]) -> Option<usize> {
    let mut numbers = Numbers(bytes);
    let comment = numbers.bytes(20).and_then(|_| numbers.two())?;
    numbers.0.len().checked_sub(usize::from(comment))
}

/// The fault of an archive in which everything stands so much later than it says.
fn bytes_before(count: u64) -> ZipFault {
    of_archive(&format!("has {count} other bytes before its first entry {BROKEN}"))
}

fn stands_at(file: &SharedFile, offset: u64, signature: [u8; 4]) -> bool {
    file.bytes_at(offset, signature.len()).is_ok_and(|found| found == signature)
}

fn find_directory_64(file: &SharedFile, end_start: u64) -> Result<Option<Place>, ZipFault> {
    let Some(locator_start) = end_start.checked_sub(20) else { return Ok(None) };
    let locator = file.bytes_at(locator_start, 20)?;
    let mut numbers = Numbers(&locator);
    if numbers.bytes(4) != Some(&LOCATOR_64) || numbers.four() != Some(0) {
        return Ok(None);
    }
    let Some(start) = numbers.eight().filter(|start| *start <= locator_start) else {
        return Ok(None);
    };
    if let Some(found) = locator_start.checked_sub(RECORD_64_LENGTH).filter(|at| *at > start)
        && !stands_at(file, start, END_64)
        && stands_at(file, found, END_64)
    {
        return Err(bytes_before(found - start));
    }
    let record = match file.bytes_at(start, 56) {
        Ok(record) => record,
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut numbers = Numbers(&record);
    let place = (numbers.bytes(4) == Some(&END_64))
        .then(|| numbers.bytes(36))
        .flatten()
        .and_then(|_| Some(Place { length: numbers.eight()?, start: numbers.eight()? }));
    Ok(place)
}

/// One header of the directory, as it stands there.
struct Header {
    name: String,
    made_by: u16,
    flags: u16,
    method: u16,
    date: u16,
    checksum: u32,
    packed: u64,
    size: u64,
    attributes: u32,
    start: u64,
}

fn read_header(numbers: &mut Numbers<'_>) -> Option<Header> {
    if numbers.bytes(4)? != CENTRAL {
        return None;
    }
    let (made_by, _needed, flags, method) =
        (numbers.two()?, numbers.two()?, numbers.two()?, numbers.two()?);
    let (_time, date, checksum) = (numbers.two()?, numbers.two()?, numbers.four()?);
    let (packed, size) = (numbers.four()?, numbers.four()?);
    let (name, extra, comment) = (numbers.two()?, numbers.two()?, numbers.two()?);
    let (_disk, _inner, attributes, start) =
        (numbers.two()?, numbers.two()?, numbers.four()?, numbers.four()?);
    let name = String::from_utf8_lossy(numbers.bytes(name.into())?).replace('\\', "/");
    let extra = numbers.bytes(extra.into())?;
    numbers.bytes(comment.into())?;
    let [size, packed, start] = widen(extra, [size, packed, start])?;
    Some(Header { name, made_by, flags, method, date, checksum, packed, size, attributes, start })
}

/// The true values of size, packed size and start, where the fields are too narrow for them.
fn widen(extra: &[u8], narrow: [u32; 3]) -> Option<[u64; 3]> {
    let mut wide = narrow.map(u64::from);
    if !narrow.contains(&ELSEWHERE) {
        return Some(wide);
    }
    let mut fields = Numbers(extra);
    loop {
        let (tag, length) = (fields.two()?, fields.two()?);
        let mut content = Numbers(fields.bytes(length.into())?);
        if tag == 1 {
            for (wide, narrow) in wide.iter_mut().zip(narrow) {
                if narrow == ELSEWHERE {
                    *wide = content.eight()?;
                }
            }
            return Some(wide);
        }
    }
}

impl Header {
    /// The file that the header is of; `None` for a folder.
    fn check(self) -> Result<Option<ZipEntry>, ZipFault> {
        let Self { name, made_by, flags, method, date, checksum, packed, size, attributes, start } =
            self;
        let wrong = |what: &str| Err(of_entry(&name, what));
        if name.contains('\0') {
            return wrong(
                "has a zero byte in its name (hint: other programs see another name there)",
            );
        }
        if !is_inside(&name) {
            return wrong("leads out of the archive (hint: it was made to overwrite other files)");
        }
        if let Some((folder, file)) = name.rsplit_once('/') {
            if folder.split('/').any(is_name_of_file) {
                return wrong(NO_FOLDER);
            }
            if file.is_empty() {
                return Ok(None);
            }
        }
        // 3 is Unix, whose file modes stand in the upper half of the attributes.
        if made_by >> 8 == 3 && (attributes >> 16) & 0o170_000 == 0o120_000 {
            return wrong(LINK);
        }
        if flags & 1 != 0 {
            return wrong("is encrypted (hint: unpack the archive with its password first)");
        }
        if !matches!(method, 0 | 8) {
            return wrong("is packed in a way that is not read (hint: pack it anew with deflate)");
        }
        if size > LONGEST_ENTRY {
            return wrong("says that it is longer than 64 GiB (hint: no table of a member is)");
        }
        if size > RATIO_COUNTS_FROM && size / GREATEST_RATIO > packed {
            return wrong(
                "is packed more than 250 to 1: a bomb, not data (hint: text is packed 10 to 1; \
                 unpack nothing of it)",
            );
        }
        if method == 0 && size != packed {
            return wrong(&format!("says two different lengths {BROKEN}"));
        }
        let (is_deflated, changed) = (method == 8, day(date));
        let data_start = 0;
        let header_start = start;
        Ok(Some(ZipEntry {
            name,
            size,
            changed,
            is_deflated,
            checksum,
            packed,
            data_start,
            header_start,
        }))
    }
}

/// Whether a path stays inside of what is unpacked, on every system.
fn is_inside(name: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "." | "..") && !part.contains(':');
    let path = name.strip_suffix('/').unwrap_or(name);
    !path.is_empty() && path.split('/').all(|part| !part.is_empty() && is_plain(part))
}

/// A date of MS-DOS: years since 1980, month, day.
fn day(date: u16) -> Option<Day> {
    let (year, month, day) = (1980 + (date >> 9), (date >> 5) & 15, date & 31);
    format!("{year:04}-{month:02}-{day:02}").parse().ok().filter(|_| date != (1 << 5 | 1))
}

/// The first byte of an entry's data, behind its own header.
fn find_data(file: &SharedFile, entry: &ZipEntry) -> Result<u64, ZipFault> {
    let wrong = || misplaced(entry);
    let header = file.bytes_at(entry.header_start, 30).map_err(|_| wrong())?;
    let mut numbers = Numbers(&header);
    let is_local = numbers.bytes(4) == Some(&LOCAL);
    let lengths = numbers.bytes(22).and_then(|_| Some((numbers.two()?, numbers.two()?)));
    let (name, extra) = lengths.filter(|_| is_local).ok_or_else(wrong)?;
    Ok(entry.header_start + 30 + u64::from(name) + u64::from(extra))
}

/// No two entries share bytes: such archives unpack to any multiple of their length.
fn check_places(entries: &[ZipEntry], directory_start: u64) -> Result<(), ZipFault> {
    let mut places: Vec<_> = entries
        .iter()
        .map(|entry| (entry.header_start, entry.data_start.saturating_add(entry.packed), entry))
        .collect();
    places.sort_by_key(|(start, end, _)| (*start, *end));
    let mut free_from = 0;
    for (start, end, entry) in places {
        if start < free_from {
            let what = "lies over another entry: a bomb, not data (hint: unpack nothing of it)";
            return Err(of_entry(&entry.name, what));
        }
        if end > directory_start {
            return Err(misplaced(entry));
        }
        free_from = end;
    }
    Ok(())
}

fn misplaced(entry: &ZipEntry) -> ZipFault {
    of_entry(&entry.name, &format!("does not stand where the directory says {BROKEN}"))
}

fn of_archive(what: &str) -> ZipFault {
    ZipFault::Wrong { entry: None, what: what.to_owned() }
}

fn of_entry(name: &str, what: &str) -> ZipFault {
    ZipFault::Wrong { entry: Some(name.to_owned()), what: what.to_owned() }
}
