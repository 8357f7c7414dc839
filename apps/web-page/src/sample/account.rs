//! What the stand-in says about the account: its devices, the way back in, numbers to compare, links to give away.

use super::{Answer, Inner, later};
use parlor_ui::core::Problem;
use serde_json::{Value, json};
use std::rc::Rc;

const CODE: &str = "K7QM-2XVD-94HT-PWZ3-RB6N-J5CY-8GFA-TE4S";
const LINK: &str =
    "parlor:contact?server=https%3A%2F%2Flantern.example&user=Zq3nV8kT0yWb5mXr1LhJdA";

/// Answers a request about the account, if it is one.
pub fn call(inner: &Rc<Inner>, method: &str, params: &Value) -> Option<Answer> {
    let world = &inner.world;
    Some(Ok(match method {
        "account.info" => account(inner),
        "account.update" => {
            super::data::merge(&mut world.borrow_mut().account, params.clone());
            json!({})
        }
        "account.create" => json!({}),
        "account.restore" => return Some(restore(params)),
        "settings.get" => world.borrow().settings.clone(),
        "settings.set" => {
            super::data::merge(&mut world.borrow_mut().settings, params.clone());
            json!({})
        }
        "devices.list" => devices(),
        "devices.remove" | "link.confirm" | "backup.enable" => json!({}),
        "link.start" => {
            let inner = inner.clone();
            later(4000, move || inner.event(json!({"type": "link.code", "code": "470913"})));
            json!({"uri": "parlor:link?server=https%3A%2F%2Flantern.example&queue=b7Yw2kQ9fLx4TzHc6VnPdR&key=8sEuJm3Ga1Q9fLx4TzHc6VnPdR8sEuJm3Ga1b7Yw2kQ"})
        }
        "link.approve" => json!({"code": "470913"}),
        "backup.status" => {
            json!({"enabled": true, "confirmed": world.borrow().written, "writes": true,
            "complete": true, "full": false, "segments": 7, "bytes": 41_300_000_u64, "limit": 1_073_741_824_u64})
        }
        "backup.code" => json!({"code": CODE}),
        "backup.confirm" => return Some(confirm(inner, params)),
        "contacts.invite_link" => json!({"uri": LINK}),
        "contacts.safety" => {
            json!({"number": "30417 88256 04193 71620 55938 12047 69385 20714 93560 47281 06839 51274",
            "words": "lantern harbor velvet cedar orbit maple", "qr": "parlor-safety:1:304178825604193716205593812047",
            "verified": params["user"] == "amara", "transparency": "consistent"})
        }
        "contacts.verify" | "contacts.block" => {
            let verified = method == "contacts.verify";
            let who = params["user"].as_str().unwrap_or_default().to_string();
            let mut world = world.borrow_mut();
            match params["blocked"].as_bool() {
                Some(false) => drop(world.blocked.remove(&who)),
                Some(true) => drop(world.blocked.insert(who)),
                None if verified => drop(world.verified.insert(who)),
                None => {}
            }
            json!({})
        }
        _ => return None,
    }))
}

fn account(inner: &Rc<Inner>) -> Value {
    let mut account = inner.world.borrow().account.clone();
    let connected = super::asked("state").as_deref() != Some("offline");
    super::data::merge(&mut account, json!({"connected": connected}));
    account
}

fn devices() -> Value {
    let device = |id: &str, name: &str, added: u64, seen: Option<&str>| json!({"device_id": id, "name": name, "added_at": added, "last_seen_day": seen, "current": seen.is_none()});
    json!({"devices": [
        device("d1", "Firefox on Linux", 1_700_000_000_000, None),
        device("d2", "Ines’s phone", 1_690_000_000_000, Some("2026-11-23")),
        device("d3", "Chrome on Windows", 1_760_000_000_000, Some("2026-11-02"))]})
}

/// Letters and digits of a code, as somebody types them.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}

fn restore(params: &Value) -> Answer {
    match plain(params["code"].as_str().unwrap_or_default()) {
        code if code == plain(CODE) => Ok(json!({})),
        _ => Err(Problem::new("not_found", "no backup")),
    }
}

fn confirm(inner: &Rc<Inner>, params: &Value) -> Answer {
    if plain(params["code"].as_str().unwrap_or_default()) != plain(CODE) {
        return Err(Problem::new("refused", "another code"));
    }
    inner.world.borrow_mut().written = true;
    Ok(json!({}))
}
