//! Names in documents.

use std::collections::BTreeSet;

use super::Findings;
use super::tree::{Tree, code_lines, has_word};

const MAP: &str = "ARCHITECTURE.md";
const RULES: &str = "docs/protocol.md";
const ENDINGS: [&str; 14] =
    [".rs", ".ts", ".mjs", ".js", ".md", ".css", ".html", ".json", ".toml", ".sql", ".lock", ".svg", ".txt", "/"];

/// Paths and types in backticks of the map that are nowhere in the tree.
pub fn unknown_names(tree: &Tree) -> Findings {
    let Some(map) = tree.text(MAP) else { return vec![format!("{MAP} is missing")] };
    let code: String = tree
        .iter()
        .filter(|(path, _)| path.ends_with(".rs") || path.ends_with(".ts"))
        .flat_map(|(_, text)| code_lines(text))
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    let mut findings = Vec::new();
    for (at, line) in map.lines().enumerate() {
        for name in line.split('`').skip(1).step_by(2) {
            let missing = match Named::of(name) {
                Named::Path => !tree.has(name),
                Named::Type => name.split("::").any(|part| !has_word(&code, part)),
                Named::Else => false,
            };
            if missing {
                findings.push(format!("{MAP}:{}: `{name}` is nowhere", at + 1));
            }
        }
    }
    findings
}

/// What a piece of code in a text is the name of.
enum Named {
    Path,
    Type,
    Else,
}

impl Named {
    fn of(name: &str) -> Self {
        let plain = |extra: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c));
        if plain("_-./") && !name.starts_with('/') && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            return Named::Path;
        }
        // SAVED or yrs may be anything; Room, Room::handle and RoomEffect are ours.
        let head = name.split("::").next().unwrap_or(name);
        let camel =
            head.starts_with(|c: char| c.is_ascii_uppercase()) && head.contains(|c: char| c.is_ascii_lowercase());
        if plain("_:") && camel { Named::Type } else { Named::Else }
    }
}

/// Rules of the protocol that no test names.
pub fn unquoted_rules(tree: &Tree) -> Findings {
    let Some(rules) = tree.text(RULES) else { return vec![format!("{RULES} is missing")] };
    let ids: BTreeSet<&str> = rules.lines().filter_map(rule_id).collect();
    if ids.is_empty() {
        return vec![format!("{RULES} has no numbered rules (a line that begins with `**A1**` or `### A1`)")];
    }
    let tests: String = tree.iter().filter_map(|(path, text)| tests_of(path, text)).collect();
    let quoted = |id: &str| has_word(&tests, id) || tests.contains(&format!("fn {}_", id.to_lowercase()));
    ids.into_iter().filter(|id| !quoted(id)).map(|id| format!("{RULES}: no test names rule {id}")).collect()
}

/// The id of the rule that a line begins: `- **S3** …`, `### S3 …`, `| S3 | …`.
fn rule_id(line: &str) -> Option<&str> {
    let id =
        line.trim_start_matches(|c: char| "-#*| ".contains(c)).split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let marked = line.starts_with(['-', '#', '*', '|']);
    let letters = id.bytes().take_while(u8::is_ascii_uppercase).count();
    let numbered =
        (1..=2).contains(&letters) && id.len() > letters && id[letters..].bytes().all(|b| b.is_ascii_digit());
    (marked && numbered).then_some(id)
}

/// What of a file is test code, if anything.
fn tests_of<'a>(path: &str, text: &'a str) -> Option<&'a str> {
    let of_tests = path.contains("/tests/") || path.contains("/tests.rs") || path.ends_with(".test.ts");
    if of_tests {
        return Some(text);
    }
    path.ends_with(".rs").then(|| text.find("#[cfg(test)]").map(|at| &text[at..])).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_samples_of_the_map_are_found() {
        let tree = Tree::of(&[
            (
                MAP,
                "`shared/src/room.rs` has `Room`, `Room::handle` and `/sync/{document}`.\n`gone.rs`, `Lost`, `Room::lost`, `COMMIT`",
            ),
            ("shared/src/room.rs", "pub struct Room; impl Room { fn handle() {} } // Lost"),
        ]);
        let found = ["`gone.rs`", "`Lost`", "`Room::lost`"].map(|name| format!("{MAP}:2: {name} is nowhere"));
        assert_eq!(unknown_names(&tree), found);
        assert_eq!(unknown_names(&Tree::of(&[])).len(), 1);
    }

    #[test]
    fn bad_samples_of_rules_are_found() {
        let rules =
            "- **S1** first\n- **S2** second\n### L10 third\nS9 is only mentioned; **bold** too\n| R4 | fourth |";
        let tree = Tree::of(&[
            (RULES, rules),
            ("shared/src/room.rs", "// S2 in a comment\n#[cfg(test)]\nfn s1_first() {}"),
            ("shared/tests/sim.rs", "fn l10_third() { check(\"R4\") }"),
        ]);
        assert_eq!(unquoted_rules(&tree), [format!("{RULES}: no test names rule S2")]);
        assert_eq!(unquoted_rules(&Tree::of(&[(RULES, "no rules")])).len(), 1);
    }
}
