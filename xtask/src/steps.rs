//! Steps with a name, a time and an end, and the table of them.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// How a step went well.
pub enum Done {
    /// Work was done.
    Worked,
    /// Nothing had changed.
    Fresh,
    /// Work was done, with figures for the table.
    Measured(String),
}

enum End {
    Passed(Done),
    Failed(String),
    Skipped(String),
}

struct Step {
    name: String,
    took: Duration,
    end: End,
}

/// The steps of one command, in order.
pub struct Steps {
    steps: Vec<Step>,
    started: Instant,
}

impl Steps {
    pub fn begin() -> Self {
        Self { steps: Vec::new(), started: Instant::now() }
    }

    /// Announces and does one step; its failure is kept for the table and returned.
    pub fn step(&mut self, name: &str, what: &str, work: impl FnOnce() -> Result<Done>) -> Result<()> {
        println!("\n== {name}: {what}");
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        let (end, answer) = match result {
            Ok(done) => {
                println!("   {name}: {} ({})", done.words(), seconds(took));
                (End::Passed(done), Ok(()))
            }
            Err(problem) => {
                let sentence = format!("{problem:#}");
                println!("   {name} FAILED after {}: {sentence}", seconds(took));
                (End::Failed(sentence.clone()), Err(anyhow!(sentence)))
            }
        };
        self.steps.push(Step { name: name.to_owned(), took, end });
        answer
    }

    /// A step that can't be tried, because `reason`.
    pub fn skip(&mut self, name: &str, reason: &str) {
        println!("\n== {name}: skipped, {reason}");
        self.steps.push(Step { name: name.to_owned(), took: Duration::ZERO, end: End::Skipped(reason.to_owned()) });
    }

    pub fn passed(&self, name: &str) -> bool {
        self.steps.iter().any(|step| step.name == name && matches!(step.end, End::Passed(_)))
    }

    /// Prints name, time and outcome of every step.
    pub fn table(&self) {
        println!();
        for step in &self.steps {
            let words = match &step.end {
                End::Passed(done) => done.words().to_owned(),
                End::Failed(sentence) => format!("FAILED: {}", first_lines(sentence)),
                End::Skipped(reason) => format!("skipped: {reason}"),
            };
            let words = words.replace('\n', &format!("\n{:26}", ""));
            println!("  {:<12} {:>9}  {words}", step.name, seconds(step.took));
        }
        println!("  {:<12} {:>9}", "together", seconds(self.started.elapsed()));
    }

    /// The closing line, and an error if anything failed.
    pub fn tally(&self) -> Result<()> {
        let count = |wanted: fn(&End) -> bool| self.steps.iter().filter(|step| wanted(&step.end)).count();
        let passed = count(|end| matches!(end, End::Passed(_)));
        let failed = count(|end| matches!(end, End::Failed(_)));
        let skipped = count(|end| matches!(end, End::Skipped(_)));
        match skipped {
            0 => println!("\n{passed} passed, {failed} failed"),
            _ => println!("\n{passed} passed, {failed} failed, {skipped} skipped"),
        }
        if failed + skipped > 0 {
            return Err(anyhow!("not everything passed; the table above says what to do"));
        }
        Ok(())
    }
}

impl Done {
    fn words(&self) -> &str {
        match self {
            Done::Worked => "done",
            Done::Fresh => "up to date",
            Done::Measured(figures) => figures,
        }
    }
}

/// Of a long explanation what a table has room for.
fn first_lines(sentence: &str) -> String {
    const LINES: usize = 6;
    sentence.lines().take(LINES).collect::<Vec<_>>().join("\n")
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_or_skipped_step_fails_the_whole() {
        let mut steps = Steps::begin();
        steps.step("one", "works", || Ok(Done::Worked)).unwrap();
        assert!(steps.tally().is_ok());
        assert!(steps.passed("one"));
        steps.skip("two", "needs what is absent");
        assert!(steps.tally().is_err());
        assert!(!steps.passed("two"));
        let mut steps = Steps::begin();
        assert!(steps.step("three", "fails", || Err(anyhow!("no"))).is_err());
        assert!(steps.tally().is_err());
    }

    #[test]
    fn times_are_written_as_people_say_them() {
        assert_eq!(seconds(Duration::from_millis(1250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
