//! A corpus that goes on from another one: it takes in what came into the lake later, and nothing that
//! is the same as something there. So what is new costs what is new, and no file is written twice.

use gate::Gate;
use store::Holder;

use crate::{
    BuildRequest, Corpora, CorpusError, Followed, Result,
    corpora::name_of,
    earlier::Earlier,
    folder::{Folder, Lock},
    manifest::Cut,
    sealed,
};

impl Corpora {
    /// The corpus from which a build is to go on, and the right to build that one. Whoever has it until
    /// the build is registered keeps others from replacing what it goes on from.
    pub(crate) async fn followed(
        &self,
        gate: &Gate,
        request: &BuildRequest,
    ) -> Result<Option<(Followed, Lock)>> {
        let Some(after) = &request.after else { return Ok(None) };
        let cannot = |reason| CorpusError::CannotFollow {
            name: request.name.clone(),
            after: after.clone(),
            reason,
        };
        if *after == request.name {
            return Err(cannot("they are one corpus"));
        }
        let stays = Folder::new(self.root(), after)?.lock_building()?;
        let corpus = self.open(gate, after).await?;
        let manifest = corpus.manifest();
        let differs = [
            (manifest.purpose != request.purpose, "that serves another purpose"),
            (
                manifest.configuration != Cut::of(request.configuration, self.key()),
                "that is cut into other cells, so that members would be in two splits",
            ),
            (manifest.recipe != request.recipe, "that is made by another recipe"),
            (manifest.lake_version > request.lake_version, "that has later rows"),
            (
                manifest.as_of > request.as_of,
                "that stands as of a later instant (hint: an --as-of that is no earlier, or none)",
            ),
        ];
        match differs.into_iter().find(|(differs, _)| *differs) {
            Some((_, reason)) => Err(cannot(reason)),
            None => {
                let (corpus, holder) = (after.clone(), manifest.holder.clone());
                let lake_version = manifest.lake_version;
                Ok(Some((Followed { corpus, holder, lake_version }, stays)))
            }
        }
    }

    /// What stands before the documents of a corpus that goes on from another one, and from those
    /// that it goes on from in turn. Each of them has to have followed every removal before.
    pub(crate) async fn earlier(
        &self,
        gate: &Gate,
        name: &str,
        after: Option<&Followed>,
    ) -> Result<Earlier> {
        let mut earlier = Earlier::default();
        let mut next = after.cloned();
        while let Some(Followed { corpus: after, holder, .. }) = next {
            let corpus = self.open(gate, &after).await?;
            if corpus.holder().id != holder {
                let (name, reason) = (name.to_owned(), "that was built anew since");
                return Err(CorpusError::CannotFollow { name, after, reason });
            }
            let file = &corpus.manifest().traits;
            let path = corpus.root().join(&file.path);
            sealed::check(&path, &file.blake3)
                .map_err(|error| CorpusError::Traits { name: after, source: Box::new(error) })?;
            earlier.add(&path)?;
            next = corpus.manifest().after.clone();
        }
        Ok(earlier)
    }

    /// Checks that no other corpus goes on from this one.
    pub(crate) async fn check_unfollowed(&self, name: &str) -> Result<()> {
        match self.followers(name).await? {
            none if none.is_empty() => Ok(()),
            by => Err(CorpusError::Followed { name: name.to_owned(), by }),
        }
    }

    /// The corpora that go on from one, in turn as well, in the order in which they have to be
    /// discarded: each before those that it goes on from.
    pub(crate) async fn followers(&self, name: &str) -> Result<Vec<String>> {
        let active = self.all_active().await?;
        let of_name = active.iter().filter(|holder| name_of(holder) == Some(name));
        let mut before: Vec<_> = of_name.map(|holder| &holder.id).collect();
        let mut followers: Vec<String> = Vec::new();
        // no chain is longer than all of them
        for _ in &active {
            let goes_on =
                |one: &&Holder| one.parent.as_ref().is_some_and(|parent| before.contains(&parent));
            let next: Vec<_> = active.iter().filter(goes_on).collect();
            for follower in next.iter().copied().filter_map(name_of) {
                followers.retain(|other| other != follower);
                followers.push(follower.to_owned());
            }
            before = next.iter().map(|holder| &holder.id).collect();
        }
        followers.reverse();
        Ok(followers)
    }
}
