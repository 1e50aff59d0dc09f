//! A measurement.

fn main() {}
