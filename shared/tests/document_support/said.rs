//! What a document says, as text: two replicas agree when they say the same. `differential/yjs.mjs` writes the same
//! of a document of Yjs.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use yrs::types::text::YChange;
use yrs::{Any, Array, ArrayRef, Map, Number, Out, ReadTxn, Snapshot, Text, TextRef, Xml, XmlFragmentRef};

/// Adds what `out` holds.
pub fn write<T: ReadTxn>(txn: &T, out: &Out, into: &mut String) {
    match out {
        Out::Any(any) => write_value(any, into),
        Out::YText(text) => write_text(txn, text, into),
        Out::YXmlText(text) => write_text(txn, text.as_ref(), into),
        Out::YArray(array) => write_list(txn, array, into),
        Out::YXmlFragment(fragment) => write_children(txn, fragment, into),
        Out::YMap(map) => write_entries(txn, map.iter(txn), into),
        Out::YXmlElement(element) => {
            add(into, "<");
            add(into, element.tag());
            write_entries(txn, element.attributes(txn), into);
            write_children(txn, element.as_ref(), into);
            add(into, ">");
        }
        Out::YDoc(_) => add(into, "document"),
        Out::UndefinedRef(_) => add(into, "unknown"),
    }
}

/// Adds the children of a fragment, whatever they are.
pub fn write_children<T: ReadTxn>(txn: &T, fragment: &XmlFragmentRef, into: &mut String) {
    write_list(txn, fragment.as_ref(), into);
}

fn write_list<T: ReadTxn>(txn: &T, list: &ArrayRef, into: &mut String) {
    add(into, "[");
    for item in list.iter(txn) {
        write(txn, &item, into);
        add(into, ",");
    }
    add(into, "]");
}

/// Maps of yrs have no order of their own.
fn write_entries<'a, T: ReadTxn>(txn: &T, entries: impl Iterator<Item = (&'a str, Out)>, into: &mut String) {
    add(into, "{");
    for (key, value) in entries.collect::<BTreeMap<_, _>>() {
        write_string(key, into);
        add(into, ":");
        write(txn, &value, into);
        add(into, ",");
    }
    add(into, "}");
}

/// Runs of equal marks are told as one, however many structs they are.
fn write_text<T: ReadTxn>(txn: &T, text: &TextRef, into: &mut String) {
    let (mut letters, mut marks) = (String::new(), String::new());
    let tell = |letters: &mut String, marks: &str, into: &mut String| {
        if !letters.is_empty() {
            write_string(letters, into);
            add(into, marks);
            letters.clear();
        }
    };
    add(into, "(");
    for chunk in text.diff(txn, YChange::identity) {
        let mut now = String::new();
        let entries: BTreeMap<_, _> = chunk.attributes.as_deref().into_iter().flatten().collect();
        for (mark, value) in entries {
            write_string(mark, &mut now);
            add(&mut now, "=");
            write_value(value, &mut now);
            add(&mut now, ",");
        }
        if now != marks {
            tell(&mut letters, &marks, into);
            marks = now;
        }
        match &chunk.insert {
            Out::Any(Any::String(text)) => letters.push_str(text),
            embed => {
                tell(&mut letters, &marks, into);
                add(into, "@");
                write(txn, embed, into);
                add(into, &marks);
            }
        }
    }
    tell(&mut letters, &marks, into);
    add(into, ")");
}

fn write_value(any: &Any, into: &mut String) {
    match any {
        Any::Null => add(into, "null"),
        Any::Undefined => add(into, "undefined"),
        Any::Bool(value) => add(into, value),
        Any::Number(Number::Int(value)) => add(into, value),
        // A number is told by its value: yrs writes an integer over 2^53 as a float where that is the same number.
        Any::Number(Number::Float(value)) if value.trunc() == *value => add(into, format_args!("{value:.0}")),
        Any::Number(Number::Float(value)) => add(into, format_args!("f{:016x}", value.to_bits())),
        Any::String(text) => write_string(text, into),
        Any::Buffer(bytes) => {
            add(into, "#");
            bytes.iter().for_each(|byte| add(into, format_args!("{byte:02x}")));
        }
        Any::Array(items) => {
            add(into, "[");
            for item in items.iter() {
                write_value(item, into);
                add(into, ",");
            }
            add(into, "]");
        }
        Any::Map(entries) => {
            add(into, "{");
            for (key, value) in entries.iter().collect::<BTreeMap<_, _>>() {
                write_string(key, into);
                add(into, ":");
                write_value(value, into);
                add(into, ",");
            }
            add(into, "}");
        }
    }
}

fn write_string(text: &str, into: &mut String) {
    add(into, serde_json::to_string(text).expect("a text is JSON"));
}

fn add(into: &mut String, what: impl Display) {
    write!(into, "{what}").expect("into memory");
}

/// State vector and delete set, by client; ranges that touch are one.
pub fn state(snapshot: &Snapshot) -> String {
    let mut into = String::new();
    let clocks: BTreeMap<_, _> = snapshot.state_map.iter().filter(|(_, clock)| **clock > 0).collect();
    for (client, clock) in clocks {
        add(&mut into, format_args!("{client}:{clock} "));
    }
    add(&mut into, "-");
    for (client, ranges) in snapshot.delete_set.iter() {
        let mut joined: Vec<(u32, u32)> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some((_, end)) if *end >= range.start => *end = range.end.max(*end),
                _ => joined.push((range.start, range.end)),
            }
        }
        for (from, to) in joined.into_iter().filter(|(from, to)| from < to) {
            add(&mut into, format_args!(" {client}:{from}..{to}"));
        }
    }
    into
}
