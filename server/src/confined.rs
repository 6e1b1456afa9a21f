//! What a process of our own gives up before it looks at foreign bytes (R5, R15): little memory, little time, and no
//! file, socket or process beyond the descriptors it was started with.

/// What the process may still have.
#[derive(Debug, Clone, Copy)]
pub struct Confines {
    /// Bytes of address space beyond what is taken already.
    pub memory: u64,
    /// Seconds of a processor, all in all.
    pub cpu_seconds: u64,
}

/// From here on nothing beyond `confines` can be had, nothing written to disk, and no core is dumped.
///
/// # Errors
/// When the system does not say what is taken, or does not take the limits: then nothing foreign should be read.
#[cfg(target_os = "linux")]
pub fn confine_this_process(confines: Confines) -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = pages.split(' ').next().unwrap_or_default().parse()?;
    let taken = pages * rustix::param::page_size() as u64;
    let at_most = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::As, at_most(taken + confines.memory))?;
    setrlimit(Resource::Cpu, at_most(confines.cpu_seconds))?;
    setrlimit(Resource::Fsize, at_most(0))?;
    setrlimit(Resource::Core, at_most(0))?;
    setrlimit(Resource::Nofile, at_most(3))?;
    Ok(())
}

/// Elsewhere time is all that is limited, by whoever started the process.
#[cfg(not(target_os = "linux"))]
pub fn confine_this_process(_: Confines) -> anyhow::Result<()> {
    Ok(())
}
