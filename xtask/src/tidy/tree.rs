//! The repository's text as the checks see it.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::{place, shell};

/// Text files by path from the root.
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// What git knows or would add, binary files left out.
    pub fn of_repository() -> Result<Self> {
        let listed =
            shell::ask(shell::program("git").args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]))
                .context("cannot list the files; is this a git clone?")?;
        let paths = listed.split('\0').filter(|path| !path.is_empty());
        let files =
            paths.filter_map(|path| Some((path.to_owned(), fs::read_to_string(place::root().join(path)).ok()?)));
        Ok(Self { files: files.collect() })
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files below a folder (given with its slash) with that ending.
    pub fn below<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }

    /// Whether a file or folder is named so, in full or by the end of its path.
    pub fn has(&self, name: &str) -> bool {
        let name = name.trim_end_matches('/');
        self.files.keys().any(|path| {
            let mut from = 0;
            while let Some(at) = path[from..].find(name).map(|at| from + at) {
                let starts = at == 0 || path.as_bytes()[at - 1] == b'/';
                let end = at + name.len();
                if starts && (end == path.len() || path.as_bytes()[end] == b'/') {
                    return true;
                }
                from = at + name.chars().next().map_or(1, char::len_utf8);
            }
            false
        })
    }
}

/// The lines that are code, with their numbers from 1: comments cut off, and nothing from `#[cfg(test)]` on.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .map(|(at, line)| (at + 1, line.split_once("//").map_or(line, |(code, _)| code)))
}

/// Whether `word` stands in `text` with no letter, digit or underscore at its sides.
pub fn has_word(text: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(joins) && !text[at + word.len()..].chars().next().is_some_and(joins)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_the_end_of_the_path() {
        let tree = Tree::of(&[("server/src/http/sync.rs", ""), ("server/src/app.rs", "")]);
        for name in ["server", "server/src/http/", "http/sync.rs", "sync.rs", "src/app.rs"] {
            assert!(tree.has(name), "{name}");
        }
        for name in ["http/sync", "ync.rs", "server/http", "sync.rs/x"] {
            assert!(!tree.has(name), "{name}");
        }
    }

    #[test]
    fn comments_and_tests_are_no_code() {
        let text = "use a; // axum::\n// axum::\ncode();\n#[cfg(test)]\nmod tests {}";
        let lines: Vec<_> = code_lines(text).collect();
        assert_eq!(lines, [(1, "use a; "), (2, ""), (3, "code();")]);
    }

    #[test]
    fn words_have_ends() {
        assert!(has_word("let L3 = x", "L3"));
        assert!(!has_word("L31 XL3 L3_x", "L3"));
    }
}
