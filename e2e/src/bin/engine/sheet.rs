//! All figures of all rounds, and the table made of them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::engine::Contender;
use e2e::figures;

use crate::rows::{self, Row};

const BEGIN: &str = "<!-- cargo xtask bench --engine writes from here -->";
const END: &str = "<!-- to here: the engine -->";

pub struct Sheet {
    figures: BTreeMap<(usize, Contender), Vec<f64>>,
    contenders: Vec<Contender>,
    rounds: u32,
}

impl Sheet {
    pub fn new(contenders: Vec<Contender>, rounds: u32) -> Self {
        Self { figures: BTreeMap::new(), contenders, rounds }
    }

    pub fn note(&mut self, row: &'static Row, contender: Contender, figure: f64) {
        println!("    {} {}: {} {}", row.scenario, row.what, short(figure), row.unit);
        let place = rows::ALL.iter().position(|it| std::ptr::eq(*it, row)).expect("every row is in the table");
        self.figures.entry((place, contender)).or_default().push(figure);
    }

    fn median(&self, row: usize, contender: Contender) -> Option<f64> {
        let mut figures = self.figures.get(&(row, contender))?.clone();
        figures.retain(|figure| figure.is_finite());
        figures.sort_by(f64::total_cmp);
        let middle = figures.len() / 2;
        match figures.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(figures[middle]),
            _ => Some((figures[middle - 1] + figures[middle]) / 2.0),
        }
    }

    /// Medians in Markdown, ours last but the goal and what comes of it.
    pub fn table(&self) -> String {
        let mut table = String::from("| | |");
        self.contenders.iter().for_each(|contender| write!(table, " {contender} |").expect("a string takes all"));
        table.push_str(" goal | |\n|---|---|");
        table.push_str(&"---:|".repeat(self.contenders.len()));
        table.push_str("---|---|\n");
        for (place, row) in rows::ALL.iter().enumerate() {
            let median = |contender| self.median(place, contender);
            if self.contenders.iter().all(|contender| median(*contender).is_none()) {
                continue;
            }
            write!(table, "| {} | {} |", row.scenario, row.what).expect("a string takes all");
            for contender in &self.contenders {
                let figure = median(*contender).map_or_else(|| "–".to_owned(), short);
                let unit = if figure == "–" { "" } else { row.unit };
                write!(table, " {} |", format!("{figure} {unit}").trim_end()).expect("a string takes all");
            }
            let judged = row.judge(median).map(|(ratio, met)| {
                let verdict = if met { "met" } else { "**missed**" };
                if ratio.is_empty() { verdict.to_owned() } else { format!("{ratio}, {verdict}") }
            });
            writeln!(table, " {} | {} |", row.goal_in_words(), judged.unwrap_or_default()).expect("a string takes all");
        }
        table
    }

    /// Replaces the part of the file that is ours, or adds it at the end.
    pub fn write(&self, file: &Path, took: u64) -> Result<()> {
        let old = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let part = format!("## The engine against its peers\n\n{}\n{}", self.foreword(took), self.table());
        Ok(std::fs::write(file, figures::with_part(&old, BEGIN, END, &part))?)
    }

    fn foreword(&self, took: u64) -> String {
        format!(
            "{}; medians of {} rounds, servers in turn within each, {took} s in all. Everything on \
             one machine over loopback, each server fresh with persistence on: `@hocuspocus/server` 4.7 with its \
             SQLite extension on Node 22, `@y/websocket-server` 0.1.1 with LevelDB, ours as it ships. All are spoken \
             to as by a stock client; where an acknowledgement is timed, ours by its own subprotocol, which gives it \
             only for what is durable. A delivery is one edit that has come to one other participant, in whatever \
             frame. CPU is that of all threads of the server; the load generator runs on one thread, and its share \
             of a core is told beside each scenario.\n",
            figures::measured_on(),
            self.rounds
        )
    }
}

/// Three digits that matter.
fn short(figure: f64) -> String {
    match figure.abs() {
        whole if whole.fract() == 0.0 => grouped(figure as i64),
        size if size >= 100.0 => grouped(figure.round() as i64),
        size if size >= 10.0 => format!("{figure:.1}"),
        size if size >= 0.1 => format!("{figure:.2}"),
        _ => format!("{figure:.3}"),
    }
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_that_matter() {
        let figures = [0.0, 3.0, 0.0123, 0.456, 1.234, 45.67, 123.4, 12_345.6];
        assert_eq!(figures.map(short), ["0", "3", "0.012", "0.46", "1.23", "45.7", "123", "12,346"]);
    }

    #[test]
    fn the_table_has_medians_and_the_rest_of_the_file_stays() {
        let mut sheet = Sheet::new(vec![Contender::Hocuspocus, Contender::Gongbei], 3);
        for (theirs, ours) in [(90.0, 60.0), (100.0, 70.0), (500.0, 9.0)] {
            sheet.note(&rows::S1A_CPU, Contender::Hocuspocus, theirs);
            sheet.note(&rows::S1A_CPU, Contender::Gongbei, ours);
        }
        assert!(sheet.table().contains("| 100 µs | 60 µs | ≤ 0.8 × best peer | 0.60 ×, met |"), "{}", sheet.table());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("performance.md");
        std::fs::write(&file, "# Performance\n\nbefore\n").unwrap();
        sheet.write(&file, 5).unwrap();
        let once = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{once}\nafter\n")).unwrap();
        sheet.write(&file, 5).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{once}\nafter\n"));
    }
}
