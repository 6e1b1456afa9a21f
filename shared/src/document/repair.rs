//! Making children fit: what concurrent edits and other editors have left in places where the schema
//! has no room for it is shown wrapped, and what is missing is shown empty. The CRDT stays as it is.

use yrs::ReadTxn;

use super::mirror::{Body, Key, Piece, Source};
use super::schema::{NodeType, Progress, schema};
use super::tree::{Reader, Seen};

impl<T: ReadTxn> Reader<'_, T> {
    /// View children for what was found in an element of this type.
    pub(super) fn fit(&mut self, kind: &'static NodeType, seen: Vec<Seen>) -> Vec<Key> {
        let blocks = self.paragraphs(seen);
        self.fit_blocks(kind, &blocks)
    }

    /// Loose inline content becomes virtual paragraphs; empty loose texts are not shown.
    fn paragraphs(&mut self, seen: Vec<Seen>) -> Vec<Key> {
        let mut blocks = Vec::new();
        let mut loose: Vec<Piece> = Vec::new();
        for child in seen {
            match child {
                Seen::Inline(piece) => loose.push(piece),
                Seen::Block(key) => {
                    blocks.extend(self.paragraph(&mut loose));
                    blocks.push(key);
                }
            }
        }
        blocks.extend(self.paragraph(&mut loose));
        blocks
    }

    fn paragraph(&mut self, loose: &mut Vec<Piece>) -> Option<Key> {
        let pieces = std::mem::take(loose);
        let shown = pieces.iter().any(|piece| piece.len() > 0);
        shown.then(|| self.make("paragraph", Body::Inline(pieces)))
    }

    fn fit_blocks(&mut self, kind: &'static NodeType, blocks: &[Key]) -> Vec<Key> {
        let mut children = Vec::new();
        let mut progress = Progress::default();
        let mut rest = blocks;
        while let [first, after @ ..] = rest {
            let first_kind = self.mirror.entry(*first).kind;
            if let Some((missing, next)) = kind.step(progress, first_kind) {
                children.extend(missing.into_iter().map(|name| self.empty(name)));
                children.push(*first);
                progress = next;
                rest = after;
            } else if let Some(wrapper) = schema().wrapper(kind, progress, first_kind) {
                let (missing, next) = kind.step(progress, wrapper).expect("a wrapper was chosen because it fits");
                let together = after.iter().take_while(|&&other| {
                    let other = self.mirror.entry(other).kind;
                    kind.step(next, other).is_none()
                        && schema().wrapper(kind, next, other).is_some_and(|same| same.name == wrapper.name)
                });
                let (wrapped, after) = rest.split_at(1 + together.count());
                children.extend(missing.into_iter().map(|name| self.empty(name)));
                let inner = self.fit_blocks(wrapper, wrapped);
                children.push(self.make(&wrapper.name, Body::Blocks(inner)));
                progress = next;
                rest = after;
            } else {
                unreachable!("every block of the schema can be wrapped to fit every container: tested for all pairs")
            }
        }
        while let Some(missing) = kind.missing(progress) {
            children.push(self.empty(missing));
            let next = kind.accept(progress, schema().known(missing));
            progress = next.expect("what is missing is what comes next");
        }
        children
    }

    /// The smallest node of this type: a virtual one with virtual content.
    fn empty(&mut self, name: &str) -> Key {
        let kind = schema().known(name);
        let body = if kind.is_leaf() {
            Body::Leaf
        } else if kind.is_text_block() {
            Body::Inline(Vec::new())
        } else if name == "tableRow" {
            Body::Blocks(vec![self.empty("tableCell")])
        } else {
            Body::Blocks(self.fit_blocks(kind, &[]))
        };
        self.make(name, body)
    }

    fn make(&mut self, name: &str, body: Body) -> Key {
        let kind = schema().known(name);
        self.add(kind, kind.attrs.clone(), Source::Virtual, body)
    }
}
