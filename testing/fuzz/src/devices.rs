//! What devices of one account say to each other in direct posts, and what a backup holds: any bytes, rightly sealed,
//! to real engines at the moments when they read them.

use crate::Target;
use crate::engine::Online;
use anyhow::{Context, Result};
use parlor_crypto::recovery::{RecoveryCode, RecoveryKeys};
use parlor_crypto::sign::SigningKey;
use parlor_crypto::{Secret, aead, kem};
use parlor_relay_core::Read;
use parlor_sim::{Moment, Story};
use parlor_store::Store;
use parlor_view::{Answer, Command, LinkStart};
use parlor_wire::device::{BackupBody, BackupSegment, LinkFrame, link_frame::Body};
use parlor_wire::link::DeviceLink;
use parlor_wire::relay::{BackupSegments, DirectPost, client_frame::Request, reply};
use parlor_wire::{Message, padding, statement};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::cell::RefCell;
use std::rc::Rc;

const OLD: usize = 0;

pub const LINK: Target = Target {
    name: "link-frame",
    reads: "a frame between a new device and the one that approves it; the first byte says who reads it, and when",
    seeds: || with(|moments| Ok(moments.links.clone())),
    run: |bytes| with(|moments| link(moments, bytes)),
    cases: 800,
    memory: 16 << 20,
};

pub const HISTORY: Target = Target {
    name: "history",
    reads: "a chunk of a history (first byte even) or what is wanted of it (odd)",
    seeds: || with(|moments| Ok(moments.histories.clone())),
    run: |bytes| with(|moments| history(moments, bytes)),
    cases: 800,
    memory: 16 << 20,
};

pub const BACKUP: Target = Target {
    name: "backup",
    reads: "what a segment of a backup holds, signed by a device of the account",
    seeds: || with(|moments| Ok(moments.bodies.clone())),
    run: |bytes| with(|moments| backup(moments, bytes)),
    cases: 600,
    memory: 16 << 20,
};

/// A device as it was at a moment.
struct Then {
    store: Store,
    now: u64,
    /// Where it hears the other, and whether it has no account yet.
    queue: Vec<u8>,
    guest: bool,
}

struct Moments {
    /// The new device before anybody spoke and when it shows the code; the other when it shows the code and when it
    /// has proposed the entry.
    linking: Vec<Then>,
    link_key: Secret,
    links: Vec<Vec<u8>>,
    /// The new device, and the other.
    telling: Vec<Then>,
    history_key: Secret,
    histories: Vec<Vec<u8>>,
    restoring: Then,
    keys: RecoveryKeys,
    /// Signs for the device that wrote the backup.
    writer: SigningKey,
    bodies: Vec<Vec<u8>>,
}

thread_local! {
    static MOMENTS: RefCell<Option<Moments>> = const { RefCell::new(None) };
}

fn with<T>(work: impl FnOnce(&mut Moments) -> Result<T>) -> Result<T> {
    MOMENTS.with_borrow_mut(|moments| {
        if moments.is_none() {
            *moments = Some(prepare()?);
        }
        work(moments.as_mut().context("the moments")?)
    })
}

/// How a device keeps its way to the other during a history.
#[derive(Clone, PartialEq, Message)]
struct Channel {
    #[prost(bytes = "vec", tag = "1")]
    queue: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    key: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    reply_queue: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Incoming {
    #[prost(message, optional, tag = "1")]
    channel: Option<Channel>,
}

fn then(story: &mut Story, device: usize, queue: &[u8], guest: bool) -> Result<Then> {
    let snapshot = story.world.device(device)?.snapshot()?;
    let store = Store::from_snapshot(&snapshot)?;
    Ok(Then { store, now: story.world.now(), queue: queue.to_vec(), guest })
}

fn prepare() -> Result<Moments> {
    let mut story = Story::begin(3, 2)?;
    for device in [OLD, 1] {
        for chat in story.chats(device)? {
            story.say(device, &chat, None)?;
        }
    }
    story.world.settle()?;
    let posts = Rc::new(RefCell::new(Vec::<DirectPost>::new()));
    let heard = Rc::clone(&posts);
    story.world.watch(Box::new(move |moment| {
        if let Moment::Up(_, frame) = moment
            && let Some(Request::DirectPost(post)) = &frame.request
        {
            heard.borrow_mut().push(post.clone());
        }
    }));
    let (linking, link_key, links, new) = prepare_link(&mut story, &posts)?;
    let channel = loop {
        let kept = story.world.device(new)?.read(|tx| Ok(tx.meta("history_incoming")?))?;
        if let Some(kept) = kept {
            break Incoming::decode(kept.as_slice())?.channel.context("a channel")?;
        }
        story.world.go_on()?;
    };
    let telling = vec![
        then(&mut story, new, &channel.queue, false)?,
        then(&mut story, OLD, &channel.reply_queue, false)?,
    ];
    story.world.settle()?;
    let history_key = Secret::try_from(channel.key.as_slice())?.derive("parlor history v1");
    let mut histories = Vec::new();
    for post in posts.borrow().iter() {
        let Ok(opened) = aead::open(&history_key, &post.queue_id, &post.payload) else { continue };
        let reader = u8::from(post.queue_id != channel.queue);
        histories.push([&[reader], padding::unpad(&opened)?].concat());
    }
    let (restoring, keys, writer, bodies) = prepare_restore(&mut story, new)?;
    Ok(Moments {
        linking,
        link_key,
        links,
        telling,
        history_key,
        histories,
        restoring,
        keys,
        writer,
        bodies,
    })
}

type Linking = (Vec<Then>, Secret, Vec<Vec<u8>>, usize);

fn prepare_link(story: &mut Story, posts: &Rc<RefCell<Vec<DirectPost>>>) -> Result<Linking> {
    let new = story.world.add_device()?;
    let wish = LinkStart { server: "https://relay.test".into(), device_name: "New".into() };
    let Ok(Answer::Uri { uri }) = story.world.ask(new, Command::LinkStart(wish))? else {
        anyhow::bail!("no link")
    };
    let link = DeviceLink::parse(&uri)?;
    let key = Secret::new(link.key.0).derive("parlor link frames v1");
    let mut moments = vec![then(story, new, &link.queue.0, true)?];
    let Ok(Answer::Code { .. }) = story.world.ask(OLD, Command::LinkApprove { uri })? else {
        anyhow::bail!("no code")
    };
    story.world.run_until(story.world.now() + 2_000)?;
    let opened = |post: &DirectPost| {
        let frame = aead::open(&key, &post.queue_id, &post.payload).ok()?;
        LinkFrame::decode(frame.as_slice()).ok()?.body
    };
    let hello = posts.borrow().iter().find_map(|post| match opened(post) {
        Some(Body::Hello(hello)) => Some(hello),
        _ => None,
    });
    let reply_queue = hello.context("a hello")?.reply_queue;
    moments.push(then(story, new, &link.queue.0, true)?);
    moments.push(then(story, OLD, &reply_queue, false)?);
    story.world.command(OLD, Command::LinkConfirm)?;
    moments.push(then(story, OLD, &reply_queue, false)?);
    while story.world.device(new)?.user()?.is_none() {
        story.world.go_on()?;
    }
    let mut frames = Vec::new();
    for body in posts.borrow().iter().filter_map(opened) {
        // To whom it went, and to the others as well.
        let frame = LinkFrame { body: Some(body) }.encode_to_vec();
        frames.extend((0..4u8).map(|reader| [&[reader], frame.as_slice()].concat()));
    }
    Ok((moments, key, frames, new))
}

type Restoring = (Then, RecoveryKeys, SigningKey, Vec<Vec<u8>>);

fn prepare_restore(story: &mut Story, other: usize) -> Result<Restoring> {
    let Ok(Answer::RecoveryCode { code }) = story.world.ask(OLD, Command::BackupCode)? else {
        anyhow::bail!("no code")
    };
    let keys = RecoveryKeys::of(&RecoveryCode::parse(code.text())?.root());
    let seed = story.world.device(OLD)?.read(|tx| Ok(tx.meta("device_seed")?))?;
    let writer = SigningKey::from_seed(&Secret::try_from(seed.context("a seed")?.as_slice())?);
    let (relay, _) = story.world.relay_at_rest();
    let row = relay.backup(&keys.locator)?.context("a backup")?;
    let segments = relay.backup_segments(&keys.locator, &row, 0, 64)?;
    let mut bodies = Vec::new();
    for (index, sealed) in (0u32..).zip(&segments) {
        let segment = keys.opening.open(&additional(&keys, index), sealed)?;
        bodies.push(BackupSegment::decode(padding::unpad(&segment)?)?.body);
    }
    for device in [OLD, other] {
        story.world.go_offline(device, None)?;
    }
    let new = story.world.add_device()?;
    let params = serde_json::json!({"server": "https://relay.test", "code": code.text()});
    story.world.command(new, Command::parse("account.restore", params)?)?;
    while story.world.device(new)?.user()?.is_none() {
        story.world.go_on()?;
    }
    Ok((then(story, new, &[], true)?, keys, writer, bodies))
}

fn additional(keys: &RecoveryKeys, index: u32) -> Vec<u8> {
    [keys.locator.as_slice(), &index.to_be_bytes()].concat()
}

/// Gives bytes to one of several devices as the other would, and looks at what became of it.
fn tell(at: &mut Then, key: &Secret, bytes: &[u8]) -> Result<()> {
    let mut rng = ChaCha20Rng::seed_from_u64(17);
    let payload = aead::seal(key, &at.queue, bytes, &mut rng);
    let tx = at.store.begin()?;
    let mut online = Online::connect(&tx, at.now)?;
    let _ = online.direct(at.guest, &at.queue, payload)?;
    online.look_around()
}

fn link(moments: &mut Moments, bytes: &[u8]) -> Result<()> {
    let Some((reader, frame)) = bytes.split_first() else { return Ok(()) };
    let at = usize::from(*reader) % moments.linking.len();
    let at = moments.linking.get_mut(at).context("a moment")?;
    tell(at, &moments.link_key, frame)
}

fn history(moments: &mut Moments, bytes: &[u8]) -> Result<()> {
    let Some((reader, content)) = bytes.split_first() else { return Ok(()) };
    let at = usize::from(*reader) % moments.telling.len();
    let at = moments.telling.get_mut(at).context("a moment")?;
    tell(at, &moments.history_key, &padding::pad(content))
}

/// The body as the newest segment, with what every segment has to say put right.
fn backup(moments: &mut Moments, bytes: &[u8]) -> Result<()> {
    let at = &mut moments.restoring;
    let honest = moments.bodies.last().context("a body")?;
    let honest = BackupBody::decode(honest.as_slice())?;
    let body = match BackupBody::decode(bytes) {
        Ok(body) => BackupBody {
            version: honest.version,
            index: honest.index,
            previous: honest.previous.clone(),
            user_id: honest.user_id.clone(),
            device_id: honest.device_id.clone(),
            ..body
        }
        .encode_to_vec(),
        Err(_) => bytes.to_vec(),
    };
    let signed = statement::backup_segment(&moments.keys.locator, &body);
    let signature = moments.writer.sign(&signed).to_vec();
    let segment = padding::pad(&BackupSegment { body, signature }.encode_to_vec());
    let mut rng = ChaCha20Rng::seed_from_u64(19);
    let to = moments.keys.opening.public();
    let sealed = kem::seal_to(&to, &additional(&moments.keys, honest.index), &segment, &mut rng)?;
    let tx = at.store.begin()?;
    let (mut online, asked) = Online::challenged(&tx, at.now)?;
    let count = honest.index + 1;
    // What comes before it is missing or wrong, as far as the newest one is read at all.
    let mut segments = vec![vec![0; 16]; (count.min(4) - 1) as usize];
    segments.push(sealed);
    let came = BackupSegments { count, updated: at.now, segments, ..BackupSegments::default() };
    let _ = online.reply(asked, reply::Result::BackupSegments(came))?;
    online.look_around()
}
