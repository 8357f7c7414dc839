//! Whole worlds from a seed. `PARLOR_SIM_SEED=n` replays one; `PARLOR_SIM_SEEDS=n` plays so many.

use parlor_sim::{Plan, run};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn everybody_ends_with_the_same_history() {
    let seeds = match (number("PARLOR_SIM_SEED"), number("PARLOR_SIM_SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, count) => 0..count.unwrap_or(60),
    };
    let mut failed = Vec::new();
    for seed in seeds {
        if let Err(error) = run(seed, Plan::of(seed)) {
            eprintln!("seed {seed}: {error:#}");
            failed.push(seed);
        }
    }
    assert!(failed.is_empty(), "replay with PARLOR_SIM_SEED=: {failed:?}");
}

#[test]
fn a_seed_replays() -> anyhow::Result<()> {
    for seed in [5, 7] {
        assert_eq!(run(seed, Plan::of(seed))?, run(seed, Plan::of(seed))?, "seed {seed}");
    }
    Ok(())
}
