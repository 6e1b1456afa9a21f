//! What the measuring programs say alike in docs/performance.md.

/// The commit that was measured, and on what.
pub fn measured_on() -> String {
    let commit = std::env::var("GONGBEI_COMMIT").unwrap_or_else(|_| "an unknown commit".to_owned());
    format!("Commit {commit}, {}", machine())
}

/// Cores and memory: enough to compare, nothing that names a machine.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = meminfo.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    format!("{cores} cores, {} GiB of memory", kibibytes.div_ceil(1024 * 1024))
}

/// The file with a new part between these marks, or at its end; what stands around it stays.
pub fn with_part(file: &str, begin: &str, end: &str, part: &str) -> String {
    match (file.split_once(begin), file.split_once(end)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{begin}\n\n{part}\n{end}{after}"),
        _ => format!("{}\n\n{begin}\n\n{part}\n{end}\n", file.trim_end()),
    }
}
