//! The end of a composition: what the input method wrote meets what the others wrote meanwhile.

use super::binding::Binding;
use super::change::{Change, InlineOp, Node, Position};
use super::inline::{self, Align, Rank, Run};
use super::mirror::{Key, Mirror, Source};
use super::remote::Catching;
use super::schema::schema;
use super::{ChangeError, Committed, Interrupted, edit, plain};

/// Ends the composition in `block`, for which changes of others were withheld.
pub(super) fn end(binding: &mut Binding, block: Key, changes: &[Change]) -> Result<Committed, Interrupted> {
    let path = binding.mirror.path(block);
    let composed = changes.iter().map(|change| match change {
        Change::Inline { path: at, delta } if *at == path => Some(delta.as_slice()),
        Change::Inline { .. } | Change::Children { .. } | Change::Attrs { .. } => None,
    });
    let Some(composed) = composed.collect::<Option<Vec<_>>>() else { return elsewhere(binding, changes) };
    let before = binding.mirror.runs(block);
    let mut after = before.clone();
    for (at, delta) in composed.iter().enumerate() {
        let (len, needed) = (inline::len(&after), inline::reach(delta));
        if needed > len {
            let problem = ChangeError::TooShort { path, len, needed };
            return Err(Interrupted { at, problem, written: None });
        }
        after = inline::apply(&after, delta);
    }
    if binding.fragment(binding.mirror.real(block)).is_none() {
        return survive(binding, block, &composed, &after);
    }
    let is_real = matches!(binding.mirror.entry(block).source, Source::Element(_));
    match binding.withheld_text(block).filter(|_| is_real) {
        Some(remote) => meet(binding, block, &composed, remote, after),
        None => elsewhere(binding, changes),
    }
}

/// Both wrote in the block.
fn meet(
    binding: &mut Binding,
    block: Key,
    composed: &[&[InlineOp]],
    remote: Vec<InlineOp>,
    after: Vec<Run>,
) -> Result<Committed, Interrupted> {
    let mut theirs = remote;
    let mut mine = Vec::new();
    for delta in composed {
        mine.push(inline::transform(delta, &theirs, Rank::First));
        theirs = inline::transform(&theirs, delta, Rank::Second);
    }
    let (update, astray) = binding.write_text(block, &mine);
    let shown = inline::merged(inline::apply(&after, &theirs));
    let is_exact = !astray && shown == inline::merged(binding.mirror.runs(block));
    let mut catch_up: Vec<Change> = if is_exact {
        binding.inline_change(block, theirs).into_iter().collect()
    } else {
        binding.as_it_is(block).into_iter().collect()
    };
    catch_up.extend(binding.catch_up());
    Ok(Committed { update, catch_up, selection: None })
}

/// The block is gone: what was composed in it becomes a paragraph in its place.
fn survive(
    binding: &mut Binding,
    block: Key,
    composed: &[&[InlineOp]],
    after: &[Run],
) -> Result<Committed, Interrupted> {
    let text = inserted(composed, after);
    let (home, earlier) = home(binding, block);
    let mut catch_up = binding.catch_up();
    if text.is_empty() {
        return Ok(Committed { update: None, catch_up, selection: None });
    }
    let mirror = &binding.mirror;
    let home = if mirror.get(home).is_some() { home } else { Mirror::ROOT };
    let siblings = mirror.children(home);
    let from = siblings.iter().rposition(|sibling| earlier.contains(sibling)).map_or(0, |place| place + 1);
    let is_placeholder = siblings
        .get(from)
        .is_some_and(|&key| mirror.entry(key).source == Source::Virtual && mirror.runs(key).is_empty());
    let to = if is_placeholder && siblings.len() == 1 { from + 1 } else { from };
    let paragraph = Node {
        kind: "paragraph".into(),
        attrs: schema().known("paragraph").attrs.clone(),
        content: inline::nodes(&text),
        text: None,
        marks: Vec::new(),
    };
    let path = mirror.path(home);
    let caret = Position { path: [path.as_slice(), &[from]].concat(), offset: inline::len(&text) };
    let change = Change::Children { path, from, to, nodes: vec![paragraph] };
    let written = binding.write(std::slice::from_ref(&change))?;
    catch_up.push(change);
    catch_up.extend(written.catch_up);
    Ok(Committed { update: written.update, catch_up, selection: Some(caret) })
}

/// What is left of the composed text, without what was there before.
fn inserted(composed: &[&[InlineOp]], after: &[Run]) -> Vec<Run> {
    let aligned = composed.iter().fold(Vec::new(), |sum, delta| {
        let step: Vec<Align> = delta
            .iter()
            .map(|op| match op {
                InlineOp::Retain { len, .. } => Align::Keep(*len),
                InlineOp::Delete { len } => Align::Gone(*len),
                InlineOp::Insert { nodes } => Align::New(inline::len(&inline::runs(nodes))),
            })
            .collect();
        inline::then(&sum, &step)
    });
    let mut text = Vec::new();
    let mut at = 0;
    for step in aligned {
        match step {
            Align::Keep(len) => at += len,
            Align::Gone(_) => {}
            Align::New(len) => {
                text.extend(inline::slice(after, at, at + len));
                at += len;
            }
        }
    }
    inline::merged(text)
}

/// The nearest living node around `block` that can hold a paragraph, and its children before the block.
fn home(binding: &Binding, block: Key) -> (Key, Vec<Key>) {
    let mirror = &binding.mirror;
    let mut child = block;
    while let Some(parent) = mirror.entry(child).parent {
        let holds_paragraphs = mirror.entry(parent).kind.accept(Default::default(), schema().known("paragraph"));
        if holds_paragraphs.is_some() && binding.fragment(parent).is_some() {
            return (parent, mirror.children(parent)[..mirror.place(child, parent)].to_vec());
        }
        child = parent;
    }
    (Mirror::ROOT, Vec::new())
}

/// The view changed in other ways too: all of it is compared with what the mirror shows, that is, with the
/// document without what was withheld, so that only what the view changed is written.
fn elsewhere(binding: &mut Binding, changes: &[Change]) -> Result<Committed, Interrupted> {
    let mut shown = binding.view();
    for (at, change) in changes.iter().enumerate() {
        plain::apply(&mut shown, change).map_err(|problem| Interrupted { at, problem, written: None })?;
    }
    let nodes = shown.content.iter().map(edit::normal_block).collect::<Result<Vec<_>, _>>();
    let nodes = nodes.map_err(|problem| Interrupted { at: 0, problem, written: None })?;
    let update = binding.write_all(nodes).map_err(|problem| Interrupted { at: 0, problem, written: None })?;
    let mut catch_up = plain::difference(&shown, &binding.view());
    catch_up.extend(binding.catch_up());
    Ok(Committed { update, catch_up, selection: None })
}

impl Binding {
    /// What others did to the text of this block while it was held; the mirror then shows it.
    fn withheld_text(&mut self, block: Key) -> Option<Vec<InlineOp>> {
        if !self.dirty.text.contains(&block) {
            let is_loose = self.mirror.entry(block).source == Source::Virtual;
            return (!is_loose).then(Vec::new);
        }
        let txn = yrs::Transact::transact(&self.doc);
        Catching { txn: &txn, root: &self.root, mirror: &mut self.mirror, dirty: &mut self.dirty, held: None }
            .text_delta(block)
    }
}
