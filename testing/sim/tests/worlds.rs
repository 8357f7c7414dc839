//! Whole worlds from a seed. `PARLOR_SIM_SEED=n` replays one, `PARLOR_SIM_SEEDS=n` plays so many and
//! `PARLOR_SIM_FROM=n` begins there. What fails is shrunk.

use parlor_sim::{Plan, run, shrink};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Worlds in a run of all tests.
const SEEDS: u64 = 1_500;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn everybody_ends_with_the_same_history() {
    let first = number("PARLOR_SIM_SEED").or(number("PARLOR_SIM_FROM")).unwrap_or(0);
    let count =
        if number("PARLOR_SIM_SEED").is_some() { Some(1) } else { number("PARLOR_SIM_SEEDS") };
    let end = first + count.unwrap_or(SEEDS);
    let (next, failed) = (AtomicU64::new(first), Mutex::new(Vec::new()));
    let play = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            if let Err(error) = run(seed, Plan::of(seed)) {
                eprintln!("seed {seed}: {error:#}");
                let (plan, error) = shrink(seed, Plan::of(seed), error, 60);
                eprintln!("seed {seed} with {plan:?}: {error:#}");
                failed.lock().unwrap_or_else(PoisonError::into_inner).push(seed);
            }
        }
    };
    std::thread::scope(|threads| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(play);
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(failed.is_empty(), "replay with PARLOR_SIM_SEED=: {failed:?}");
}

#[test]
fn a_seed_replays() -> anyhow::Result<()> {
    for seed in [5, 7] {
        assert_eq!(run(seed, Plan::of(seed))?, run(seed, Plan::of(seed))?, "seed {seed}");
    }
    Ok(())
}
