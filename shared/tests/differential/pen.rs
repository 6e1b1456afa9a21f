//! Edits at random in a document of yrs: rich text, elements, lists and maps, with what they nest.

use std::collections::HashMap;
use std::sync::Arc;

use shared::document::CONTENT;
use yrs::types::Attrs;
use yrs::types::text::YChange;
use yrs::{
    Any, Array, ArrayPrelim, ArrayRef, Doc, Map, MapPrelim, MapRef, Number, Out, ReadTxn, Text, TextPrelim, TextRef,
    Transact, TransactionMut, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef, XmlOut, XmlTextPrelim,
    XmlTextRef,
};

use super::dice::Dice;

const WORDS: [&str; 10] = ["a", "备课", "😀", "the ", "三年级\n", "👩‍🏫", "𠮷", "e\u{301}", "ab😀cd", "x"];
const TAGS: [&str; 6] = ["paragraph", "heading", "blockquote", "tableCell", "listItem", "image"];
const KEYS: [&str; 5] = ["textAlign", "level", "src", "键", "a"];

/// The roots of a document under test.
pub struct Roots {
    pub text: TextRef,
    pub map: MapRef,
    pub array: ArrayRef,
    pub content: XmlFragmentRef,
}

impl Roots {
    pub fn of(doc: &Doc) -> Self {
        Self {
            text: doc.get_or_insert_text("text"),
            map: doc.get_or_insert_map("map"),
            array: doc.get_or_insert_array("array"),
            content: doc.get_or_insert_xml_fragment(CONTENT),
        }
    }
}

/// One to three edits in a transaction; the update they make, if they make any.
pub fn edit(doc: &Doc, roots: &Roots, seed: u32) -> Option<Vec<u8>> {
    let mut dice = Dice::new(seed);
    let mut txn = doc.transact_mut();
    for _ in 0..=dice.below(3) {
        let places = Places::of(&txn, roots);
        match dice.below(16) {
            0..=6 => write(&mut txn, &dice.pick(&places.texts), &mut dice),
            7 | 8 => note(&mut txn, &dice.pick(&places.maps), &mut dice),
            9 | 10 => list(&mut txn, &dice.pick(&places.lists), &mut dice),
            11 if !places.paragraphs.is_empty() => split(&mut txn, &dice.pick(&places.paragraphs), &mut dice),
            12 if !places.elements.is_empty() => describe(&mut txn, &dice.pick(&places.elements), &mut dice),
            _ => build(&mut txn, &dice.pick(&places.parents), &mut dice),
        }
    }
    let update = txn.encode_update_v1();
    (update != [0, 0]).then_some(update)
}

/// Where something can be written.
#[derive(Default)]
struct Places {
    texts: Vec<TextRef>,
    maps: Vec<MapRef>,
    lists: Vec<ArrayRef>,
    parents: Vec<XmlFragmentRef>,
    elements: Vec<XmlElementRef>,
    /// A text, the element it is in, and where that stands.
    paragraphs: Vec<(XmlTextRef, XmlElementRef, XmlFragmentRef, u32)>,
}

impl Places {
    fn of<T: ReadTxn>(txn: &T, roots: &Roots) -> Self {
        let mut places = Self::default();
        places.texts.push(roots.text.clone());
        places.gather(txn, Out::YMap(roots.map.clone()));
        places.gather(txn, Out::YArray(roots.array.clone()));
        places.children(txn, &roots.content, None);
        places
    }

    fn gather<T: ReadTxn>(&mut self, txn: &T, out: Out) {
        match out {
            Out::YText(text) => self.texts.push(text),
            Out::YMap(map) => {
                // Maps of yrs have no order of their own.
                let mut entries: Vec<_> = map.iter(txn).collect();
                entries.sort_by_key(|(key, _)| key.to_owned());
                entries.into_iter().for_each(|(_, value)| self.gather(txn, value));
                self.maps.push(map);
            }
            Out::YArray(array) => {
                array.iter(txn).for_each(|value| self.gather(txn, value));
                self.lists.push(array);
            }
            _ => {}
        }
    }

    fn children<T: ReadTxn>(
        &mut self,
        txn: &T,
        parent: &XmlFragmentRef,
        within: Option<(&XmlElementRef, &XmlFragmentRef, u32)>,
    ) {
        self.parents.push(parent.clone());
        for (at, child) in parent.children(txn).enumerate() {
            match child {
                XmlOut::Element(element) => {
                    self.children(txn, element.as_ref(), Some((&element, parent, at as u32)));
                    self.elements.push(element);
                }
                XmlOut::Text(text) => {
                    self.texts.push(AsRef::<TextRef>::as_ref(&text).clone());
                    if let Some((element, grandparent, at)) = within {
                        self.paragraphs.push((text, element.clone(), grandparent.clone(), at));
                    }
                }
                XmlOut::Fragment(_) => {}
            }
        }
    }
}

/// The places between characters: none is within one of two units.
fn gaps<T: ReadTxn>(txn: &T, text: &TextRef) -> Vec<u32> {
    let mut at = 0;
    let mut gaps = vec![0];
    for chunk in text.diff(txn, YChange::identity) {
        match &chunk.insert {
            Out::Any(Any::String(letters)) => gaps.extend(letters.chars().map(|letter| {
                at += letter.len_utf16() as u32;
                at
            })),
            _ => {
                at += 1;
                gaps.push(at);
            }
        }
    }
    gaps
}

fn write(txn: &mut TransactionMut, text: &TextRef, dice: &mut Dice) {
    let gaps = gaps(txn, text);
    let from = dice.below(gaps.len() as u32) as usize;
    let to = (from + dice.below(6) as usize).min(gaps.len() - 1);
    let (at, len) = (gaps[from], gaps[to] - gaps[from]);
    match dice.below(10) {
        0..=3 => text.insert(txn, at, dice.pick(&WORDS)),
        4 => {
            let marks = marks(dice);
            text.insert_with_attributes(txn, at, dice.pick(&WORDS), marks);
        }
        5 => {
            let image = Any::Map(Arc::new(HashMap::from([("src".into(), Any::from(dice.pick(&WORDS)))])));
            text.insert_embed(txn, at, image);
        }
        6 | 7 if len > 0 => text.remove_range(txn, at, len),
        _ if len > 0 => text.format(txn, at, len, marks(dice)),
        _ => text.push(txn, dice.pick(&WORDS)),
    }
}

fn marks(dice: &mut Dice) -> Attrs {
    let href = Any::Map(Arc::new(HashMap::from([("href".into(), Any::from(dice.pick(&["/a", "/b"])))])));
    let (mark, value) = match dice.below(6) {
        0 => ("link", href),
        1 => ("link", Any::Null),
        2 => ("bold", Any::Null),
        3 => ("italic", Any::from(true)),
        _ => ("bold", Any::from(true)),
    };
    Attrs::from([(mark.into(), value)])
}

/// A value of any kind; `depth` bounds what it nests.
fn value(dice: &mut Dice, depth: u32) -> Any {
    match dice.below(if depth < 2 { 12 } else { 10 }) {
        0 => Any::Null,
        1 => Any::Undefined,
        2 => Any::Bool(dice.below(2) == 0),
        3 => Any::from(f64::from(dice.below(1000)) / 8.0),
        4 => Any::Number(Number::Int(i64::from(dice.below(200)) - 100)),
        5 => Any::Number(Number::Int((1 << 40) + i64::from(dice.below(9)))),
        6 => Any::Number(Number::Int((1 << 60) + i64::from(dice.below(9)))),
        7 => Any::Buffer(vec![dice.below(256) as u8; dice.below(4) as usize].into()),
        8 | 9 => Any::from(dice.pick(&WORDS)),
        10 => (0..dice.below(3)).map(|_| value(dice, depth + 1)).collect::<Vec<_>>().into(),
        _ => {
            let entries = (0..dice.below(3)).map(|_| ((dice.pick(&KEYS)).to_owned(), value(dice, depth + 1)));
            Any::Map(Arc::new(entries.collect()))
        }
    }
}

fn note(txn: &mut TransactionMut, map: &MapRef, dice: &mut Dice) {
    let key = dice.pick(&KEYS);
    match dice.below(8) {
        0 => drop(map.remove(txn, key)),
        1 => drop(map.insert(txn, key, TextPrelim::new(dice.pick(&WORDS)))),
        2 => drop(map.insert(txn, key, ArrayPrelim::from([value(dice, 1), value(dice, 1)]))),
        3 => drop(map.insert(txn, key, MapPrelim::from([("a", value(dice, 1))]))),
        _ => drop(map.insert(txn, key, value(dice, 0))),
    }
}

fn list(txn: &mut TransactionMut, list: &ArrayRef, dice: &mut Dice) {
    let len = list.len(txn);
    let at = dice.below(len + 1);
    match dice.below(8) {
        0 | 1 if at < len => list.remove_range(txn, at, 1 + dice.below((len - at).min(3))),
        2 => drop(list.insert(txn, at, TextPrelim::new(dice.pick(&WORDS)))),
        3 => drop(list.insert(txn, at, ArrayPrelim::from([value(dice, 1)]))),
        4 => drop(list.insert(txn, at, MapPrelim::from([("a", value(dice, 1))]))),
        _ => {
            let values: Vec<_> = (0..=dice.below(3)).map(|_| value(dice, 0)).collect();
            list.insert_range(txn, at, values);
        }
    }
}

fn describe(txn: &mut TransactionMut, element: &XmlElementRef, dice: &mut Dice) {
    let key = dice.pick(&KEYS);
    match dice.below(4) {
        0 => element.remove_attribute(txn, &key),
        1 => drop(element.insert_attribute(txn, key, value(dice, 1))),
        _ => drop(element.insert_attribute(txn, key, dice.pick(&WORDS))),
    }
}

fn build(txn: &mut TransactionMut, parent: &XmlFragmentRef, dice: &mut Dice) {
    let len = parent.len(txn);
    let at = dice.below(len + 1);
    match dice.below(6) {
        0 | 1 if at < len => parent.remove_range(txn, at, 1 + dice.below((len - at).min(2))),
        2 => drop(parent.insert(txn, at, XmlTextPrelim::new(dice.pick(&WORDS)))),
        _ => {
            let element = parent.insert(txn, at, XmlElementPrelim::empty(dice.pick(&TAGS)));
            if dice.below(3) > 0 {
                element.insert(txn, 0, XmlTextPrelim::new(dice.pick(&WORDS)));
            }
        }
    }
}

/// Enter: what follows goes into a new element after this one.
fn split(
    txn: &mut TransactionMut,
    (text, element, parent, at): &(XmlTextRef, XmlElementRef, XmlFragmentRef, u32),
    dice: &mut Dice,
) {
    let gaps = gaps(txn, text.as_ref());
    let cut = dice.pick(&gaps);
    let end = gaps[gaps.len() - 1];
    let mut passed = 0;
    let mut tail = Vec::new();
    for chunk in text.diff(txn, YChange::identity) {
        let marks = chunk.attributes.map(|marks| *marks).unwrap_or_default();
        match chunk.insert {
            Out::Any(Any::String(letters)) => {
                let kept: String = letters
                    .chars()
                    .filter(|letter| {
                        passed += letter.len_utf16() as u32;
                        passed > cut
                    })
                    .collect();
                tail.push((Any::from(kept), marks));
            }
            Out::Any(embed) => {
                passed += 1;
                if passed > cut {
                    tail.push((embed, marks));
                }
            }
            _ => passed += 1,
        }
    }
    if end > cut {
        text.remove_range(txn, cut, end - cut);
    }
    let tag = element.tag().clone();
    let second = parent.insert(txn, at + 1, XmlElementPrelim::empty(tag));
    let words = second.insert(txn, 0, XmlTextPrelim::new(""));
    for (what, marks) in tail {
        let end = words.len(txn);
        match what {
            Any::String(letters) if letters.is_empty() => {}
            Any::String(letters) => words.insert_with_attributes(txn, end, &letters, marks),
            embed => drop(words.insert_embed_with_attributes(txn, end, embed, marks)),
        }
    }
}
