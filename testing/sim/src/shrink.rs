//! The smallest plan that still fails.
//!
//! A seed draws the same things in the same order whatever the plan leaves out at the end, so fewer acts are a
//! beginning of the same story; leaving out faults or people tells another one that often fails alike.

use crate::network::Faults;
use crate::script::{Plan, run};
use anyhow::Error;

/// Tries smaller and smaller plans for a seed that fails; `tries` worlds at most.
pub fn shrink(seed: u64, plan: Plan, error: Error, tries: u32) -> (Plan, Error) {
    let (mut smallest, mut failure, mut left) = (plan, error, tries);
    'again: loop {
        for candidate in smaller(&smallest) {
            if left == 0 {
                return (smallest, failure);
            }
            left -= 1;
            if let Err(error) = run(seed, candidate) {
                (smallest, failure) = (candidate, error);
                continue 'again;
            }
        }
        return (smallest, failure);
    }
}

/// Plans that leave something out, boldest first.
fn smaller(plan: &Plan) -> Vec<Plan> {
    let mut all = Vec::new();
    let mut acts: Vec<u32> = [2, 4, 8].iter().map(|part| plan.acts - plan.acts / part).collect();
    acts.insert(0, plan.acts / 2);
    acts.push(plan.acts.saturating_sub(1));
    all.extend(acts.into_iter().filter(|a| *a < plan.acts).map(|acts| Plan { acts, ..*plan }));
    if plan.linked > 0 {
        all.push(Plan { linked: plan.linked - 1, ..*plan });
    }
    if plan.people > 2 {
        all.push(Plan {
            people: plan.people - 1,
            linked: plan.linked.min(plan.people - 1),
            ..*plan
        });
    }
    if plan.changes {
        all.push(Plan { changes: false, ..*plan });
    }
    let faults = plan.faults;
    let without = [
        Faults { breaks: 0, ..faults },
        Faults { slow: 0, ..faults },
        Faults { crash_before: 0, ..faults },
        Faults { crash_after: 0, ..faults },
        Faults { restart: 0, ..faults },
        Faults { reload: 0, ..faults },
        Faults { clock: 0, ..faults },
        Faults { full: 0, ..faults },
        Faults { relay_crash: 0, ..faults },
    ];
    let fewer = without.into_iter().filter(|fewer| *fewer != faults);
    all.extend(fewer.map(|faults| Plan { faults, ..*plan }));
    all
}
