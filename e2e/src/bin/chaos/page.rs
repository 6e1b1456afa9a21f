//! The figures of a run, and their place in docs/trust.md.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::figures;

/// What was tried, what came of it, and what was promised.
pub struct Row {
    what: String,
    found: String,
    promise: String,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing was promised.
    Told,
    Kept,
    /// A time that the machine did not allow for: it says so, and is no failure.
    Slower,
    Broken,
}

#[derive(Default)]
pub struct Outcome {
    pub rows: Vec<Row>,
    /// Each says what went wrong and how to see it again.
    pub wrong: Vec<String>,
}

impl Row {
    /// What must be so on every machine: counts, sizes.
    pub fn new(what: impl Into<String>, found: impl Into<String>, promise: impl Into<String>, kept: bool) -> Self {
        let verdict = if kept { Verdict::Kept } else { Verdict::Broken };
        Self { what: what.into(), found: found.into(), promise: promise.into(), verdict }
    }

    /// A time that is promised on a machine with nothing else to do.
    pub fn timed(what: impl Into<String>, found: impl Into<String>, promise: impl Into<String>, kept: bool) -> Self {
        let verdict = if kept { Verdict::Kept } else { Verdict::Slower };
        Self { verdict, ..Self::new(what, found, promise, kept) }
    }

    /// What was found, without a promise.
    pub fn told(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Told, ..Self::new(what, found, "", true) }
    }
}

impl From<Result<Vec<Row>>> for Outcome {
    fn from(result: Result<Vec<Row>>) -> Self {
        match result {
            Ok(rows) => Self { rows, wrong: Vec::new() },
            Err(problem) => Self { rows: Vec::new(), wrong: vec![format!("{problem:#}")] },
        }
    }
}

impl Outcome {
    /// Promises that were not kept, besides what went wrong.
    pub fn broken(&self) -> impl Iterator<Item = String> {
        let broken = self.rows.iter().filter(|row| row.verdict == Verdict::Broken);
        broken.map(|row| format!("{}: {}, not {}", row.what, row.found, row.promise))
    }

    pub fn print(&self) {
        for Row { what, found, promise, verdict } in &self.rows {
            let verdict = match verdict {
                Verdict::Told | Verdict::Kept => "",
                Verdict::Slower => "  slower",
                Verdict::Broken => "  NOT KEPT",
            };
            let promise = if promise.is_empty() { String::new() } else { format!(" ({promise})") };
            println!("    {what}: {found}{promise}{verdict}");
        }
        self.wrong.iter().for_each(|wrong| println!("    WRONG: {wrong}"));
    }
}

const BEGIN: &str = "<!-- cargo xtask chaos writes from here -->";
const END: &str = "<!-- to here -->";

/// Replaces the figures in the page; what stands around them stays.
pub fn write(file: &Path, seed: u64, took: u64, outcomes: &[Outcome]) -> Result<()> {
    let old = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let part = format!(
        "{}, seed {seed}, {} min {:02} s. The server, everybody who writes and everybody who looks are on this one \
         machine.\n\n{}",
        figures::measured_on(),
        took / 60,
        took % 60,
        table(outcomes)
    );
    Ok(std::fs::write(file, figures::with_part(&old, BEGIN, END, &part))?)
}

fn table(outcomes: &[Outcome]) -> String {
    let mut table = String::from("| what was done | what came of it | promised | |\n|---|---|---|---|\n");
    for Row { what, found, promise, verdict } in outcomes.iter().flat_map(|outcome| &outcome.rows) {
        let verdict = match verdict {
            Verdict::Told => "",
            Verdict::Kept => "kept",
            Verdict::Slower => "slower",
            Verdict::Broken => "**broken**",
        };
        table.push_str(&format!("| {what} | {found} | {promise} | {verdict} |\n"));
    }
    for wrong in outcomes.iter().flat_map(|outcome| &outcome.wrong) {
        let wrong = wrong.lines().next().unwrap_or_default();
        table.push_str(&format!("| a trial that did not get to its end | {wrong} | | **broken** |\n"));
    }
    table
}

/// A value that occurred, of sorted ones.
pub fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last * percent).div_ceil(100)).copied().unwrap_or_default()
}

/// Microseconds as people say them.
pub fn millis(micros: u32) -> String {
    match micros {
        0..10_000 => format!("{:.1} ms", f64::from(micros) / 1e3),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{:.1} s", f64::from(micros) / 1e6),
    }
}

/// With commas, as in English.
pub fn counted(number: impl Display) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|it| std::str::from_utf8(it).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_what_was_broken() {
        let slow = Row::timed("d", "4", "3", false);
        let rows = vec![Row::new("a", "1", "1", true), Row::new("b", "2", "1", false), Row::told("c", "3"), slow];
        let outcome = Outcome { rows, wrong: vec!["lost: seed 7\nagain: …".to_owned()] };
        assert_eq!(outcome.broken().collect::<Vec<_>>(), ["b: 2, not 1"]);
        let table = table(&[outcome]);
        let lines = ["| a | 1 | 1 | kept |", "| b | 2 | 1 | **broken** |", "| c | 3 |  |  |", "| d | 4 | 3 | slower |"];
        for line in lines.into_iter().chain(["| lost: seed 7 | | **b"]) {
            assert!(table.contains(line), "{line} in {table}");
        }
        let from_failure = Outcome::from(Err(anyhow::anyhow!("no")));
        assert_eq!((from_failure.rows.len(), from_failure.wrong), (0, vec!["no".to_owned()]));
    }

    #[test]
    fn figures_are_written_as_people_say_them() {
        assert_eq!([900, 52_300, 1_250_000].map(millis), ["0.9 ms", "52 ms", "1.2 s"]);
        assert_eq!([7_u32, 1_234, 5_000_000].map(counted), ["7", "1,234", "5,000,000"]);
        assert_eq!([50, 99].map(|percent| percentile(&[1, 2, 3, 4], percent)), [3, 4]);
    }
}
