//! What a process of our own gives up before it looks at foreign bytes (R5, R15): little memory, little time, and no
//! file, socket or process beyond the descriptors it was started with. One that becomes `ffmpeg` has more of all that,
//! works when nobody else wants to, and ends with the server.

/// What the process may still have.
#[derive(Debug, Clone, Copy)]
pub struct Confines {
    /// Bytes of address space beyond what is taken already.
    pub memory: u64,
    /// Seconds of a processor, all in all.
    pub cpu_seconds: u64,
}

/// What a process that makes films smaller may have.
#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    /// Bytes of address space, all in all.
    pub memory: u64,
    /// Seconds of a processor, all in all.
    pub cpu_seconds: u64,
    /// The largest file it may write, in bytes.
    pub file_bytes: u64,
    pub open_files: u64,
}

/// From here on nothing beyond `confines` can be had, nothing written to disk, and no core is dumped.
///
/// # Errors
/// When the system does not say what is taken, or does not take the limits: then nothing foreign should be read.
#[cfg(target_os = "linux")]
pub fn confine_this_process(confines: Confines) -> anyhow::Result<()> {
    use rustix::process::Resource;
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = pages.split(' ').next().unwrap_or_default().parse()?;
    let taken = pages * rustix::param::page_size() as u64;
    limit(Resource::As, taken + confines.memory)?;
    limit(Resource::Cpu, confines.cpu_seconds)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, 3)
}

/// The same for a program that this process becomes next: it has the lowest priority, and is killed when the thread that
/// started it ends.
///
/// # Errors
/// As above.
#[cfg(target_os = "linux")]
pub fn confine_to_encode(encoding: Encoding) -> anyhow::Result<()> {
    use rustix::process::{Resource, Signal, set_parent_process_death_signal, setpriority_process};
    let Encoding { memory, cpu_seconds, file_bytes, open_files } = encoding;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    setpriority_process(None, 19)?;
    limit(Resource::As, memory)?;
    limit(Resource::Cpu, cpu_seconds)?;
    limit(Resource::Fsize, file_bytes)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, open_files)
}

#[cfg(target_os = "linux")]
fn limit(resource: rustix::process::Resource, most: u64) -> anyhow::Result<()> {
    let limit = rustix::process::Rlimit { current: Some(most), maximum: Some(most) };
    Ok(rustix::process::setrlimit(resource, limit)?)
}

/// Elsewhere time is all that is limited, by whoever started the process.
#[cfg(not(target_os = "linux"))]
pub fn confine_this_process(_: Confines) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub fn confine_to_encode(_: Encoding) -> anyhow::Result<()> {
    Ok(())
}
