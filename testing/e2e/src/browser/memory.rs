//! The memory of Chromium's pages, as Linux counts it.

use anyhow::{Context, Result, ensure};
use std::collections::HashMap;
use std::fs;

/// Of all pages below a process, in bytes: what is theirs, and their part of what they share.
pub(super) fn of_pages(root: u32) -> Result<u64> {
    let parents = parents()?;
    let is_below = |mut process: u32| {
        while let Some(parent) = parents.get(&process) {
            if *parent == root {
                return true;
            }
            process = *parent;
        }
        false
    };
    let mut sum = 0;
    for process in parents.keys().copied().filter(|process| is_below(*process)) {
        let command = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&command).contains("--type=renderer") {
            sum += proportional(process)?;
        }
    }
    ensure!(sum > 0, "no page was found");
    Ok(sum)
}

/// The parent of every process.
fn parents() -> Result<HashMap<u32, u32>> {
    let numbers =
        fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let parent = |process: u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name, in brackets, may hold anything.
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((process, parent))
    };
    Ok(numbers.filter_map(parent).collect())
}

fn proportional(process: u32) -> Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kib.context("no share in the process's maps")?.trim().parse::<u64>()? * 1024)
}
