//! Arrow's formats, read without belief in the lengths that a file claims: memory is taken for
//! bytes that are there.

use std::io::{Read, Seek, SeekFrom};

use arrow::{
    array::RecordBatch,
    buffer::Buffer,
    datatypes::{Schema, SchemaRef},
    error::ArrowError,
    ipc::{
        Block,
        reader::{StreamDecoder, read_footer_length},
        root_as_footer,
    },
};

/// How much is read at once, in bytes.
const PIECE: u64 = 1 << 20;

/// How the file format ends: the length of the footer, and six letters.
const END: i64 = 10;

/// The batches of the stream format.
pub(crate) struct Stream<R> {
    bytes: R,
    decoder: StreamDecoder,
    piece: Buffer,
    /// The batch that came with the schema.
    first: Option<RecordBatch>,
}

impl<R: Read> Stream<R> {
    /// Reads as far as the schema.
    pub(crate) fn open(bytes: R) -> Result<Self, ArrowError> {
        let (decoder, piece) = (StreamDecoder::new(), Buffer::from(Vec::<u8>::new()));
        let mut stream = Self { bytes, decoder, piece, first: None };
        while stream.decoder.schema().is_none() {
            stream.first = stream.decode()?;
            if stream.first.is_none() && !stream.read_piece()? {
                stream.decoder.finish()?;
                return Err(fault("the stream ends before its schema"));
            }
        }
        Ok(stream)
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.decoder.schema().unwrap_or_else(|| Schema::empty().into())
    }

    /// The next batch of the piece that was read.
    fn decode(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let decoded = self.decoder.decode(&mut self.piece);
        // rows that readers pass over are there all the same
        let is_behind_end = decoded.is_err() && self.decoder.finish().is_ok();
        if is_behind_end {
            Err(fault("something stands behind the end of the stream"))
        } else {
            decoded
        }
    }

    /// Looks whether the stream ends with its mark. The format allows a stream to end without, but
    /// a file that does looks like one that was cut between two batches.
    fn check_end(&mut self) -> Result<(), ArrowError> {
        self.decoder.finish()?;
        // only behind the mark does the decoder refuse a byte
        let is_marked = self.decoder.decode(&mut Buffer::from(vec![0_u8])).is_err();
        is_marked
            .then_some(())
            .ok_or_else(|| fault("the stream is cut short: its end is not marked"))
    }

    /// Whether there is one more piece.
    fn read_piece(&mut self) -> Result<bool, ArrowError> {
        let mut piece = Vec::new();
        (&mut self.bytes).take(PIECE).read_to_end(&mut piece)?;
        self.piece = Buffer::from(piece);
        Ok(!self.piece.is_empty())
    }

    fn try_next(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        loop {
            if let Some(batch) = self.decode()? {
                return Ok(Some(batch));
            }
            if !self.read_piece()? {
                self.check_end()?;
                return Ok(None);
            }
        }
    }
}

impl<R: Read> Iterator for Stream<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.try_next().transpose()
    }
}

/// Looks whether every block that the footer of the file format names fits into the file.
pub(crate) fn check_blocks(bytes: &mut (impl Read + Seek)) -> Result<(), ArrowError> {
    let length = bytes.seek(SeekFrom::End(0))?;
    bytes.seek(SeekFrom::End(-END))?;
    let mut end = [0; END as usize];
    bytes.read_exact(&mut end)?;
    let footer_length = read_footer_length(end)? as u64;
    let start = length.checked_sub(footer_length + end.len() as u64);
    let start = start.ok_or_else(|| too_long("footer"))?;
    bytes.seek(SeekFrom::Start(start))?;
    let mut footer = Vec::new();
    bytes.take(footer_length).read_to_end(&mut footer)?;
    let footer =
        root_as_footer(&footer).map_err(|error| ArrowError::ParseError(error.to_string()))?;
    let blocks = [footer.recordBatches(), footer.dictionaries()];
    let fits = |block: &Block| {
        let parts = [block.offset(), i64::from(block.metaDataLength()), block.bodyLength()];
        let end = parts.into_iter().try_fold(0_u64, |end, part| {
            u64::try_from(part).ok().and_then(|part| end.checked_add(part))
        });
        end.is_some_and(|end| end <= length)
    };
    match blocks.into_iter().flatten().flatten().all(fits) {
        true => Ok(()),
        false => Err(too_long("block")),
    }
}

fn too_long(what: &str) -> ArrowError {
    fault(&format!("a {what} is longer than the file"))
}

fn fault(what: &str) -> ArrowError {
    ArrowError::IpcError(what.to_owned())
}
