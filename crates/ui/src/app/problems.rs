//! What a person reads when the engine refuses: what happened and what to do, by the code of `docs/rpc.md`.

use crate::core::Problem;
use crate::t;

/// A sentence or two.
pub fn words(problem: &Problem) -> String {
    match problem.code.as_str() {
        "no_account" => t!("problem-no-account"),
        "not_found" => t!("problem-not-found"),
        "no_backup" => t!("problem-no-backup"),
        "not_supported" => t!("problem-not-supported"),
        "refused" => t!("problem-refused"),
        "not_a_member" => t!("problem-not-a-member"),
        "too_large" => t!("problem-too-large"),
        "name_taken" => t!("problem-name-taken"),
        "invalid_name" => t!("problem-invalid-name"),
        "invalid_invite" => t!("problem-invalid-invite"),
        "invalid_code" => t!("problem-invalid-code"),
        "registration_closed" => t!("problem-registration-closed"),
        "expired" => t!("problem-expired"),
        "verification_failed" => t!("problem-verification"),
        "revoked" => t!("problem-revoked"),
        "offline" => t!("problem-offline"),
        "rate_limited" => t!(
            "problem-rate-limited",
            seconds = problem.retry_after.unwrap_or(60_000).div_ceil(1000)
        ),
        "quota" => t!("problem-quota"),
        "unavailable" => t!("problem-unavailable"),
        "no_room" => t!("problem-no-room"),
        _ => t!("problem-internal"),
    }
}
