//! Which of the old children live on as which of the new ones.

use super::change::Node;
use super::inline::{Run, RunBody, common_ends};
use super::mirror::{Body, Key, Mirror};

/// Above this many pairs to compare, a simpler way is taken.
const MANY: usize = 10_000;

const EQUAL: u32 = 1_000;

/// Pairs (old, new), in order. Old children in no pair go, new ones in no pair come.
/// Nodes of a pair are equal, or of one type and `can_change` says that the old one can be changed in place.
pub(super) fn pairs(
    mirror: &Mirror,
    old: &[Key],
    new: &[Node],
    can_change: impl Fn(Key) -> bool,
) -> Vec<(usize, usize)> {
    let head = old.iter().zip(new).take_while(|(key, node)| mirror.shows(**key, node)).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(key, node)| mirror.shows(**key, node));
    let tail = tail.count();
    let (old_middle, new_middle) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let middle = if old_middle.len() * new_middle.len() <= MANY {
        best(mirror, old_middle, new_middle, can_change)
    } else {
        in_step(mirror, old_middle, new_middle, can_change)
    };
    let ends = (0..tail).map(|index| (old.len() - tail + index, new.len() - tail + index));
    let middle = middle.into_iter().map(|(a, b)| (a + head, b + head));
    (0..head).map(|index| (index, index)).chain(middle).chain(ends).collect()
}

/// The pairing with the highest sum of likenesses.
fn best(mirror: &Mirror, old: &[Key], new: &[Node], can_change: impl Fn(Key) -> bool) -> Vec<(usize, usize)> {
    let old_texts: Vec<Vec<char>> = old.iter().map(|&key| text_of_key(mirror, key)).collect();
    let new_texts: Vec<Vec<char>> = new.iter().map(text_of_node).collect();
    let changeable: Vec<bool> = old.iter().map(|&key| can_change(key)).collect();
    let like = |a: usize, b: usize| {
        if mirror.entry(old[a]).kind.name != new[b].kind {
            0
        } else if mirror.shows(old[a], &new[b]) {
            EQUAL
        } else if changeable[a] {
            1 + likeness(&old_texts[a], &new_texts[b])
        } else {
            0
        }
    };
    let width = new.len() + 1;
    let mut likes = vec![0; old.len() * width];
    let mut sums = vec![0; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            let like = like(a, b);
            likes[a * width + b] = like;
            let both = if like > 0 { like + sums[(a + 1) * width + b + 1] } else { 0 };
            sums[a * width + b] = both.max(sums[(a + 1) * width + b]).max(sums[a * width + b + 1]);
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut pairs = Vec::new();
    while a < old.len() && b < new.len() {
        let like = likes[a * width + b];
        if like > 0 && sums[a * width + b] == like + sums[(a + 1) * width + b + 1] {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if sums[a * width + b] == sums[(a + 1) * width + b] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

/// Nodes of one type in the order in which they come.
fn in_step(mirror: &Mirror, old: &[Key], new: &[Node], can_change: impl Fn(Key) -> bool) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut next = 0;
    for (a, &key) in old.iter().enumerate() {
        let found = new[next..]
            .iter()
            .take(64)
            .position(|node| mirror.entry(key).kind.name == node.kind && (can_change(key) || mirror.shows(key, node)));
        if let Some(offset) = found {
            pairs.push((a, next + offset));
            next += offset + 1;
        }
    }
    pairs
}

/// 0 to 100: how much of the longer text the two begin and end with alike.
fn likeness(a: &[char], b: &[char]) -> u32 {
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 100;
    }
    let (head, tail) = common_ends(a, b);
    u32::try_from((head + tail) * 100 / longer).unwrap_or(100)
}

fn text_of_key(mirror: &Mirror, key: Key) -> Vec<char> {
    match &mirror.entry(key).body {
        Body::Leaf => Vec::new(),
        Body::Blocks(children) => children.iter().flat_map(|&child| text_of_key(mirror, child)).collect(),
        Body::Inline(pieces) => pieces.iter().flat_map(|piece| piece.runs()).flat_map(text_of_run).collect(),
    }
}

fn text_of_run(run: &Run) -> Vec<char> {
    match &run.body {
        RunBody::Text { text, .. } => text.chars().collect(),
        RunBody::Leaf(_) => vec!['\u{fffc}'],
    }
}

fn text_of_node(node: &Node) -> Vec<char> {
    match (&node.text, super::schema::schema().node(&node.kind)) {
        (Some(text), _) => text.chars().collect(),
        (None, Some(kind)) if kind.inline => vec!['\u{fffc}'],
        (None, _) => node.content.iter().flat_map(text_of_node).collect(),
    }
}
