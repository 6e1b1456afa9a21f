//! The checks of names, layers and leftovers: docs rot by name, layers by one careless `use`.

mod docs;
mod layers;
mod leftovers;
mod locales;
mod tree;

use anyhow::{Result, bail};

use crate::steps::{Done, Steps};
use tree::Tree;

/// What a check has to say: one sentence for each place.
type Findings = Vec<String>;

/// One check with the sentence it keeps true.
struct Rule {
    name: &'static str,
    find: fn(&Tree) -> Findings,
}

const RULES: [Rule; 10] = [
    Rule { name: "paths and types named in ARCHITECTURE.md exist", find: docs::unknown_names },
    Rule { name: "every rule of docs/protocol.md is quoted by a test", find: docs::unquoted_rules },
    Rule { name: "axum stays in server/src/http", find: layers::stray_axum },
    Rule { name: "the browser's API stays in app/src/browser", find: layers::stray_browser },
    Rule { name: "app, server and shared depend on what they may", find: layers::forbidden_dependencies },
    Rule { name: "shared has no clocks and no chance", find: layers::impure_shared },
    Rule { name: "Clippy sees every line of app and shared, for whichever target it is", find: layers::for_one_target },
    Rule { name: "nothing is left to do", find: leftovers::unfinished },
    Rule { name: "both languages have the same keys", find: locales::different_keys },
    Rule { name: "every key of the languages is said, and written once", find: locales::idle_keys },
];

/// `cargo xtask tidy`: the checks, then the lengths of files.
pub fn tidy() -> Result<()> {
    let mut steps = Steps::begin();
    let checked = steps.step("tidy", "names, layers, leftovers", check);
    for line in leftovers::long_files(&Tree::of_repository()?) {
        println!("   {line}");
    }
    checked
}

pub fn check() -> Result<Done> {
    let tree = Tree::of_repository()?;
    let mut wrong = 0;
    for rule in RULES {
        let findings = (rule.find)(&tree);
        if !findings.is_empty() {
            println!("  not true: {}", rule.name);
            findings.iter().for_each(|finding| println!("    {finding}"));
            wrong += findings.len();
        }
    }
    if wrong > 0 {
        bail!("{wrong} things are not tidy; they are listed above");
    }
    let long = leftovers::long_files(&tree).len();
    Ok(Done::Measured(format!("{} rules hold, {long} files over 400 lines", RULES.len())))
}
