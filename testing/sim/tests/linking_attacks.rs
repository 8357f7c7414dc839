//! Somebody sits in the middle while a device is linked.

use anyhow::{Context, Result, bail, ensure};
use parlor_crypto::sign::SigningKey;
use parlor_crypto::{Secret, aead};
use parlor_sim::{Crash, Frame, Intercept, Story, check};
use parlor_view::{Answer, Command, Event, LinkStart};
use parlor_wire::device::{Countersignature, Hello, LinkFrame, Reveal, link_frame::Body};
use parlor_wire::link::DeviceLink;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::{ClientFrame, DirectPost, ItemKind, server_frame};
use parlor_wire::{Message, QueueId, statement};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::cell::RefCell;
use std::rc::Rc;

const OLD: usize = 0;

/// A new device that shows its link.
fn listening(story: &mut Story) -> Result<(usize, String)> {
    let new = story.world.add_device()?;
    Ok((new, link_of(story, new)?))
}

fn link_of(story: &mut Story, new: usize) -> Result<String> {
    let wish = LinkStart { server: "https://relay.test".into(), device_name: "New".into() };
    match story.world.ask(new, Command::LinkStart(wish))? {
        Ok(Answer::Uri { uri }) => Ok(uri),
        other => bail!("no link: {other:?}"),
    }
}

fn log_length(story: &mut Story) -> Result<usize> {
    let me = story.world.device(OLD)?.user()?.context("an account")?;
    story.world.device(OLD)?.read(|tx| Ok(tx.log_entries(&me)?.len()))
}

fn codes(story: &Story, new: usize) -> Vec<String> {
    let code = |(device, event): &(usize, Event)| match event {
        Event::LinkCode { code } if *device == new => Some(code.clone()),
        _ => None,
    };
    story.world.told.iter().filter_map(code).collect()
}

/// Links whatever happened before, with a new link if it must be; how many tries it took.
fn link_in_the_end(story: &mut Story, new: usize, uri: String) -> Result<u32> {
    if try_to_link(story, new, uri)? {
        return Ok(1);
    }
    ensure!(log_length(story)? == 1, "in the log and not linked");
    let uri = link_of(story, new)?;
    ensure!(try_to_link(story, new, uri)?, "a clean second try came to nothing");
    Ok(2)
}

/// Approves, and confirms if both screens show the same; whether the new device is linked in the end.
fn try_to_link(story: &mut Story, new: usize, uri: String) -> Result<bool> {
    story.world.told.clear();
    let approve = story.world.ask_in_vain(OLD, Command::LinkApprove { uri })?;
    story.world.run_until(story.world.now() + 30_000)?;
    let shown = codes(story, new);
    match approve {
        Some(Ok(Answer::Code { code })) if shown == [code.clone()] => {}
        Some(Ok(Answer::Code { .. })) if shown.is_empty() => return Ok(false),
        Some(other) => bail!("{other:?} here, {shown:?} there"),
        None => return Ok(false),
    }
    // Never answered when it comes to nothing.
    story.world.ask_in_vain(OLD, Command::LinkConfirm)?;
    story.world.run_until(story.world.now() + 60_000)?;
    Ok(story.world.device(new)?.user()?.is_some())
}

/// Changes the payloads of direct posts on their way to devices.
fn each_delivery(mut change: impl FnMut(&mut Vec<u8>) + 'static) -> Intercept {
    Box::new(move |_, mut frame| {
        if let Frame::Down(down) = &mut frame
            && let Some(server_frame::Body::Deliver(deliver)) = &mut down.body
        {
            for item in deliver.items.iter_mut().filter(|item| item.kind() == ItemKind::Direct) {
                let mut payload = item.payload.to_vec();
                change(&mut payload);
                item.payload = payload.into();
            }
        }
        vec![frame]
    })
}

#[test]
fn altered_frames_are_ignored() -> Result<()> {
    // The nth direct post is altered, or is one that came before.
    for nth in 0..6 {
        for swapped in [false, true] {
            let mut story = Story::begin(nth, 2)?;
            let (new, uri) = listening(&mut story)?;
            let (mut count, mut former) = (0, b"nothing came before".to_vec());
            story.world.intercept(each_delivery(move |payload| {
                let genuine = payload.clone();
                if count == nth {
                    match payload.get_mut(30) {
                        Some(byte) if !swapped => *byte ^= 1,
                        _ => *payload = former.clone(),
                    }
                }
                count += 1;
                former = genuine;
            }));
            let linked = try_to_link(&mut story, new, uri)?;
            // Hello, Offer, Reveal, Proposal, Countersignature: without one of them nobody is added. The last one
            // is sent again when no Grant answers it, and a Grant is when it is asked for again.
            ensure!(linked == (nth > 3), "frame {nth}, swapped {swapped}: {linked}");
            let expected = if linked { 2 } else { 1 };
            ensure!(log_length(&mut story)? == expected, "frame {nth}, swapped {swapped}");
            if linked {
                story.world.settle()?;
                let said = story.said();
                check(&mut story.world, &said)?;
            }
        }
    }
    Ok(())
}

#[test]
fn frames_that_come_twice_change_nothing() -> Result<()> {
    let mut story = Story::begin(7, 2)?;
    let (new, uri) = listening(&mut story)?;
    story.world.intercept(Box::new(|_, frame| {
        let of_link = match &frame {
            Frame::Up(up) => matches!(up.request, Some(Request::DirectPost(_))),
            Frame::Down(down) => matches!(down.body, Some(server_frame::Body::Deliver(_))),
        };
        if of_link { vec![frame.clone(), frame] } else { vec![frame] }
    }));
    ensure!(try_to_link(&mut story, new, uri)?, "not linked");
    ensure!(log_length(&mut story)? == 2);
    Ok(())
}

/// Whoever has seen the link can read, and write in either's name.
struct Spy {
    key: Secret,
    post: SigningKey,
    queue: QueueId,
    rng: ChaCha20Rng,
}

impl Spy {
    fn new(uri: &str) -> Result<Self> {
        let link = DeviceLink::parse(uri)?;
        let secret = Secret::new(link.key.0);
        Ok(Self {
            key: secret.derive("parlor link frames v1"),
            post: SigningKey::from_seed(&secret.derive("parlor link post v1")),
            queue: link.queue,
            rng: ChaCha20Rng::seed_from_u64(1),
        })
    }

    fn read(&self, frame: &Frame) -> Option<Body> {
        let Frame::Up(ClientFrame { request: Some(Request::DirectPost(post)), .. }) = frame else {
            return None;
        };
        let opened = aead::open(&self.key, &post.queue_id, &post.payload).ok()?;
        LinkFrame::decode(opened.as_slice()).ok()?.body
    }

    /// A post to the new device.
    fn write(&mut self, id: u64, body: Body) -> Frame {
        let (queue, post) = (self.queue, self.post.clone());
        self.post(id, queue, &post, body)
    }

    /// A post to the device that said this hello.
    fn answer(&mut self, hello: &Hello, id: u64, body: Body) -> Option<Frame> {
        let queue = QueueId::try_from(&hello.reply_queue).ok()?;
        let seed = Secret::try_from(hello.reply_seed.as_slice()).ok()?;
        Some(self.post(id, queue, &SigningKey::from_seed(&seed), body))
    }

    fn post(&mut self, id: u64, queue: QueueId, key: &SigningKey, body: Body) -> Frame {
        let frame = LinkFrame { body: Some(body) }.encode_to_vec();
        let payload = aead::seal(&self.key, &queue.0, &frame, &mut self.rng);
        let signature = key.sign(&statement::direct_post(&queue, &payload)).to_vec();
        let post = DirectPost { queue_id: queue.to_vec(), payload: payload.into(), signature };
        Frame::Up(ClientFrame { id, request: Some(Request::DirectPost(post)) })
    }
}

fn of_the_spy() -> Reveal {
    Reveal {
        nonce: vec![1; 32],
        user_id: vec![2; 32],
        device_id: vec![3; 16],
        device_key: SigningKey::from_seed(&Secret::new([4; 32])).public().0.to_vec(),
    }
}

#[test]
fn who_has_seen_the_link_makes_the_codes_differ() -> Result<()> {
    let mut story = Story::begin(8, 2)?;
    let (new, uri) = listening(&mut story)?;
    let mut spy = Spy::new(&uri)?;
    // The account's device speaks, and the spy's words arrive.
    story.world.intercept(Box::new(move |_, frame| {
        let Frame::Up(ClientFrame { id, .. }) = frame else { return vec![frame] };
        match spy.read(&frame) {
            Some(Body::Hello(hello)) => {
                let commitment = statement::link_commitment(&of_the_spy()).to_vec();
                vec![spy.write(id, Body::Hello(Hello { commitment, ..hello }))]
            }
            Some(Body::Reveal(_)) => vec![spy.write(id, Body::Reveal(of_the_spy()))],
            _ => vec![frame],
        }
    }));
    let Ok(Answer::Code { code }) = story.world.ask(OLD, Command::LinkApprove { uri })? else {
        bail!("no code")
    };
    story.world.run_until(story.world.now() + 30_000)?;
    let there = codes(&story, new);
    ensure!(there.len() == 1 && there != [code], "the screens show the same");
    // Were it confirmed all the same: the new device signs nothing for another account.
    story.world.ask_in_vain(OLD, Command::LinkConfirm)?;
    story.world.run_until(story.world.now() + 60_000)?;
    ensure!(log_length(&mut story)? == 1 && story.world.device(new)?.user()?.is_none());
    Ok(())
}

#[test]
fn a_link_answers_three_hellos() -> Result<()> {
    let mut story = Story::begin(9, 2)?;
    let (_, uri) = listening(&mut story)?;
    let mut spy = Spy::new(&uri)?;
    let offers = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&offers);
    story.world.intercept(Box::new(move |_, frame| match spy.read(&frame) {
        Some(Body::Hello(hello)) => {
            let again = |n: u8| Body::Hello(Hello { commitment: vec![n; 32], ..hello.clone() });
            let guesses = (0..6).map(|n| spy.write(u64::MAX - u64::from(n), again(n)));
            guesses.collect::<Vec<_>>().into_iter().chain([frame]).collect()
        }
        Some(Body::Offer(offer)) => {
            seen.borrow_mut().push(offer.nonce);
            vec![frame]
        }
        _ => vec![frame],
    }));
    story.world.command(OLD, Command::LinkApprove { uri })?;
    story.world.run_until(story.world.now() + 60_000)?;
    let mut nonces = offers.borrow().clone();
    nonces.sort();
    nonces.dedup();
    ensure!(nonces.len() == 3, "{} guesses, each with a nonce of its own", nonces.len());
    Ok(())
}

#[test]
fn nothing_is_confirmed_before_the_code() -> Result<()> {
    let mut story = Story::begin(10, 2)?;
    ensure!(story.world.ask(OLD, Command::LinkConfirm)?.is_err(), "no link at all");
    let (new, uri) = listening(&mut story)?;
    let spy = Spy::new(&uri)?;
    story.world.intercept(Box::new(move |_, frame| match spy.read(&frame) {
        Some(Body::Offer(_)) => Vec::new(),
        _ => vec![frame],
    }));
    story.world.command(OLD, Command::LinkApprove { uri })?;
    story.world.run_until(story.world.now() + 30_000)?;
    ensure!(story.world.ask(OLD, Command::LinkConfirm)?.is_err(), "no code was shown");
    story.world.run_until(story.world.now() + 30_000)?;
    ensure!(log_length(&mut story)? == 1 && story.world.device(new)?.user()?.is_none());
    Ok(())
}

#[test]
fn either_side_may_die_at_any_step() -> Result<()> {
    for committed in [false, true] {
        for old in [false, true] {
            let mut after = 0;
            loop {
                let mut story = Story::begin(11, 2)?;
                let (new, uri) = listening(&mut story)?;
                let device = if old { OLD } else { new };
                story.world.crash = Some(Crash { device, after, committed });
                let case = || format!("device {device} after {after} steps, {committed}");
                link_in_the_end(&mut story, new, uri).with_context(case)?;
                if story.world.crash.is_some() {
                    break;
                }
                story.world.settle()?;
                ensure!(log_length(&mut story)? == 2, "{}", case());
                let said = story.said();
                check(&mut story.world, &said).with_context(case)?;
                after += 1;
            }
            ensure!(after > 8, "too few steps to tell: {after}");
        }
    }
    Ok(())
}

#[test]
fn words_for_another_link_are_ignored() -> Result<()> {
    // A countersignature of something else, and a grant sealed to nobody, before the genuine ones.
    let mut story = Story::begin(12, 2)?;
    let (new, uri) = listening(&mut story)?;
    let mut spy = Spy::new(&uri)?;
    let mut reply = None;
    let mut forged = 0;
    let count = Rc::new(RefCell::new(0));
    let seen = Rc::clone(&count);
    story.world.intercept(Box::new(move |_, frame| {
        let mut before = Vec::new();
        match spy.read(&frame) {
            Some(Body::Hello(hello)) => reply = Some(hello),
            Some(Body::Countersignature(genuine)) => {
                if let Some(hello) = &reply {
                    let mut body = genuine.body.clone();
                    body.push(0);
                    let other = Body::Countersignature(Countersignature { body, ..genuine });
                    before.extend(spy.answer(hello, u64::MAX, other));
                }
            }
            Some(Body::Grant(genuine)) => {
                for at in [0, genuine.len() / 2, genuine.len() - 1] {
                    let mut sealed = genuine.clone();
                    sealed[at] ^= 1;
                    forged += 1;
                    before.push(spy.write(u64::MAX - forged, Body::Grant(sealed)));
                }
            }
            _ => {}
        }
        *seen.borrow_mut() += before.len();
        before.into_iter().chain([frame]).collect()
    }));
    ensure!(try_to_link(&mut story, new, uri)?, "the genuine ones came after");
    ensure!(*count.borrow() >= 4, "nothing was forged");
    ensure!(log_length(&mut story)? == 2);
    Ok(())
}
