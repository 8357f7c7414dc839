//! Bytes from outside, damaged in every way: one [`Target`] for each place where somebody else's bytes are read.
//!
//! A target takes any bytes and may refuse them, but it neither panics, nor breaks what it checks, nor takes more
//! memory than its limit. Its seeds come from the real encoders, so that mutations ([`mutate`]) begin where it
//! matters. Invariants: the same seed gives the same inputs; a target has no memory from one input to the next
//! that could change its result. Absent on purpose: protobuf and MLS themselves, which are fuzzed where they are made.

mod content;
mod devices;
mod engine;
mod files;
mod groups;
pub mod mutate;
mod prepared;
mod relay;
mod texts;
mod wire;

use anyhow::{Context, Result, ensure};
use peak_alloc::PeakAlloc;
use std::time::{Duration, Instant};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One input may take so long, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of memory that every target may take, and those for each byte of input.
const FREE: usize = 256 * 1024;
const PER_BYTE: usize = 256;

/// A place where bytes from outside are read.
pub struct Target {
    /// Names it on the command line.
    pub name: &'static str,
    /// What the bytes are.
    pub reads: &'static str,
    /// Bytes as honest programs write them.
    pub seeds: fn() -> Result<Vec<Vec<u8>>>,
    /// Reads bytes; an error is a broken promise.
    pub run: fn(&[u8]) -> Result<()>,
    /// Mutations in a run of all tests.
    pub cases: u32,
    /// Bytes of memory that one input may take besides what its length allows.
    pub memory: usize,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    wire::CLIENT_FRAME,
    wire::SERVER_FRAME,
    wire::PROTOBUF,
    wire::PADDING,
    wire::DEVICE_LOG,
    texts::LINK,
    texts::NAME,
    texts::RECOVERY_CODE,
    texts::RPC,
    texts::BLOB_HTTP,
    files::LAYOUT,
    files::SEALED,
    files::SNIFF,
    files::PICTURE,
    files::PROFILE,
    groups::MLS,
    engine::FRAME,
    content::CONTENT,
    devices::LINK,
    devices::HISTORY,
    devices::BACKUP,
    relay::FRAMES,
];

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Gives bytes to a target and holds it to its limits. Only one thread of a process may do this at a time: the
/// memory of all is counted.
pub fn try_on(target: &Target, bytes: &[u8]) -> Result<()> {
    MEMORY.reset_peak_usage();
    let (before, begun) = (MEMORY.current_usage(), Instant::now());
    (target.run)(bytes).context("a promise is broken")?;
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let most = FREE + target.memory + PER_BYTE * bytes.len();
    ensure!(taken <= most, "{taken} bytes of memory for {} of input", bytes.len());
    ensure!(begun.elapsed() <= PATIENCE, "{:?} for one input", begun.elapsed());
    Ok(())
}
