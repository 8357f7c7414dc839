//! What other members and the own other devices say: any bytes, rightly encrypted, to a real engine.

use crate::Target;
use crate::engine::Online;
use crate::prepared::{self, ALICE, ALICES_OTHER, BOB, Prepared};
use anyhow::{Context, Result};
use parlor_engine::{Effects, Input};
use parlor_mls::Group;
use parlor_wire::content::{
    Attachment, Contact, Content, Delete, Edit, Entity, FileAgain, FileWanted, JoinAsked, Leave,
    Location, MemberName, MemberNames, OwnState, Poll, Preview, Profile, Reaction, ReaddRequest,
    Receipt, Resend, ResendRequest, Text, Vote, content::Body, text::Thing,
};
use parlor_wire::device::{
    BackupKeys, ChatMarks, ChatName, HiddenMessage, OwnChange, OwnChanges, PersonMarks, ProfileNow,
    chat_name::Name, own_change::Change,
};
use parlor_wire::relay::{Deliver, ItemKind, MailboxItem, ServerFrame, server_frame};
use parlor_wire::{Message, padding};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub const CONTENT: Target = Target {
    name: "content",
    reads: "a content in a group, a direct chat or the chat of the own devices; the first byte says where",
    seeds: || prepared::with(seeds),
    run: |bytes| prepared::with(|world| say(world, bytes).map(drop)),
    cases: 1600,
    memory: 16 << 20,
};

/// Encrypts the bytes as another device of the chat and gives them to Alice's; what follows from it.
fn say(world: &mut Prepared, bytes: &[u8]) -> Result<Effects> {
    let Some((place, content)) = bytes.split_first() else { return Ok(Effects::default()) };
    let place = usize::from(*place) % world.groups.len();
    let group = *world.groups.get(place).context("a group")?;
    let sender = if place == 2 { ALICES_OTHER } else { BOB };
    let mut rng = ChaCha20Rng::seed_from_u64(13);
    let now = world.story.world.now();
    let payload = world.story.world.device(sender)?.library(&mut rng, false, |mls| {
        let mut group = Group::load(mls, &group)?.context("a group")?;
        Ok(group.encrypt(mls, &padding::pad(content))?)
    })?;
    world.story.world.device(ALICE)?.read(|tx| {
        let row = tx.group(&group)?.context("a group")?;
        let item = MailboxItem {
            sequence: tx.number("mailbox_sequence")? + 1,
            queue_id: row.queue_id.to_vec(),
            kind: ItemKind::Post.into(),
            group_seq: row.last_seq + 1,
            epoch: row.epoch,
            time: now,
            payload: payload.into(),
            ..MailboxItem::default()
        };
        let mut online = Online::connect(tx, now)?;
        let body = Some(server_frame::Body::Deliver(Deliver { items: vec![item] }));
        let effects = online.handle(Input::Frame(ServerFrame { body }))?;
        online.look_around()?;
        Ok(effects)
    })
}

/// Contents of every kind, about a message that is there.
fn seeds(world: &mut Prepared) -> Result<Vec<Vec<u8>>> {
    let [all, ..] = world.groups;
    let target = world.story.world.device(ALICE)?.read(|tx| {
        let chat = tx.group(&all)?.context("a group")?.chat_id;
        let rows = tx.history(&chat, None, 50)?;
        let own = rows.iter().rev().find(|row| row.mine).context("an own message")?;
        Ok(own.message_id.to_vec())
    })?;
    let alice = world.story.people.first().context("Alice")?.to_vec();
    let entities =
        vec![Entity { start: 1, length: 2, kind: 9, user_id: alice.clone(), ..Entity::default() }];
    let attachment = Attachment {
        blob_id: vec![1; 16],
        key: vec![2; 32],
        nonce_prefix: vec![3; 19],
        size: 5000,
        hash: vec![4; 32],
        name: "a.jpg".into(),
        mime: "image/jpeg".into(),
        width: 3,
        height: 4,
        thumbnail: vec![5; 30],
        r#use: 3,
        waveform: vec![1, 31],
        ..Attachment::default()
    };
    let names = vec![MemberName { user_id: vec![6; 32], display_name: "Somebody".into() }];
    let text = |reply_to: Vec<u8>, attachments: Vec<Attachment>| {
        let (entities, forwarded) = (entities.clone(), true);
        let text = "words".into();
        Body::Text(Text { text, entities, reply_to, attachments, forwarded, ..Text::default() })
    };
    let hashes = vec![vec![7; 32], vec![8; 8]];
    let bodies = [
        text(target.clone(), Vec::new()),
        text(Vec::new(), vec![attachment]),
        Body::Edit(Edit {
            target: target.clone(),
            text: "other".into(),
            entities: entities.clone(),
            close_poll: false,
        }),
        Body::Edit(Edit { target: target.clone(), close_poll: true, ..Edit::default() }),
        Body::Delete(Delete { target: target.clone() }),
        Body::Reaction(Reaction { target: target.clone(), emoji: "x".into(), vote: None }),
        Body::Reaction(Reaction {
            target: target.clone(),
            emoji: "x".into(),
            vote: Some(Vote { options: vec![1] }),
        }),
        Body::Receipt(Receipt { up_to: target.clone(), kind: 1 }),
        Body::Leave(Leave { signature: vec![9; 64] }),
        Body::MemberNames(MemberNames { members: names }),
        Body::ResendRequest(ResendRequest { post_hashes: hashes }),
        Body::Resend(Resend {
            post_hash: vec![7; 32],
            content: vec![],
            previous: vec![],
            position: 5,
        }),
        Body::ReaddRequest(ReaddRequest { group_id: all.to_vec(), device_id: vec![1; 16] }),
        Body::JoinAsked(JoinAsked {
            user_id: vec![3; 32],
            display_name: "Name".into(),
            declined: false,
        }),
        Body::FileWanted(FileWanted { target: target.clone(), index: 0 }),
        Body::FileAgain(FileAgain { target: target.clone(), index: 0, blob_id: vec![1; 16] }),
        Body::OwnState(OwnState { payload: own_changes(&target, &alice).encode_to_vec() }),
    ];
    let profile =
        Profile { display_name: "Name".into(), about: "A".into(), version: 9, avatar: vec![1; 20] };
    let mut seeds = Vec::new();
    let bodies = bodies.into_iter().chain(things(&alice));
    for (number, body) in (1..).zip(bodies) {
        let places: &[u8] = if matches!(body, Body::OwnState(_)) { &[2] } else { &[0, 1] };
        let content = Content {
            version: 1,
            message_id: vec![number; 16],
            sent_at: 1_800_000_000_000,
            profile: Some(profile.clone()),
            log_seq: 1,
            previous: vec![1; 8],
            body: Some(body),
        };
        seeds.extend(
            places.iter().map(|place| [&[*place], content.encode_to_vec().as_slice()].concat()),
        );
    }
    Ok(seeds)
}

/// Texts that carry something besides words and files.
fn things(user: &[u8]) -> Vec<Body> {
    let things = [
        Thing::Location(Location { latitude: 1, longitude: -2, accuracy: 3, name: "a".into() }),
        Thing::Contact(Contact {
            user_id: user.to_vec(),
            username: "b".into(),
            display_name: "B".into(),
            avatar: vec![1; 9],
        }),
        Thing::Poll(Poll {
            question: "c".into(),
            options: vec!["d".into(), "e".into()],
            multiple: true,
        }),
    ];
    let thing = |thing| Body::Text(Text { thing: Some(thing), ..Text::default() });
    let preview = Preview {
        url: "https://a.b".into(),
        title: "f".into(),
        description: "g".into(),
        thumbnail: vec![2; 9],
    };
    let page = Body::Text(Text {
        text: "see https://a.b".into(),
        preview: Some(preview),
        ..Text::default()
    });
    things.map(thing).into_iter().chain([page]).collect()
}

fn own_changes(message: &[u8], user: &[u8]) -> OwnChanges {
    let name = Some(ChatName { name: Some(Name::Peer(user.to_vec())) });
    let marks = ChatMarks {
        name,
        pinned: Some(true),
        read_position: Some(9),
        draft: Some("d".into()),
        ..ChatMarks::default()
    };
    let person = PersonMarks {
        user_id: user.to_vec(),
        blocked: Some(false),
        verified: Some(true),
        accepted: None,
    };
    let profile = ProfileNow {
        display_name: "N".into(),
        about: String::new(),
        version: 99,
        avatar: Vec::new(),
    };
    let backup = BackupKeys {
        locator: vec![1; 32],
        read_key: vec![2; 32],
        opening_key: vec![3; 1216],
        recovery_key: vec![4; 32],
        signature: Vec::new(),
    };
    let changes = [
        Change::Chat(marks),
        Change::Person(person),
        Change::Hidden(HiddenMessage { message_id: message.to_vec() }),
        Change::Profile(profile),
        Change::LogSeq(2),
        Change::Backup(backup),
    ];
    OwnChanges { changes: changes.map(|change| OwnChange { change: Some(change) }).to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an honest content does, so that a mutated one begins in the middle of things.
    #[test]
    fn honest_contents_are_taken() -> Result<()> {
        prepared::with(|world| {
            let seeds = seeds(world)?;
            let mut events = 0;
            for seed in &seeds {
                let told = say(world, seed)?.events.len();
                events += usize::from(told > 0);
            }
            // All but receipts, hashes that nobody knows, and wishes that need another device.
            anyhow::ensure!(events * 2 > seeds.len(), "{events} of {} are told", seeds.len());
            Ok(())
        })
    }
}
