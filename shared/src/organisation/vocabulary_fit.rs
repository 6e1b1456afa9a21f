//! Which vocabulary a region can have: each word named once, and none gone that is in use.

use std::collections::BTreeSet;

use super::change::{MAX_WORDS, Misfit, is_name};
use super::directory::Directory;
use super::records::{BodyKind, Region};
use super::vocabulary::{Vocabulary, Wording};

pub(super) fn vocabulary_fits(words: &Vocabulary) -> Result<(), Misfit> {
    let Vocabulary { kinds, posts, subjects, domains, stages, terms, sizes: _ } = words;
    named_once(kinds.iter().map(|kind| &kind.name))?;
    for at in [BodyKind::Group, BodyKind::School, BodyKind::Team] {
        named_once(posts.iter().filter(|post| post.at == at).map(|post| &post.name))?;
    }
    once(kinds.iter().map(|kind| (kind.id.as_str(), &kind.name.zh)))?;
    once(posts.iter().map(|post| (post.id.as_str(), &post.name.zh)))?;
    named_once(subjects.iter())?;
    named_once(domains.iter())?;
    named_once(stages.iter().map(|stage| &stage.name))?;
    named_once(terms.iter().map(|term| &term.name))?;
    for stage in stages {
        stage.grades.iter().try_for_each(|grade| is_name(grade))?;
        once(stage.grades.iter().map(|grade| (grade.as_str(), grade)))?;
    }
    if terms.iter().all(|term| term.span.is_in_order()) { Ok(()) } else { Err(Misfit::Dates) }
}

fn named_once<'a>(words: impl Iterator<Item = &'a Wording> + Clone) -> Result<(), Misfit> {
    words.clone().try_for_each(|Wording { zh, en }| is_name(zh).and_then(|()| is_name(en)))?;
    once(words.map(|word| (word.zh.as_str(), &word.zh)))
}

/// Whether each key stands in the list once, and the list is not too long.
fn once<'a>(words: impl Iterator<Item = (&'a str, &'a String)>) -> Result<(), Misfit> {
    let mut keys = BTreeSet::new();
    for (key, word) in words {
        if !keys.insert(key) {
            return Err(Misfit::WordTwice(word.clone()));
        }
    }
    if keys.len() <= MAX_WORDS { Ok(()) } else { Err(Misfit::TooManyWords) }
}

impl Directory {
    /// A seat without its post gives no right and has no name in the log; a group without its kind shares nothing.
    pub(super) fn keeps_what_is_used(&self, region: &Region) -> Result<(), Misfit> {
        let Some(before) = self.region(&region.id) else { return Ok(()) };
        let (after, uses) = (&region.vocabulary, self.uses(&region.id));
        let free = |word: &Wording, uses| match uses {
            0 => Ok(()),
            uses => Err(Misfit::WordInUse { word: word.zh.clone(), uses }),
        };
        for kind in before.vocabulary.kinds.iter().filter(|kind| after.kind(&kind.id).is_none()) {
            free(&kind.name, uses.of_kind(&kind.id))?;
        }
        let stays = |id, at| after.post(id).is_some_and(|post| post.at == at);
        for post in before.vocabulary.posts.iter().filter(|post| !stays(&post.id, post.at)) {
            free(&post.name, uses.of_post(&post.id))?;
        }
        Ok(())
    }
}
