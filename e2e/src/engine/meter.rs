//! What a process costs, as the system tells it in /proc.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Clock ticks of /proc/PID/stat: 100 a second on every Linux there is.
const TICK: Duration = Duration::from_millis(10);
/// Threads that have ended are in the ticks only.
const TICKS_MAY_DIFFER: Duration = Duration::from_millis(50);

/// Processor time of all threads of a process since it began.
///
/// The scheduler's own account counts nanoseconds, of living threads; ticks are coarse and count the dead ones too.
pub fn cpu(process: u32) -> Result<Duration> {
    let place = PathBuf::from(format!("/proc/{process}"));
    let stat = fs::read_to_string(place.join("stat")).with_context(|| format!("process {process} is gone"))?;
    // "pid (name) state …"; a name may have spaces and brackets in it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    let counted = TICK * ticks;
    let threads = fs::read_dir(place.join("task")).into_iter().flatten().flatten();
    let precise: Duration = threads
        .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum();
    Ok(if precise.abs_diff(counted) < TICKS_MAY_DIFFER { precise } else { counted })
}

/// The same of this process: the load generator.
pub fn own_cpu() -> Result<Duration> {
    cpu(std::process::id())
}

/// Resident memory in bytes.
pub fn resident(process: u32) -> Result<u64> {
    memory(process, "VmRSS:")
}

/// The most of it that there ever was.
pub fn most_resident(process: u32) -> Result<u64> {
    memory(process, "VmHWM:")
}

fn memory(process: u32, which: &str) -> Result<u64> {
    let status =
        fs::read_to_string(format!("/proc/{process}/status")).with_context(|| format!("process {process} is gone"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)).with_context(|| format!("no {which}"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}

/// Waits until the process does next to nothing any more, `longest` at most.
pub async fn until_quiet(process: u32, longest: Duration) -> Result<()> {
    const LOOK: Duration = Duration::from_millis(200);
    let started = Instant::now();
    let mut quiet = 0;
    let mut before = cpu(process)?;
    while quiet < 2 && started.elapsed() < longest {
        tokio::time::sleep(LOOK).await;
        let now = cpu(process)?;
        quiet = if now.saturating_sub(before) < LOOK / 20 { quiet + 1 } else { 0 };
        before = now;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted() {
        let before = own_cpu().unwrap();
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(200) {
            std::hint::spin_loop();
        }
        assert!(own_cpu().unwrap() > before);
        assert!(resident(std::process::id()).unwrap() > 1 << 20);
        assert!(cpu(u32::MAX).is_err());
    }
}
