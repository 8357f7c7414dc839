//! Every target over its seeds and over mutations of them, the same ones in each run.
//!
//! One test, because the memory that an input takes is that of the whole process. Longer runs, and such as are
//! guided by coverage: `cargo xtask fuzz`.

#![allow(clippy::panic)]
use parlor_fuzz::mutate::Mutations;
use parlor_fuzz::{TARGETS, Target, try_on};

/// Changes which mutations are tried; the runs of one version are all alike.
const NUMBER: u64 = 1;

/// Tells the input when a target panics.
struct Tried<'a>(&'a Target, &'a [u8]);

impl Drop for Tried<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let hex: String = self.1.iter().map(|byte| format!("{byte:02x}")).collect();
            eprintln!("{} failed with this input: {hex}", self.0.name);
        }
    }
}

fn holds(target: &Target, bytes: &[u8]) {
    let _tried = Tried(target, bytes);
    if let Err(error) = try_on(target, bytes) {
        panic!("{}: {error:#}", target.name);
    }
}

#[test]
fn every_target_over_its_seeds_and_their_mutations() -> anyhow::Result<()> {
    for target in TARGETS {
        let begun = std::time::Instant::now();
        let seeds = (target.seeds)()?;
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        seeds.iter().for_each(|seed| holds(target, seed));
        let mutations = Mutations::new(&seeds, NUMBER).take(target.cases as usize);
        mutations.for_each(|input| holds(target, &input));
        println!("{:16} {:4} seeds, {:?}", target.name, seeds.len(), begun.elapsed());
    }
    Ok(())
}

#[test]
fn names_are_unique() {
    for (at, target) in TARGETS.iter().enumerate() {
        assert!(TARGETS.iter().skip(at + 1).all(|other| other.name != target.name));
    }
}
