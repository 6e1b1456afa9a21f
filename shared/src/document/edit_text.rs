//! Edits of inline content: each costs what it changes.

use yrs::types::Delta;
use yrs::{In, Text, XmlFragmentRef};

use super::ChangeError;
use super::change::{InlineOp, Mark};
use super::edit::Writer;
use super::inline::{self, Rank, Run, RunBody};
use super::mirror::{Key, Piece, PieceBody};
use super::schema::{UNKNOWN_INLINE, UNKNOWN_MARKS, normal_marks};
use super::tree::marks_of_json;
use super::write;

impl Writer<'_, '_> {
    /// Changes the inline content of a text block by a delta over what the mirror shows.
    pub(super) fn change_text(&mut self, block: Key, delta: &[InlineOp]) -> Result<(), ChangeError> {
        let delta = self.in_whole_characters(block, delta);
        let Some(parent) = self.text_parent(block) else {
            let mut node = self.mirror.node(block);
            node.content = inline::nodes(&inline::apply(&self.mirror.runs(block), &delta));
            return self.replace_self(block, node);
        };
        if self.dirty.text.contains(&block)
            && let Some(remote) = self.catch_up_text(block)
        {
            let mine = inline::transform(&delta, &remote, Rank::First);
            self.write_text(block, &parent, &mine);
        } else {
            self.write_text(block, &parent, &delta);
        }
        Ok(())
    }

    /// The element that the pieces of this text block stand in; `None` if they stand in none that is alive.
    fn text_parent(&self, block: Key) -> Option<XmlFragmentRef> {
        let real = self.mirror.real(block);
        let bodiless = real != block && self.mirror.pieces(block).is_none_or(|pieces| pieces.is_empty());
        if bodiless { None } else { self.fragment(real) }
    }

    /// A delta that cuts through a surrogate pair becomes one that takes the whole pair; the view is put right later.
    fn in_whole_characters(&mut self, block: Key, delta: &[InlineOp]) -> Vec<InlineOp> {
        let mut at = 0;
        let cuts = delta.iter().any(|op| {
            at += inline::reach(std::slice::from_ref(op));
            inline::splits_pair(self.pieces_from(block).flat_map(|(_, _, piece)| piece.runs()), at)
        });
        if !cuts {
            return delta.to_vec();
        }
        self.astray.insert(block);
        let runs = self.mirror.runs(block);
        inline::delta_between(&runs, &inline::apply(&runs, delta))
    }

    pub(super) fn write_text(&mut self, block: Key, parent: &XmlFragmentRef, delta: &[InlineOp]) {
        let mut at = 0;
        for op in delta {
            match op {
                InlineOp::Retain { len, marks: None } => at += len,
                InlineOp::Retain { len, marks: Some(marks) } => {
                    self.mark(block, at, *len, marks);
                    at += len;
                }
                InlineOp::Insert { nodes } => {
                    for run in inline::runs(nodes) {
                        self.insert(block, parent, at, &run);
                        at += run.len();
                    }
                }
                InlineOp::Delete { len } => self.delete(block, parent, at, *len),
            }
        }
    }

    fn insert(&mut self, block: Key, parent: &XmlFragmentRef, at: usize, run: &Run) {
        let run = &self.as_kept(block, run);
        let touching = if write::is_text(run) { 0 } else { 1 };
        let text_at = self.pieces_from(block).find_map(|(index, start, piece)| {
            let is_text = matches!(piece.body, PieceBody::Text(_));
            (is_text && start + touching <= at && at + touching <= start + piece.len()).then(|| (index, at - start))
        });
        let place = match text_at {
            Some((index, offset)) if write::is_text(run) => {
                let piece = &mut self.mirror.pieces_mut(block)[index];
                if let (PieceBody::Text(runs), Some(text)) = (&mut piece.body, write::text(self.txn, piece.id)) {
                    put(runs, offset, run);
                    text.apply_delta(self.txn, [Delta::Retain(units(offset), None), write::inserted(run)]);
                }
                return;
            }
            Some((index, offset)) => {
                self.split_text(block, parent, index, offset);
                index + 1
            }
            None => {
                let place = self.pieces_from(block).find(|(_, start, _)| *start >= at);
                place.map_or(self.mirror.pieces(block).unwrap_or_default().len(), |(index, _, _)| index)
            }
        };
        let index = self.piece_index(block, parent, place);
        let ids = write::insert_runs(self.txn, parent, index, std::slice::from_ref(run));
        let body = if write::is_text(run) { PieceBody::Text(vec![run.clone()]) } else { PieceBody::Leaf(run.clone()) };
        for id in ids {
            self.mirror.pieces_mut(block).insert(place, Piece { id, body: body.clone() });
            self.mirror.index(id, block);
        }
    }

    /// The pieces of a text block, each with its index and the offset at which it begins.
    fn pieces_from(&self, block: Key) -> impl Iterator<Item = (usize, usize, &Piece)> {
        let pieces = self.mirror.pieces(block).unwrap_or_default();
        pieces.iter().enumerate().scan(0, |start, (index, piece)| {
            let from = *start;
            *start += piece.len();
            Some((index, from, piece))
        })
    }

    /// Where in the element a new piece goes so that it stands at `place` among the pieces.
    fn piece_index(&self, block: Key, parent: &XmlFragmentRef, place: usize) -> u32 {
        let pieces = self.mirror.pieces(block).unwrap_or_default();
        let earlier = self.mirror.before(block).into_iter().chain(pieces[..place].iter().map(|piece| piece.id));
        self.index_after(parent, &earlier.collect::<Vec<_>>()).unwrap_or(0)
    }

    /// Leaves stand between texts: what follows `offset` moves to a text of its own.
    fn split_text(&mut self, block: Key, parent: &XmlFragmentRef, place: usize, offset: usize) {
        let piece = &mut self.mirror.pieces_mut(block)[place];
        let (id, PieceBody::Text(runs)) = (piece.id, &mut piece.body) else { return };
        let Some(text) = write::text(self.txn, id) else { return };
        let tail = inline::slice(runs, offset, usize::MAX);
        *runs = inline::slice(runs, 0, offset);
        let cut: [Delta<In>; 2] = [Delta::Retain(units(offset), None), Delta::Deleted(units(inline::len(&tail)))];
        text.apply_delta(self.txn, cut);
        let index = write::index_of(self.txn, parent, id).map_or(0, |index| index + 1);
        for (id, place) in write::insert_runs(self.txn, parent, index, &tail).into_iter().zip(place + 1..) {
            self.mirror.pieces_mut(block).insert(place, Piece { id, body: PieceBody::Text(tail.clone()) });
            self.mirror.index(id, block);
        }
    }

    fn delete(&mut self, block: Key, parent: &XmlFragmentRef, at: usize, len: usize) {
        let pieces = std::mem::take(self.mirror.pieces_mut(block));
        let mut kept = Vec::with_capacity(pieces.len());
        let mut start = 0;
        for mut piece in pieces {
            let end = start + piece.len();
            let (from, to) = (at.clamp(start, end) - start, (at + len).clamp(start, end) - start);
            start = end;
            if from < to {
                match &mut piece.body {
                    PieceBody::Leaf(_) => {
                        write::remove(self.txn, parent, piece.id);
                        self.mirror.unindex(&piece.id);
                        continue;
                    }
                    PieceBody::Text(runs) => {
                        cut(runs, from, to);
                        if let Some(text) = write::text(self.txn, piece.id) {
                            let cut: [Delta<In>; 2] =
                                [Delta::Retain(units(from), None), Delta::Deleted(units(to - from))];
                            text.apply_delta(self.txn, cut);
                        }
                    }
                }
            }
            kept.push(piece);
        }
        *self.mirror.pieces_mut(block) = kept;
    }

    /// Gives a stretch exactly these known marks; unknown ones stay.
    fn mark(&mut self, block: Key, at: usize, len: usize, marks: &[Mark]) {
        let takes_marks = self.mirror.entry(block).kind.takes_marks;
        let mut pieces = std::mem::take(self.mirror.pieces_mut(block));
        let mut start = 0;
        for piece in &mut pieces {
            let end = start + piece.len();
            let (from, to) = (at.clamp(start, end) - start, (at + len).clamp(start, end) - start);
            start = end;
            if from >= to {
                continue;
            }
            let mut target = |run: &Run| {
                let marked = if takes_marks { remarked(&run.marks, marks) } else { Vec::new() };
                if marked != normal_marks(marks) {
                    self.astray.insert(block);
                }
                marked
            };
            match &mut piece.body {
                PieceBody::Leaf(run) => {
                    let marked = target(run);
                    if marked != run.marks {
                        match write::element(self.txn, piece.id).filter(|_| can_be_marked(run)) {
                            Some(element) => {
                                write::write_leaf_marks(self.txn, &element, &marked);
                                run.marks = marked;
                            }
                            None => {
                                self.astray.insert(block);
                            }
                        }
                    }
                }
                PieceBody::Text(runs) => {
                    let mut delta: Vec<Delta<In>> = vec![Delta::Retain(units(from), None)];
                    let mut middle = inline::slice(runs, from, to);
                    for run in &mut middle {
                        let marked = target(run);
                        let (before, after) = (write::formats_of(&run.marks), write::formats_of(&marked));
                        let mut change = write::formats(&after);
                        change.retain(|name, _| before.get(&**name) != after.get(&**name));
                        for gone in before.keys().filter(|name| !after.contains_key(*name)) {
                            change.insert(gone.as_str().into(), yrs::any::Any::Null);
                        }
                        let change = (!change.is_empty()).then(|| Box::new(change));
                        delta.push(Delta::Retain(units(run.len()), change));
                        run.marks = marked;
                    }
                    let (head, tail) = (inline::slice(runs, 0, from), inline::slice(runs, to, usize::MAX));
                    *runs = inline::merged(head.into_iter().chain(middle).chain(tail));
                    if let Some(text) = write::text(self.txn, piece.id) {
                        text.apply_delta(self.txn, delta);
                    }
                }
            }
        }
        *self.mirror.pieces_mut(block) = pieces;
    }

    /// The run as it will read after it has been written here.
    fn as_kept(&mut self, block: Key, run: &Run) -> Run {
        let takes_marks = self.mirror.entry(block).kind.takes_marks && can_be_marked(run);
        let marks = if takes_marks { marks_of_json(&write::formats_of(&run.marks).into()) } else { Vec::new() };
        if marks != run.marks {
            self.astray.insert(block);
        }
        Run { body: run.body.clone(), marks }
    }
}

/// Unknown elements keep what they have: they have no place for marks of ours.
fn can_be_marked(run: &Run) -> bool {
    match &run.body {
        RunBody::Text { .. } => true,
        RunBody::Leaf(node) => node.kind != UNKNOWN_INLINE || write::is_text(run),
    }
}

/// The marks of a stretch that had `old` and is to have `new`.
fn remarked(old: &[Mark], new: &[Mark]) -> Vec<Mark> {
    let kept = old.iter().filter(|mark| mark.kind == UNKNOWN_MARKS);
    let new = new.iter().filter(|mark| mark.kind != UNKNOWN_MARKS);
    let marks: Vec<Mark> = new.chain(kept).cloned().collect();
    marks_of_json(&write::formats_of(&normal_marks(&marks)).into())
}

/// Inserts a run; the usual case, text among text of the same marks, moves nothing but that text's tail.
fn put(runs: &mut Vec<Run>, offset: usize, new: &Run) {
    let mut start = 0;
    for run in runs.iter_mut() {
        let end = start + run.len();
        if let (RunBody::Text { text, units }, RunBody::Text { text: more, units: grown }) = (&mut run.body, &new.body)
            && (start..=end).contains(&offset)
            && run.marks == new.marks
        {
            text.insert_str(inline::byte_at(text, offset - start), more);
            *units += grown;
            return;
        }
        start = end;
    }
    let (head, tail) = (inline::slice(runs, 0, offset), inline::slice(runs, offset, usize::MAX));
    *runs = inline::merged(head.into_iter().chain([new.clone()]).chain(tail));
}

/// Drops what lies between; the usual case, within one run, moves nothing but that text's tail.
fn cut(runs: &mut Vec<Run>, from: usize, to: usize) {
    let mut start = 0;
    for run in runs.iter_mut() {
        let end = start + run.len();
        if let RunBody::Text { text, units } = &mut run.body
            && start <= from
            && to <= end
            && to - from < end - start
        {
            text.replace_range(inline::byte_at(text, from - start)..inline::byte_at(text, to - start), "");
            *units -= to - from;
            return;
        }
        start = end;
    }
    let (head, tail) = (inline::slice(runs, 0, from), inline::slice(runs, to, usize::MAX));
    *runs = inline::merged(head.into_iter().chain(tail));
}

/// Lengths come from texts in memory, and the CRDT counts in 32 bits.
fn units(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
