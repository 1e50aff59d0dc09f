//! A member's own posts, by the names that other rows call them.

use spill::{Sorted, Sorter, SpillError};

use crate::Kind;

/// How many posts are remembered in memory; the others lie on disk.
const POSTS_IN_MEMORY: usize = 100_000;

/// Which posts there are. First all of them are taken in, then they are looked up.
#[derive(Debug)]
pub(super) struct OwnPosts {
    /// For each post the hash of its name, which of the posts it is, the hash of what it says, and
    /// line and kind in one.
    taken: Option<Sorter<4>>,
    known: Option<Sorted<4>>,
    count: i64,
    /// Whether two posts of one name differ.
    is_ambiguous: bool,
    failed: Option<SpillError>,
}

/// What is remembered of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Post {
    /// The line on which it stands.
    pub(super) line: u64,
    /// A hash of what it says.
    pub(super) content: u64,
    /// What it is: a post, or one in a group.
    pub(super) kind: Kind,
}

impl Default for OwnPosts {
    fn default() -> Self {
        let taken = Some(Sorter::new(POSTS_IN_MEMORY));
        Self { taken, known: None, count: 0, is_ambiguous: false, failed: None }
    }
}

impl OwnPosts {
    /// Takes a post in; once all were, tells the line of the first one of that name if it says
    /// something else.
    pub(super) fn take_in(&mut self, name: u64, post: Post) -> Option<u64> {
        if let Some(taken) = &mut self.taken {
            let pushed = taken.push(record(name, self.count, post));
            self.failed = pushed.err().or(self.failed.take());
            self.count += 1;
            return None;
        }
        if !self.is_ambiguous {
            return None;
        }
        self.first(name).filter(|first| first.content != post.content).map(|first| first.line)
    }

    /// What the member's post of that name is.
    pub(super) fn kind_of(&mut self, name: u64) -> Option<Kind> {
        self.settle();
        self.first(name).map(|post| post.kind)
    }

    /// Nothing more is taken in: from now on posts are looked up.
    pub(super) fn settle(&mut self) {
        let Some(taken) = self.taken.take() else { return };
        match taken.finish().and_then(|known| Ok((is_ambiguous(&known)?, known))) {
            Ok((is_ambiguous, known)) => {
                self.is_ambiguous = is_ambiguous;
                self.known = Some(known);
            }
            Err(error) => self.failed = Some(error),
        }
    }

    /// Why posts could not be remembered, or looked up; then nothing that was said of them holds.
    pub(super) const fn failure(&mut self) -> Option<SpillError> {
        self.failed.take()
    }

    fn first(&mut self, name: u64) -> Option<Post> {
        match self.known.as_ref()?.find(&[name.cast_signed()]) {
            Ok(found) => found.map(post),
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }
}

fn record(name: u64, count: i64, post: Post) -> [i64; 4] {
    let Post { line, content, kind } = post;
    let line = line.cast_signed() << 1 | i64::from(kind == Kind::GroupPost);
    [name.cast_signed(), count, content.cast_signed(), line]
}

const fn post([_, _, content, line]: [i64; 4]) -> Post {
    let kind = if line & 1 == 1 { Kind::GroupPost } else { Kind::Post };
    Post { line: (line >> 1).cast_unsigned(), content: content.cast_unsigned(), kind }
}

/// Whether two posts of one name differ.
fn is_ambiguous(known: &Sorted<4>) -> Result<bool, SpillError> {
    let mut posts = known.records();
    let mut before = None;
    while let Some([name, _, content, _]) = posts.next()? {
        if before.is_some_and(|(same, other)| same == name && other != content) {
            return Ok(true);
        }
        before = Some((name, content));
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_counts() {
        let post = |line, content| Post { line, content, kind: Kind::Post };
        let mut posts = OwnPosts::default();
        let all = [(7, post(2, 1)), (8, post(3, 1)), (7, post(4, 2)), (7, post(5, 1))];
        for (name, post) in all {
            assert_eq!(posts.take_in(name, post), None);
        }
        posts.settle();
        let said: Vec<_> = all.into_iter().map(|(name, post)| posts.take_in(name, post)).collect();
        assert_eq!(said, [None, None, Some(2), None]);
        assert_eq!((posts.kind_of(8), posts.kind_of(9)), (Some(Kind::Post), None));
        assert!(posts.failure().is_none());
    }

    #[test]
    fn a_group_post_is_told_from_a_post() {
        let kind = Kind::GroupPost;
        let mut posts = OwnPosts::default();
        posts.take_in(u64::MAX, Post { line: 9, content: u64::MAX, kind });
        assert_eq!(posts.kind_of(u64::MAX), Some(kind));
    }
}
