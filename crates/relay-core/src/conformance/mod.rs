//! Properties that every store has to have, whatever keeps its data. A store's own tests call [`all`].
//!
//! Each property runs over a place of its own and opens it as often as it likes, so that what survives
//! closing is tested with it. A property that does not hold panics with its name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod backups;
mod blobs;
mod direct;
mod fixture;
mod groups;
mod mailboxes;
mod voiding;

pub use fixture::{Open, Opened};

use crate::ServerKey;

type Property = fn(&ServerKey, &Open);

/// Runs all properties. `place` makes a fresh place and returns what opens it, again and again, with one
/// store open at a time; all are under `key`.
pub fn all(key: &ServerKey, place: &dyn Fn() -> Open) {
    let properties: [(&str, Property); 34] = [
        ("an acknowledged append survives reopening", mailboxes::append_survives),
        ("sequences strictly grow, also over deletions", mailboxes::sequence_grows),
        ("the acknowledged and the expired never come back", mailboxes::gone_is_gone),
        ("a full mailbox takes nothing and keeps the others going", mailboxes::full),
        ("the same request is answered once", groups::same_request),
        ("fan-out is all or nothing", groups::fan_out),
        ("one commit wins an epoch", groups::one_winner),
        ("half of the queues void a commit", voiding::newest),
        ("a chain of forged commits is voided from its first", voiding::chain),
        ("a removed queue can come back, a closed id cannot", voiding::queues_come_back),
        ("settled members have a voice in what added them", voiding::settled),
        ("past epochs are bounded in number", voiding::bounded),
        ("past epochs end with their time", voiding::swept),
        ("a group that reaches nobody is swept", groups::unreachable),
        ("commands of a batch see each other", groups::batch),
        ("a key package is taken once", accounts::taken_once),
        ("named devices only", accounts::taken_of_named_devices),
        ("usernames are unique and invites are used up", accounts::names_and_invites),
        ("a revoked device leaves nothing", accounts::revoked),
        ("a deleted account leaves its log for a while", accounts::deleted),
        ("a direct queue has one mailbox and one key", direct::opened),
        ("direct posts arrive once and in order", direct::delivered),
        ("direct queues and groups never meet", direct::apart),
        ("a full mailbox refuses a direct post", direct::full),
        ("a guest goes with all that was its own", direct::guests_go),
        ("blobs are granted within limits", blobs::granted),
        ("blobs are kept for their time and go once", blobs::kept_and_swept),
        ("segments of a backup are appended in order, once", backups::appended),
        ("a backup belongs to one account", backups::owned),
        ("a backup is bounded", backups::bounded),
        ("a backup goes with its account and with its successor", backups::gone),
        ("a rewrite takes the place of the backup once it is complete", backups::rewritten),
        ("an account has one rewrite, which goes with it", backups::one_rewrite),
        ("a rewrite is bounded by itself", backups::rewrite_bounded),
    ];
    for (name, property) in properties {
        eprintln!("conformance: {name}");
        property(key, &place());
    }
}
