//! Vertical columns over an axis.

use crate::{
    numbers::short,
    plots::{
        panel::{Anchor, Drawing, scaled},
        style::WIDTH,
    },
};

/// The frame in which columns stand.
pub(super) struct Frame {
    /// What the top of the frame is.
    pub(super) most: u64,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

const HEIGHT: f64 = 150.0;

impl Frame {
    /// Draws an axis with round numbers on the left, and lines behind the columns.
    pub(super) fn draw(drawing: &mut Drawing, greatest: u64) -> Self {
        let step = step(greatest);
        let steps = greatest.div_ceil(step).max(1);
        let most = steps.saturating_mul(step);
        let left = 14.0 + 7.0 * short(most).len().max(3) as f64;
        let frame =
            Self { most, left, top: drawing.height + 8.0, width: WIDTH - left, height: HEIGHT };
        for number in (0..=steps).map(|nth| nth.saturating_mul(step)) {
            let y = frame.y(number);
            let class = if number == 0 { "axis" } else { "grid" };
            drawing.line(class, (left, y), (WIDTH, y));
            drawing.text("tick", left - 8.0, y + 4.0, Anchor::End, &short(number));
        }
        drawing.height = frame.bottom();
        frame
    }

    pub(super) const fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(super) fn y(&self, number: u64) -> f64 {
        self.bottom() - self.length(number)
    }

    /// How high a column is.
    pub(super) fn length(&self, number: u64) -> f64 {
        let length = scaled(number, self.most, self.height);
        // What there is can be seen, however little it is.
        if number > 0 { length.max(1.5) } else { length }
    }

    /// Draws one column.
    pub(super) fn column(
        &self,
        drawing: &mut Drawing,
        class: &str,
        x: f64,
        width: f64,
        number: u64,
    ) {
        let length = self.length(number);
        if length > 0.0 {
            let radius = 2.0_f64.min(width / 4.0);
            drawing.rect(class, x, self.bottom() - length, width, length, radius);
        }
    }
}

/// The round number, of 1, 2 and 5 times a power of ten, that divides an axis into four or five.
fn step(greatest: u64) -> u64 {
    let least = greatest.div_ceil(5).max(1);
    let power = 10_u64.pow(least.ilog10());
    let round = [1, 2, 5, 10].map(|factor| power.saturating_mul(factor));
    round.into_iter().find(|step| *step >= least).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_few_steps_that_are_round() {
        for greatest in (0..2000).chain([u64::MAX / 2, u64::MAX]) {
            let step = step(greatest);
            assert!(step >= 1 && greatest.div_ceil(step) <= 5, "{greatest}: {step}");
        }
        assert_eq!([step(0), step(1), step(7), step(99), step(101)], [1, 1, 2, 20, 50]);
    }
}
