//! A disk that keeps what was synced, and of the rest what chance will: rebuilt from what `strace` saw a process do.
//!
//! A file has its synced bytes and the changes since; a folder has its synced names and the changes since. Syncing a
//! file makes durable what was finished before the call began, and not its name; syncing the folder its names alone.
//! When the power goes, each change that was not synced has happened, or not, or in some of its sectors.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use rand::Rng;
use rand::rngs::StdRng;

/// The smallest part that is written whole.
const SECTOR: usize = 512;

/// What a process did to files of its folder, by their names in it; the folder itself is "".
#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    Open {
        name: String,
        create: bool,
        empty: bool,
    },
    Write {
        name: String,
        at: usize,
        bytes: Vec<u8>,
    },
    /// Behind what is there, as whoever makes a new file does.
    Append {
        name: String,
        bytes: Vec<u8>,
    },
    Cut {
        name: String,
        to: usize,
    },
    Rename {
        from: String,
        to: String,
    },
    Remove {
        name: String,
    },
    SyncBegins {
        name: String,
    },
    Synced {
        name: String,
    },
}

/// A call and when it began, in microseconds since 1970.
#[derive(Debug)]
pub struct Traced {
    pub at: u64,
    pub call: Call,
}

/// The flags for `strace` so that [`read`] can read what it writes.
pub const FLAGS: [&str; 9] = [
    "-f",
    "-ttt",
    "-y",
    "-xx",
    "-s",
    "4194304",
    "-e",
    "trace=openat,pwrite64,write,ftruncate,rename,unlink,fsync,fdatasync",
    "-o",
];

/// Reads what `strace` wrote of a process that keeps its files in `root`.
pub fn read(trace: &Path, root: &Path) -> Vec<Traced> {
    let mut traced = Vec::new();
    let mut begun: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for line in BufReader::new(File::open(trace).unwrap()).lines() {
        let line = line.unwrap();
        let (process, rest) = line.split_once(' ').unwrap();
        let (at, words) = rest.trim_start().split_once(' ').unwrap();
        let (seconds, micros) = at.split_once('.').unwrap();
        let at = seconds.parse::<u64>().unwrap() * 1_000_000 + micros.parse::<u64>().unwrap();
        if let Some(head) = words.strip_suffix(" <unfinished ...>") {
            traced.extend(sync_begins(head, root).map(|call| Traced { at, call }));
            begun.insert(process.to_owned(), (at, head.to_owned()));
        } else if words.starts_with("<... ") {
            let (at, head) = begun.remove(process).unwrap();
            let (_, tail) = words.split_once("resumed>").unwrap();
            traced.extend(finished(&format!("{head}{tail}"), root).map(|call| Traced { at, call }));
        } else if words.contains(") = ") || words.contains(")  = ") {
            traced.extend(sync_begins(words, root).map(|call| Traced { at, call }));
            traced.extend(finished(words, root).map(|call| Traced { at, call }));
        }
    }
    traced
}

fn sync_begins(words: &str, root: &Path) -> Option<Call> {
    let (call, arguments) = words.split_once('(')?;
    let syncs = call == "fsync" || call == "fdatasync";
    syncs.then(|| Some(Call::SyncBegins { name: of_descriptor(arguments, root)? })).flatten()
}

/// A call that has come back; `None` if it failed, or has nothing to do with the folder.
fn finished(words: &str, root: &Path) -> Option<Call> {
    let (call, rest) = words.split_once('(')?;
    let (arguments, answer) = rest.rsplit_once(" = ")?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let answer: i64 = answer.split(['<', ' ']).next()?.parse().ok()?;
    if answer < 0 {
        return None;
    }
    let mut texts = arguments.split('"').skip(1).step_by(2);
    let mut named = || in_root(&unhex(texts.next()?), root);
    match call {
        "openat" => {
            let flags = arguments.rsplit_once('"')?.1;
            let (create, empty) = (flags.contains("O_CREAT"), flags.contains("O_TRUNC"));
            Some(Call::Open { name: named()?, create, empty })
        }
        "pwrite64" | "write" => {
            let name = of_descriptor(arguments, root)?;
            assert!(!arguments.contains("\"..."), "strace cut the bytes of a write off");
            let mut bytes = unhex(texts.next()?);
            bytes.truncate(answer as usize);
            match call {
                "write" => Some(Call::Append { name, bytes }),
                _ => Some(Call::Write { name, at: arguments.rsplit_once(", ")?.1.parse().ok()?, bytes }),
            }
        }
        "ftruncate" => {
            let to = arguments.rsplit_once(", ")?.1.parse().ok()?;
            Some(Call::Cut { name: of_descriptor(arguments, root)?, to })
        }
        "rename" => Some(Call::Rename { from: named()?, to: named()? }),
        "unlink" => Some(Call::Remove { name: named()? }),
        "fsync" | "fdatasync" => Some(Call::Synced { name: of_descriptor(arguments, root)? }),
        _ => None,
    }
}

/// `13</path/in/hex>, …`
fn of_descriptor(arguments: &str, root: &Path) -> Option<String> {
    let (path, _) = arguments.split_once('<')?.1.split_once('>')?;
    in_root(&unhex(path), root)
}

fn in_root(path: &[u8], root: &Path) -> Option<String> {
    let inside = Path::new(std::str::from_utf8(path).ok()?).strip_prefix(root).ok()?;
    Some(inside.to_str()?.to_owned())
}

/// `\x41\x42`
fn unhex(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// How faithful a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncing {
    Kept,
    /// As some controllers do: what was synced is not on the disk either.
    Ignored,
}

/// What happened to what was not synced when the power went.
#[derive(Debug, Clone, Copy)]
pub enum Unsynced {
    Lost,
    ByChance,
    Written,
}

pub struct Disk {
    syncing: Syncing,
    files: Vec<Content>,
    names: Names,
    synced_names: Names,
    /// Not synced, in their order.
    name_changes: Vec<NameChange>,
}

/// Names with what they stand for from then on, all at once.
type NameChange = Vec<(String, Option<usize>)>;

type Names = BTreeMap<String, usize>;

#[derive(Default)]
struct Content {
    synced: Vec<u8>,
    unsynced: Vec<Change>,
    /// How many of them were there when the sync under way began.
    syncing: usize,
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut { to: usize },
}

impl Disk {
    /// With these files on it, by name.
    pub fn new(files: BTreeMap<String, Vec<u8>>, syncing: Syncing) -> Self {
        let names: Names = files.keys().cloned().zip(0..).collect();
        let files = files.into_values().map(|synced| Content { synced, ..Content::default() }).collect();
        Self { syncing, files, synced_names: names.clone(), names, name_changes: Vec::new() }
    }

    pub fn take(&mut self, call: &Call) {
        match call {
            Call::Open { name, create, empty } => {
                if *create && !self.names.contains_key(name) {
                    self.files.push(Content::default());
                    self.rename(vec![(name.clone(), Some(self.files.len() - 1))]);
                } else if *empty {
                    self.change(name, Change::Cut { to: 0 });
                }
            }
            Call::Write { name, at, bytes } => self.change(name, Change::Write { at: *at, bytes: bytes.clone() }),
            Call::Append { name, bytes } => {
                let at = self.files[self.names[name]].length();
                self.change(name, Change::Write { at, bytes: bytes.clone() });
            }
            Call::Cut { name, to } => self.change(name, Change::Cut { to: *to }),
            Call::Rename { from, to } => {
                let file = self.names.get(from).copied();
                self.rename(vec![(from.clone(), None), (to.clone(), file)]);
            }
            Call::Remove { name } => self.rename(vec![(name.clone(), None)]),
            Call::SyncBegins { name } => {
                if let Some(file) = self.names.get(name) {
                    let file = &mut self.files[*file];
                    file.syncing = file.unsynced.len();
                }
            }
            Call::Synced { .. } if self.syncing == Syncing::Ignored => {}
            Call::Synced { name } => match self.names.get(name) {
                Some(file) => {
                    let file = &mut self.files[*file];
                    for change in file.unsynced.drain(..file.syncing) {
                        change.happen(&mut file.synced);
                    }
                }
                None => {
                    let here = |change: &mut NameChange| change.iter().all(|(changed, _)| folder_of(changed) == name);
                    for change in self.name_changes.extract_if(.., here) {
                        set(&mut self.synced_names, &change);
                    }
                }
            },
        }
    }

    fn change(&mut self, name: &str, change: Change) {
        self.files[self.names[name]].unsynced.push(change);
    }

    fn rename(&mut self, change: NameChange) {
        set(&mut self.names, &change);
        self.name_changes.push(change);
    }

    /// The files as they are found after the power has gone now.
    pub fn after_power_cut(&self, unsynced: Unsynced, chance: &mut StdRng) -> BTreeMap<String, Vec<u8>> {
        let changes = self.name_changes.len();
        let happened = match unsynced {
            Unsynced::Lost => 0,
            Unsynced::ByChance => chance.random_range(0..=changes),
            Unsynced::Written => changes,
        };
        let mut names = self.synced_names.clone();
        self.name_changes[..happened].iter().for_each(|change| set(&mut names, change));
        names.iter().map(|(name, file)| (name.clone(), self.files[*file].found(unsynced, chance))).collect()
    }
}

fn set(names: &mut Names, change: &NameChange) {
    for (name, file) in change {
        match file {
            Some(file) => names.insert(name.clone(), *file),
            None => names.remove(name),
        };
    }
}

/// The name of the folder that holds this name.
fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Content {
    fn length(&self) -> usize {
        self.unsynced.iter().fold(self.synced.len(), |length, change| match change {
            Change::Write { at, bytes } => length.max(at + bytes.len()),
            Change::Cut { to } => *to,
        })
    }

    fn found(&self, unsynced: Unsynced, chance: &mut StdRng) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for change in &self.unsynced {
            match unsynced {
                Unsynced::Lost => {}
                Unsynced::Written => change.happen(&mut bytes),
                Unsynced::ByChance => match chance.random_range(0..4) {
                    0 | 1 => change.happen(&mut bytes),
                    2 => change.happen_in_part(&mut bytes, chance),
                    _ => {}
                },
            }
        }
        bytes
    }
}

impl Change {
    fn happen(&self, file: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => {
                file.resize(file.len().max(at + bytes.len()), 0);
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Cut { to } => file.resize(*to, 0),
        }
    }

    fn happen_in_part(&self, file: &mut Vec<u8>, chance: &mut StdRng) {
        let Change::Write { at, bytes } = self else { return };
        let mut from = *at;
        while from < at + bytes.len() {
            let to = ((from / SECTOR + 1) * SECTOR).min(at + bytes.len());
            if chance.random_bool(0.5) {
                Change::Write { at: from, bytes: bytes[from - at..to - at].to_vec() }.happen(file);
            }
            from = to;
        }
    }
}
