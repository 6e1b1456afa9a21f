//! The figures as a table, kept in docs/performance.md.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use e2e::figures;

use crate::board::BoardFigures;
use crate::library::LibraryFigures;

const BEGIN: &str = "<!-- cargo xtask bench writes from here -->";
const END: &str = "<!-- to here -->";

/// Milliseconds of one measurement, a value per key.
#[derive(Default)]
pub struct Figures {
    /// Key down until the letter is in the page.
    pub handled: Vec<f64>,
    /// Key down until the next paint after it.
    pub own_screen: Vec<f64>,
    /// Key down until the letter is painted in the other browser.
    pub other_screen: Vec<f64>,
}

/// All measurements, each by the document's length in characters.
#[derive(Default)]
pub struct Report {
    /// Keys per measurement.
    pub keys: usize,
    pub opening_first: Vec<(usize, Duration)>,
    pub opening_again: Vec<(usize, Duration)>,
    pub alone: Vec<(usize, Figures)>,
    pub together: Vec<(usize, Figures)>,
    /// An editable element with the same text and no program.
    pub bare: Vec<(usize, Figures)>,
    pub library: LibraryFigures,
    pub board: BoardFigures,
}

impl Report {
    pub fn table(&self) -> String {
        let mut table = String::from("| characters | what | p50 | p95 | p99 |\n|---|---|---|---|---|\n");
        let groups =
            [("2 people", &self.alone), ("6 people, 5 typing", &self.together), ("bare contenteditable", &self.bare)];
        for (who, measured) in groups {
            for (characters, figures) in measured {
                let rows = [
                    ("key → letter in the page", &figures.handled),
                    ("key → own screen", &figures.own_screen),
                    ("key → colleague's screen", &figures.other_screen),
                ];
                for (what, times) in rows.into_iter().filter(|(_, times)| !times.is_empty()) {
                    let [middle, high, highest] = [50, 95, 99].map(|percent| percentile(times, percent));
                    writeln!(
                        table,
                        "| {characters} | {what}, {who} | {middle:.1} ms | {high:.1} ms | {highest:.1} ms |"
                    )
                    .ok();
                }
            }
        }
        table.push_str("\n| characters | click → editable, first visit | again |\n|---|---|---|\n");
        for ((characters, first), (_, again)) in self.opening_first.iter().zip(&self.opening_again) {
            writeln!(table, "| {characters} | {} ms | {} ms |", first.as_millis(), again.as_millis()).ok();
        }
        table.push('\n');
        table += &library_table(&self.library);
        table.push('\n');
        table += &board_table(&self.board);
        if let Ok(sizes) = std::env::var("GONGBEI_SIZES") {
            table.push_str("\n| first load | bytes, brotli |\n|---|---|\n");
            for (name, bytes) in sizes.split(',').filter_map(|pair| pair.split_once('=')) {
                writeln!(table, "| {name} | {bytes} |").ok();
            }
        }
        table
    }

    /// Replaces the part of the file that is ours; what stands around it stays.
    pub fn write(&self, file: &Path) -> Result<()> {
        let old = std::fs::read_to_string(file).unwrap_or_else(|_| "# Performance\n".to_owned());
        let part = format!(
            "## In the browser\n\n{}. Chromium headless without GPU, server, browsers and \
             colleagues all on this one machine, loopback. {} keys a row; a key's time ends with the paint that shows \
             its letter. Bare contenteditable: an editable element with the same nodes and no program, in the same \
             window: what the browser itself takes.\n\n{}",
            figures::measured_on(),
            self.keys,
            self.table()
        );
        Ok(std::fs::write(file, figures::with_part(&old, BEGIN, END, &part))?)
    }
}

/// The figures of the library's page.
pub fn library_table(figures: &LibraryFigures) -> String {
    let mut table = String::from("| the library’s page | p50 | highest | goal |\n|---|---|---|---|\n");
    let rows = [
        ("key → results on the screen", &figures.results, 200),
        ("usable again on a line of 400 kbit/s and 300 ms", &figures.again, 1_500),
    ];
    for (what, times, goal) in rows {
        let (middle, highest) = (percentile(times, 50), percentile(times, 100));
        writeln!(table, "| {what} | {middle:.0} ms | {highest:.0} ms | {goal} ms |").ok();
    }
    table
}

/// The figures of boards.
pub fn board_table(figures: &BoardFigures) -> String {
    let mut table = String::from("| boards | p50 | p95 | highest | goal |\n|---|---|---|---|---|\n");
    let rows = [
        ("pointer → the other screen", &figures.drawn, "p50 40 ms"),
        ("picture → picture, 20,000 strokes moved about", &figures.frames, "16.7 ms"),
        ("20,000 strokes over 400 kbit/s: address → strokes on the screen", &figures.joined, "2,000 ms"),
    ];
    for (what, times, goal) in rows {
        let [middle, high, highest] = [50, 95, 100].map(|percent| percentile(times, percent));
        writeln!(table, "| {what} | {middle:.1} ms | {high:.1} ms | {highest:.1} ms | {goal} |").ok();
    }
    table
}

fn percentile(times: &[f64], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((last * percent).div_ceil(100)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let times: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!([50, 95, 99].map(|percent| percentile(&times, percent)), [51.0, 96.0, 100.0]);
        assert!(percentile(&[], 50).is_nan());
    }
}
