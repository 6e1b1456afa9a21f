//! What was left to be done, and files that have grown.

use super::Findings;
use super::tree::Tree;

/// Written apart, so that this file does not find itself.
const MARKS: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("#[ig", "nore"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];

const SOURCES: [&str; 9] = [".rs", ".ts", ".mjs", ".js", ".css", ".html", ".toml", ".md", ".sql"];

pub fn unfinished(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| SOURCES.iter().any(|ending| path.ends_with(ending))) {
        for (at, line) in text.lines().enumerate() {
            for mark in MARKS.iter().filter(|mark| line.contains(**mark)) {
                findings.push(format!("{path}:{}: `{mark}`: do it, or write down why not in docs/limits.md", at + 1));
            }
        }
    }
    findings
}

/// Source files over 400 lines, longest first; over 600 they need a reason.
pub fn long_files(tree: &Tree) -> Vec<String> {
    let code = [".rs", ".ts", ".css"];
    let mut long: Vec<(usize, &str)> = tree
        .iter()
        .filter(|(path, _)| code.iter().any(|ending| path.ends_with(ending)))
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > 400)
        .collect();
    long.sort_unstable_by(|one, other| other.cmp(one));
    let words = |lines: usize| if lines > 600 { "lines: is there a reason?" } else { "lines" };
    long.into_iter().map(|(lines, path)| format!("{path}: {lines} {}", words(lines))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_samples_are_found() {
        for mark in MARKS {
            let tree = Tree::of(&[("a.rs", &format!("fine\n// {mark} later")), ("b.bin", mark)]);
            assert_eq!(unfinished(&tree).len(), 1, "{mark}");
        }
        assert!(unfinished(&Tree::of(&[("a.rs", "all done")])).is_empty());
    }

    #[test]
    fn long_files_are_reported_longest_first() {
        let (long, longer) = ("x\n".repeat(401), "x\n".repeat(601));
        let tree = Tree::of(&[("a.rs", &long), ("b.ts", &longer), ("c.md", &longer), ("d.rs", "x")]);
        assert_eq!(long_files(&tree), ["b.ts: 601 lines: is there a reason?", "a.rs: 401 lines"]);
    }
}
