//! Nothing: it holds the features of third-party crates equal, whichever crates are selected.
