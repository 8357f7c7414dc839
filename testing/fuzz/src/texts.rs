//! Texts that people and programs hand in: links, names, codes, requests, what stands in HTTP headers.

use crate::Target;
use anyhow::{Context, Result, ensure};
use parlor_crypto::recovery::RecoveryCode;
use parlor_relay::decoders::range::{self, Wanted};
use parlor_relay_core::Invite;
use parlor_view::rpc;
use parlor_wire::link::{ContactLink, DeviceLink};
use parlor_wire::{BlobId, Hash, MessageId, QueueId, UserId, blob, username};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The bytes as a text; what is no UTF-8 never reaches what reads texts.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn seeds<const N: usize>(texts: [String; N]) -> Result<Vec<Vec<u8>>> {
    Ok(texts.into_iter().map(String::into_bytes).collect())
}

pub const LINK: Target = Target {
    name: "link",
    reads: "a link to a person or of a device that wants to be linked",
    seeds: || {
        let server = "https://parlor.example:8650/\u{e9}".to_owned();
        let contact = ContactLink { server: server.clone(), user: UserId([7; 32]) };
        let device = DeviceLink { server, queue: QueueId([8; 16]), key: Hash([9; 32]) };
        seeds([contact.uri(), device.uri(), format!("{}&later=%41", contact.uri())])
    },
    run: |bytes| {
        if let Ok(link) = ContactLink::parse(text(bytes)) {
            ensure!(ContactLink::parse(&link.uri()).as_ref() == Ok(&link), "a link is another");
        }
        if let Ok(link) = DeviceLink::parse(text(bytes)) {
            let again = DeviceLink::parse(&link.uri()).is_ok_and(|again| again == link);
            ensure!(again, "a link is another");
        }
        Ok(())
    },
    cases: 24000,
    memory: 0,
};

pub const NAME: Target = Target {
    name: "name",
    reads: "an id, a username or an invite",
    seeds: || {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let invite = Invite::generate(&mut rng, 1, 1).text;
        seeds([UserId([3; 32]).text(), MessageId([4; 16]).text(), "Some.body_1".into(), invite])
    },
    run: |bytes| {
        let text = text(bytes);
        if let Ok(id) = UserId::parse(text) {
            ensure!(UserId::parse(&id.text()) == Ok(id), "an id is another");
        }
        if let Ok(name) = username::normalise(text) {
            ensure!(username::normalise(&name).as_ref() == Ok(&name), "a name is another");
        }
        let _ = (MessageId::parse(text), Invite::hash_of(text));
        Ok(())
    },
    cases: 24000,
    memory: 0,
};

pub const RECOVERY_CODE: Target = Target {
    name: "recovery-code",
    reads: "a recovery code as somebody types it",
    seeds: || {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let mut code = || RecoveryCode::generate(&mut rng).text().to_string();
        seeds([code(), code().to_lowercase(), code().replace(' ', "-")])
    },
    run: |bytes| {
        if let Ok(code) = RecoveryCode::parse(text(bytes)) {
            let again = RecoveryCode::parse(&code.text()).context("a code as it is shown")?;
            ensure!(again.text() == code.text(), "a code is another");
        }
        Ok(())
    },
    cases: 24000,
    memory: 0,
};

pub const RPC: Target = Target {
    name: "rpc",
    reads: "a line of `parlor rpc`",
    seeds: || {
        let line = |method: &str, params: &str| {
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
        };
        seeds([
            line("version", "{}"),
            line("account.create", r#"{"server":"http://x","display_name":"A","invite":null}"#),
            line("account.restore", r#"{"server":"http://x","code":"ABCD EFGH"}"#),
            line("chats.create_group", r#"{"title":"T","members":["a","b"]}"#),
            line("chats.set_flags", r#"{"chat_id":"c","pinned":true,"muted_until":9}"#),
            line(
                "messages.send",
                r#"{"chat_id":"c","text":"\ud83d\ude00","mentions":[{"user":"u","start":0,"length":1}],"attachments":["p"]}"#,
            ),
            line("messages.history", r#"{"chat_id":"c","before":"m","limit":20}"#),
            line("messages.search", r#"{"query":"q","sender":"s","after":1,"before":2}"#),
            line(
                "messages.read_attachment",
                r#"{"message_id":"m","index":0,"offset":0,"length":9,"path":"p"}"#,
            ),
        ])
    },
    run: |bytes| {
        match rpc::parse(bytes) {
            Ok(_) => {}
            Err(refusal) => ensure!(!refusal.line().contains('\n'), "an answer of two lines"),
        }
        Ok(())
    },
    cases: 24000,
    memory: 0,
};

pub const BLOB_HTTP: Target = Target {
    name: "blob-http",
    reads: "path, token or range of a request for a blob",
    seeds: || {
        let token = blob::authorization(&[5; 32]);
        seeds([blob::name(&BlobId([6; 16])), token, "bytes=12-70000".into(), "bytes=-5".into()])
    },
    run: |bytes| {
        const SIZE: u64 = 70_000;
        let text = text(bytes);
        if let Some(id) = blob::parse_id(text) {
            ensure!(blob::name(&id) == text, "two names of one file");
        }
        if let Some(token) = blob::parse_authorization(text) {
            ensure!(blob::authorization(&token) == text, "two texts of one token");
        }
        if let Wanted::Part(range) = range::parse(Some(text), SIZE) {
            ensure!(range.start < range.end && range.end <= SIZE, "a range outside the blob");
        }
        Ok(())
    },
    cases: 24000,
    memory: 0,
};
