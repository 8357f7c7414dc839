//! A device whose disk is full: whoever asked is told, nothing is half done, and it goes on when there is room.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use parlor_view::AccountCreate;
use rand_chacha::rand_core::SeedableRng;
use std::collections::VecDeque;

#[derive(Default)]
struct Outside {
    waiting: VecDeque<Message>,
    told: Vec<Output>,
    /// Servers that it was told to connect to.
    connected: Vec<String>,
}

impl Inbox for Outside {
    fn next(&mut self) -> Option<Message> {
        self.waiting.pop_front()
    }

    fn wait(&mut self, _limit: Duration) -> Option<Message> {
        self.next()
    }
}

impl Ports for Outside {
    fn now(&self) -> u64 {
        1_800_000_000_000
    }

    fn order(&mut self, order: Order) {
        if let Order::Connect { url, .. } = order {
            self.connected.push(url);
        }
    }

    fn file(&mut self, _order: FileOrder, _server: Option<&str>) {}
    fn prepare(&mut self, _ticket: Ticket, _command: Command) {}
    fn unprepared(&mut self, _prepared: &Prepared) {}
    fn ended(&mut self, _file: &FileId) {}

    fn tell(&mut self, output: Output) {
        self.told.push(output);
    }
}

fn create() -> Command {
    Command::AccountCreate(AccountCreate {
        server: "https://relay.test".into(),
        // Longer than what a page has left.
        display_name: "Ann".repeat(80),
        username: None,
        device_name: Some("Device".repeat(40)),
        invite: None,
    })
}

fn driver(store: Store) -> Driver<Outside> {
    Driver::new(store, ChaCha20Rng::seed_from_u64(1), Outside::default())
}

/// The failure that was told, if one was; whoever looks at the connection was told why it is gone.
fn answer(driver: &mut Driver<Outside>) -> Option<Failure> {
    driver.ports().told.drain(..).find_map(|output| match output {
        Output::Answer(_, Err(failure)) => Some(failure),
        Output::Answer(_, Ok(answer)) => panic!("{answer:?}"),
        Output::Event(_) => None,
    })
}

#[test]
fn a_command_that_does_not_fit_fails_clearly_and_works_when_there_is_room() {
    let mut refused = 0;
    for pages in 0.. {
        let mut store = Store::in_memory().unwrap();
        store.leave_room(Some(pages)).unwrap();
        let mut driver = driver(store);
        driver.start();
        driver.take(Message::Command(1, create()));
        let Some(failure) = answer(&mut driver) else {
            assert_eq!(driver.ports().connected.last().unwrap(), "https://relay.test");
            break;
        };
        refused += 1;
        assert_eq!((failure.code, failure.code.retry()), (Code::NoRoom, Retry::Later));
        assert!(failure.message.contains("disk is full"), "{}", failure.message);
        // Nothing of an account is left: there is no server to connect to, and what only reads is answered.
        assert!(driver.ports().connected.is_empty());
        driver.take(Message::Command(2, Command::AccountInfo));
        assert_eq!(answer(&mut driver).unwrap().code, Code::NoAccount);
        driver.store.leave_room(None).unwrap();
        driver.take(Message::Command(3, create()));
        assert_eq!(answer(&mut driver), None);
        assert_eq!(driver.ports().connected.last().unwrap(), "https://relay.test");
    }
    assert!(refused > 0, "an account needs no room");
}
