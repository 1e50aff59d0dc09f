//! Keeps of a batch the rows that nothing speaks against.
//!
//! A filter that asks each bit of a bitmap by itself takes as long as the whole decision. Here the
//! bits of 64 rows are put together at once, by steps that are worked out once for all columns
//! (Henry S. Warren, *Hacker's Delight*, second edition, 7–4: compress).
#![expect(
    unsafe_code,
    reason = "to check again every text that was chosen, and every place where it is looked up, \
              costs more than the decision"
)]

use std::{ptr, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray, RecordBatch,
        RecordBatchOptions, StringViewArray,
    },
    buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer},
    compute,
    datatypes::{ArrowNativeType, DataType, Int64Type},
    error::ArrowError,
};

/// Bits in a word.
const WORD: usize = u64::BITS as usize;

/// Which rows of a batch pass.
#[derive(Debug)]
pub(crate) struct Sieve {
    rows: usize,
    /// The places of the rows that pass, in order.
    kept: Vec<u32>,
    words: Vec<Word>,
}

/// Which of 64 rows pass, and how their bits come together.
#[derive(Debug, Clone, Copy)]
struct Word {
    passes: u64,
    /// Which bits move by 1, 2, 4, 8, 16 and 32 places.
    moves: [u64; 6],
}

impl Sieve {
    /// Lets the rows pass whose value is 0; shows every other value to `refused`.
    pub(crate) fn of(reasons: &[u32], mut refused: impl FnMut(u32)) -> Self {
        let mut kept = Vec::with_capacity(reasons.len());
        let mut words = Vec::with_capacity(reasons.len().div_ceil(WORD));
        for (rows, start) in reasons.chunks(WORD).zip((0_u32..).step_by(WORD)) {
            let passes = zeros(rows);
            // a vector that grows by one at a time takes twice as long
            let mut of_word = [0; WORD];
            for (to, at) in of_word.iter_mut().zip(places(passes)) {
                *to = start + at;
            }
            let count = passes.count_ones() as usize;
            kept.extend_from_slice(of_word.get(..count).unwrap_or_default());
            let whole = u64::MAX >> (WORD - rows.len());
            for at in places(!passes & whole) {
                refused(rows.get(at as usize).copied().unwrap_or_default());
            }
            words.push(Word::of(passes));
        }
        Self { rows: reasons.len(), kept, words }
    }

    /// How many rows pass.
    pub(crate) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// The rows of a batch that pass.
    ///
    /// # Errors
    /// If the batch has another number of rows, or a column of a kind that cannot be filtered.
    pub(crate) fn sift(&self, batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
        if batch.num_rows() != self.rows {
            let (found, rows) = (batch.num_rows(), self.rows);
            let message = format!("{found} rows are sifted by the reasons of {rows}");
            return Err(ArrowError::InvalidArgumentError(message));
        }
        if self.kept() == self.rows {
            return Ok(batch);
        }
        let columns = batch.columns().iter().map(|column| self.column(column));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.kept()));
        RecordBatch::try_new_with_options(batch.schema(), columns, &options)
    }

    fn column(&self, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        Ok(match column.data_type() {
            DataType::Int64 => Arc::new(self.numbers(column.as_primitive::<Int64Type>())),
            DataType::Utf8View => Arc::new(self.texts(column.as_string_view())),
            DataType::Boolean => Arc::new(self.flags(column.as_boolean())),
            _ => compute::filter(column, &self.mask())?,
        })
    }

    fn numbers<T: ArrowPrimitiveType>(&self, column: &PrimitiveArray<T>) -> PrimitiveArray<T> {
        PrimitiveArray::new(self.values(column.values()), self.nulls(column))
    }

    fn texts(&self, column: &StringViewArray) -> StringViewArray {
        let (views, buffers) = (self.values(column.views()), column.data_buffers().to_vec());
        // SAFETY: every view is one of the column's own, or empty, and there are as many validity
        // bits as views.
        unsafe { StringViewArray::new_unchecked(views, buffers, self.nulls(column)) }
    }

    fn flags(&self, column: &BooleanArray) -> BooleanArray {
        BooleanArray::new(self.bits(column.values()), self.nulls(column))
    }

    fn values<T: ArrowNativeType>(&self, values: &[T]) -> ScalarBuffer<T> {
        let values = values.get(..self.rows).unwrap_or_default();
        if values.len() != self.rows {
            return ScalarBuffer::default();
        }
        let mut chosen = Vec::with_capacity(self.kept());
        for (to, at) in chosen.spare_capacity_mut().iter_mut().zip(&self.kept) {
            // SAFETY: every place is that of a row, and there are as many values as rows. Read and
            // written, a view would go through two registers instead of one.
            unsafe {
                ptr::copy_nonoverlapping(values.as_ptr().add(*at as usize), to.as_mut_ptr(), 1)
            }
        }
        // SAFETY: the capacity is at least that, and each of so many values was copied.
        unsafe { chosen.set_len(self.kept()) };
        chosen.into()
    }

    fn nulls(&self, column: &dyn Array) -> Option<NullBuffer> {
        let nulls = column.nulls().filter(|nulls| nulls.null_count() > 0)?;
        Some(NullBuffer::new(self.bits(nulls.inner())))
    }

    fn bits(&self, bits: &BooleanBuffer) -> BooleanBuffer {
        let mut packed = Packed::with_capacity(self.kept());
        let chunks = bits.bit_chunks();
        for (word, bits) in self.words.iter().zip(chunks.iter_padded()) {
            packed.push(word.compress(bits), word.passes.count_ones() as usize);
        }
        BooleanBuffer::new(packed.finish(), 0, self.kept())
    }

    fn mask(&self) -> BooleanArray {
        let words: Vec<_> = self.words.iter().map(|word| word.passes).collect();
        BooleanArray::new(BooleanBuffer::new(Buffer::from_vec(words), 0, self.rows), None)
    }
}

impl Word {
    fn of(passes: u64) -> Self {
        let (mut mask, mut moves) = (passes, [0; 6]);
        // bits to the right of which an odd number of rows are left out, then those of the rest
        let mut left_out = !passes << 1;
        for (step, moved) in moves.iter_mut().enumerate() {
            let odd = parity_to_the_right(left_out);
            *moved = odd & mask;
            mask = mask ^ *moved | *moved >> (1 << step);
            left_out &= !odd;
        }
        Self { passes, moves }
    }

    /// The bits of the rows that pass, moved together to the right.
    #[inline]
    fn compress(&self, bits: u64) -> u64 {
        let steps = self.moves.iter().enumerate();
        steps.fold(bits & self.passes, |bits, (step, moves)| {
            let moved = bits & moves;
            bits ^ moved | moved >> (1 << step)
        })
    }
}

/// Which of up to 64 values are 0.
#[inline]
fn zeros(values: &[u32]) -> u64 {
    let mut are_zero = [0_u8; WORD];
    for (is_zero, value) in are_zero.iter_mut().zip(values) {
        *is_zero = u8::from(*value == 0);
    }
    // the lowest bits of eight bytes come together in the highest byte of a product
    let (eights, _) = are_zero.as_chunks::<8>();
    let byte =
        |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().zip((0..).step_by(8)).fold(0, |bits, (eight, at)| bits | byte(eight) << at)
}

/// For each bit, whether an odd number of bits are set up to and with it.
#[inline]
fn parity_to_the_right(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |parity, by| parity ^ parity << by)
}

/// The places of the bits that are set, from the right.
#[inline]
fn places(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (bits != 0).then(|| bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        place
    })
}

/// Bits that are put behind each other.
struct Packed {
    words: Vec<u64>,
    last: u64,
    filled: usize,
}

impl Packed {
    fn with_capacity(bits: usize) -> Self {
        Self { words: Vec::with_capacity(bits / WORD + 1), last: 0, filled: 0 }
    }

    /// Adds the `count` lowest bits; the others are 0.
    #[inline]
    fn push(&mut self, bits: u64, count: usize) {
        self.last |= bits << self.filled;
        let filled = self.filled + count;
        if filled < WORD {
            self.filled = filled;
            return;
        }
        self.words.push(self.last);
        self.last = bits.checked_shr((WORD - self.filled) as u32).unwrap_or(0);
        self.filled = filled - WORD;
    }

    fn finish(mut self) -> Buffer {
        self.words.push(self.last);
        Buffer::from_vec(self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::{
        array::UInt32Array,
        datatypes::{Field, Schema},
    };
    use proptest::prelude::*;

    type Row = (u32, Option<i64>, Option<String>, Option<bool>, Option<i32>);

    fn row() -> impl Strategy<Value = Row> {
        let text = prop_oneof![
            Just(None),
            Just(Some("public".to_owned())),
            Just(Some("a text that is longer than a view can hold".to_owned())),
        ];
        let reasons = prop_oneof![2 => Just(0_u32), 1 => 1..9_u32];
        let number = any::<Option<i64>>();
        (reasons, number, text, any::<Option<bool>>(), any::<Option<i32>>())
    }

    fn batch(rows: &[Row]) -> RecordBatch {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(rows.iter().map(|row| row.1).collect::<arrow::array::Int64Array>()),
            Arc::new(rows.iter().map(|row| row.2.as_deref()).collect::<StringViewArray>()),
            Arc::new(rows.iter().map(|row| row.3).collect::<BooleanArray>()),
            Arc::new(rows.iter().map(|row| row.4).collect::<arrow::array::Int32Array>()),
        ];
        let field = |(at, column): (usize, &ArrayRef)| {
            Field::new(format!("{at}"), column.data_type().clone(), true)
        };
        let fields: Vec<_> = columns.iter().enumerate().map(field).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
    }

    proptest! {
        #[test]
        fn a_sieve_keeps_what_a_filter_keeps(
            rows in prop::collection::vec(row(), 0..300),
            offset in 0..70_usize,
        ) {
            // a slice, so that bitmaps do not start at a word
            let whole = batch(&rows);
            let offset = offset.min(rows.len());
            let part = whole.slice(offset, rows.len() - offset);
            let reasons: Vec<_> = rows.iter().skip(offset).map(|row| row.0).collect();
            let mut refused = Vec::new();
            let sieve = Sieve::of(&reasons, |reasons| refused.push(reasons));
            let mask = BooleanArray::from_unary(&UInt32Array::from(reasons.clone()), |one| one == 0);
            let expected = compute::filter_record_batch(&part, &mask).unwrap();
            prop_assert_eq!(sieve.kept(), expected.num_rows());
            prop_assert_eq!(sieve.sift(part).unwrap(), expected);
            let others: Vec<_> = reasons.into_iter().filter(|one| *one != 0).collect();
            prop_assert_eq!(refused, others);
        }

        #[test]
        fn bits_come_together_in_order(passes in any::<u64>(), bits in any::<u64>()) {
            let chosen = (0..64).filter(|at| passes >> at & 1 == 1).enumerate();
            let expected = chosen.fold(0, |sum, (to, from)| sum | (bits >> from & 1) << to);
            prop_assert_eq!(Word::of(passes).compress(bits), expected);
        }
    }
}
