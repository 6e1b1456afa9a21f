//! What may be used where.

use super::Findings;
use super::tree::{Tree, code_lines, has_word};

pub fn stray_axum(tree: &Tree) -> Findings {
    stray(tree, "server/src/", "server/src/http/", &["axum::"])
}

pub fn stray_browser(tree: &Tree) -> Findings {
    stray(tree, "app/src/", "app/src/browser/", &["wasm_bindgen", "wasm_bindgen_futures", "web_sys", "js_sys"])
}

/// Lines for the browser's target alone, or for all but it: lints are looked for as the crates are compiled for their native
/// tests.
pub fn for_one_target(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for (path, text) in ["app/src/", "shared/src/"].into_iter().flat_map(|folder| tree.below(folder, ".rs")) {
        let lines = code_lines(text).filter(|(_, line)| line.contains("cfg") && line.contains("target_"));
        findings
            .extend(lines.map(|(at, _)| format!("{path}:{at}: no lint is looked for where one target alone compiles")));
    }
    findings
}

/// Uses of `words` in `folder` outside `home`.
fn stray(tree: &Tree, folder: &str, home: &str, words: &[&str]) -> Findings {
    let mut findings = Vec::new();
    for (path, text) in tree.below(folder, ".rs").filter(|(path, _)| !path.starts_with(home)) {
        if format!("{}/", path.trim_end_matches(".rs")) == home {
            continue;
        }
        for (at, line) in code_lines(text) {
            for word in words.iter().filter(|word| has_word(line, word.trim_end_matches(':')) && line.contains(**word))
            {
                findings.push(format!("{path}:{at}: `{word}` belongs in {home}"));
            }
        }
    }
    findings
}

/// Which crate may not name which in its manifest; a name ending in `*` stands for all that begin so.
const FORBIDDEN: [(&str, &[&str]); 4] = [
    ("app", &["server", "axum*", "sqlx*", "e2e", "xtask"]),
    ("server", &["app", "leptos*", "web-sys", "js-sys", "wasm-bindgen*", "gloo*", "e2e", "xtask"]),
    (
        "shared",
        &[
            "app",
            "server",
            "tokio*",
            "axum*",
            "sqlx*",
            "hyper*",
            "leptos*",
            "web-sys",
            "js-sys",
            "wasm-bindgen*",
            "gloo*",
            "rand",
            "rand_*",
            "getrandom",
            "fastrand",
            "uuid",
            "chrono",
            "time",
            "jiff",
            "web-time",
            "instant",
        ],
    ),
    ("e2e", &["app", "server", "xtask"]),
];

/// Direct dependencies that a layer must not have. Tests may use more.
pub fn forbidden_dependencies(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for (package, forbidden) in FORBIDDEN {
        let path = format!("{package}/Cargo.toml");
        let Some(manifest) = tree.text(&path) else {
            findings.push(format!("{path} is missing"));
            continue;
        };
        for name in dependencies(manifest) {
            let hit =
                forbidden.iter().any(|no| no.strip_suffix('*').map_or(name == *no, |start| name.starts_with(start)));
            if hit {
                findings.push(format!("{path}: {package} may not depend on {name}"));
            }
        }
    }
    findings
}

/// Names under `[dependencies]`, of any target.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section == "dependencies" || section.ends_with(".dependencies");
            if let Some((_, name)) = section.rsplit_once("dependencies.").filter(|(kind, _)| !kind.ends_with('-')) {
                names.push(name);
            }
        } else if inside
            && !line.starts_with('#')
            && let Some((key, _)) = line.split_once(['=', '.'])
        {
            names.push(key.trim());
        }
    }
    names
}

/// Time, chance and the outside world arrive in `shared` as arguments.
pub fn impure_shared(tree: &Tree) -> Findings {
    const OUTSIDE: [&str; 7] =
        ["std::time::Instant", "Instant::now", "SystemTime", "std::thread", "std::fs", "std::net", "std::env"];
    let mut findings = Vec::new();
    for (path, text) in tree.below("shared/src/", ".rs").filter(|(path, _)| !path.ends_with("/tests.rs")) {
        for (at, line) in code_lines(text) {
            for name in OUTSIDE.iter().filter(|name| line.contains(**name)) {
                findings.push(format!(
                    "{path}:{at}: `{name}` does not belong in shared; take what it gives as an argument"
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_samples_of_uses_are_found() {
        let tree = Tree::of(&[
            ("server/src/http/sync.rs", "use axum::Router;"),
            ("server/src/http.rs", "use axum::Router;"),
            ("server/src/rooms.rs", "// axum:: stays out\nuse axum::body::Body;"),
            ("app/src/browser/socket.rs", "use web_sys::WebSocket;"),
            ("app/src/state/session.rs", "use web_sys::window;\nlet x: wasm_bindgen::JsValue;"),
        ]);
        assert_eq!(stray_axum(&tree), ["server/src/rooms.rs:2: `axum::` belongs in server/src/http/"]);
        assert_eq!(
            stray_browser(&tree),
            [
                "app/src/state/session.rs:1: `web_sys` belongs in app/src/browser/",
                "app/src/state/session.rs:2: `wasm_bindgen` belongs in app/src/browser/"
            ]
        );
    }

    #[test]
    fn bad_samples_of_lines_for_one_target_are_found() {
        let tree = Tree::of(&[
            ("app/src/state/a.rs", "fn fine() {}\n#[cfg(target_arch = \"wasm32\")]\nfn unseen() {}"),
            ("shared/src/b.rs", "if cfg!(not(target_family = \"wasm\")) {}"),
            ("server/src/c.rs", "#[cfg(target_os = \"linux\")]"),
            ("app/src/d.rs", "// cfg(target_arch) is not for us"),
        ]);
        let places: Vec<_> = for_one_target(&tree).iter().map(|found| found[..20].to_owned()).collect();
        assert_eq!(places, ["app/src/state/a.rs:2", "shared/src/b.rs:1: n"]);
    }

    #[test]
    fn bad_samples_of_dependencies_are_found() {
        let good = "[dependencies]\nserde.workspace = true";
        let tree = Tree::of(&[
            ("app/Cargo.toml", "[dependencies]\nserver = { path = \"../server\" }\nserde = \"1\""),
            ("server/Cargo.toml", "[dependencies.leptos_meta]\nversion = \"1\"\n[dev-dependencies]\nleptos = \"1\""),
            (
                "shared/Cargo.toml",
                "[target.'cfg(unix)'.dependencies]\ntokio-util = \"1\"\n# rand = \"1\"\ngetrandom.workspace = true",
            ),
            ("e2e/Cargo.toml", good),
        ]);
        assert_eq!(
            forbidden_dependencies(&tree),
            [
                "app/Cargo.toml: app may not depend on server",
                "server/Cargo.toml: server may not depend on leptos_meta",
                "shared/Cargo.toml: shared may not depend on tokio-util",
                "shared/Cargo.toml: shared may not depend on getrandom"
            ]
        );
        assert_eq!(forbidden_dependencies(&Tree::of(&[])).len(), FORBIDDEN.len());
    }

    #[test]
    fn bad_samples_of_purity_are_found() {
        let tree =
            Tree::of(&[("shared/src/sync/room.rs", "fn now() { SystemTime::now() }\n#[cfg(test)]\nuse std::fs;")]);
        let found = impure_shared(&tree);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("shared/src/sync/room.rs:1: `SystemTime`"));
    }
}
