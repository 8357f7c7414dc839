//! The connection to the relay: challenge, authentication, and which reply is for what.
//!
//! | state       | on                    | does                                        | next        |
//! |-------------|-----------------------|---------------------------------------------|-------------|
//! | Offline     | Challenge             | Register, or Authenticate                   | Challenged  |
//! | Challenged  | registered            | Authenticate                                | Challenged  |
//! | Challenged  | authenticated         | MailboxStat, everything unfinished again    | Online      |
//! | any         | Disconnected          | forgets what was asked; all of it is durable| Offline     |

use crate::account::Registration;
use crate::step::Step;
use crate::{Result, Ticket};
use parlor_store::chats::ChatId;
use parlor_view::{Answer, Code, Command, Event, Failure};
use parlor_wire::relay::{
    self, Authenticate, LogGrew, MailboxStat, Register, Reply, ServerFrame, client_frame::Request,
    reply::Result as Outcome, server_frame::Body,
};
use parlor_wire::{DeviceId, FileId, GroupId, Hash, QueueId, UserId, statement};
use std::collections::{BTreeMap, BTreeSet};

/// What a request was for.
#[derive(Debug)]
pub enum Purpose {
    Authenticate,
    Register,
    KeyPackages,
    /// Where the mailbox stands; finds groups that are behind.
    Stat,
    /// Where the mailbox stands for a `sync`: how far it has to wait.
    SyncStat {
        ticket: Ticket,
    },
    Post {
        outbox: i64,
        hash: Hash,
        chat: ChatId,
    },
    Bundle {
        group: GroupId,
        hash: Hash,
    },
    Log {
        user: UserId,
    },
    Resolve {
        username: String,
    },
    Take {
        intent: i64,
        user: UserId,
    },
    Queue {
        queue: QueueId,
    },
    /// A guest's mailbox, for a device that is being linked.
    Guest,
    /// An entry of the own device log.
    LogAppend,
    /// A direct post of a device that is linked or links another.
    Direct {
        hash: Hash,
    },
    /// A request to be let into a group, through the queue of its link.
    Join {
        ticket: Ticket,
        queue: QueueId,
    },
    /// All that the relay holds about this account.
    Record {
        ticket: Ticket,
    },
    /// A piece of history for a new device.
    History {
        device: DeviceId,
    },
    /// The news that all of a history is here.
    HistoryEnded,
    GroupInfo {
        intent: i64,
        group: GroupId,
    },
    /// Room for a file.
    Grant {
        file: FileId,
    },
    /// A file is to be kept longer.
    Renew {
        file: FileId,
    },
    /// A segment of the backup.
    Backup {
        hash: Hash,
    },
    /// How the backup stands.
    BackupStat,
    /// Something of a backup that is restored.
    Restore {
        from: u32,
    },
    /// The entry that brings a restored device into the log.
    RestoreJoin,
    /// Another recovery key in the own device log.
    Rotate,
    /// The account is to be gone.
    Deletion,
    /// The own log, from a relay that says that this device is revoked.
    Proof,
    /// Nothing depends on the reply.
    Nothing,
}

/// A command that waits for something.
#[derive(Debug)]
pub enum Waiting {
    Create {
        ticket: Ticket,
        /// It gives up the connection that it found, and waits for the next.
        leaves: bool,
    },
    /// For the link of a new device to lead somewhere.
    LinkStart {
        ticket: Ticket,
        /// It gives up the connection that it found, and waits for the next.
        leaves: bool,
    },
    /// For the code that both screens show.
    LinkCode {
        ticket: Ticket,
    },
    /// For the new device to be in the own log.
    LinkConfirm {
        ticket: Ticket,
    },
    /// For a device to be out of the own log.
    Removal {
        ticket: Ticket,
        device: DeviceId,
        /// It is this very device: the relay ends the connection, and the next one tells.
        leaves: bool,
    },
    /// For the relay to have nothing of the account any more.
    Deletion {
        ticket: Ticket,
        /// The relay may end the connection before it says so; the next one tells.
        leaves: bool,
    },
    /// For the relay to say how the backup stands.
    BackupStatus {
        ticket: Ticket,
    },
    /// For the account to go on with this device.
    Restore {
        ticket: Ticket,
        /// It gives up the connection that it found, and waits for the next.
        leaves: bool,
    },
    /// For the own log to name the key of the next recovery code.
    Rotation {
        ticket: Ticket,
        /// Whoever asked wants to see the code.
        shows: bool,
    },
    /// `tail` is the mailbox's end when it was asked.
    Sync {
        ticket: Ticket,
        tail: Option<u64>,
    },
    Intent {
        ticket: Ticket,
        intent: i64,
        answer: Answer,
    },
    /// Carried out once there is a connection.
    Online {
        ticket: Ticket,
        command: Command,
    },
    /// Carried out once the names are resolved.
    Names {
        ticket: Ticket,
        command: Command,
        names: BTreeSet<String>,
    },
}

impl Waiting {
    /// Which command it is.
    pub fn ticket(&self) -> Ticket {
        match self {
            Self::Create { ticket, .. }
            | Self::LinkStart { ticket, .. }
            | Self::LinkCode { ticket }
            | Self::LinkConfirm { ticket }
            | Self::Removal { ticket, .. }
            | Self::Deletion { ticket, .. }
            | Self::BackupStatus { ticket }
            | Self::Restore { ticket, .. }
            | Self::Rotation { ticket, .. }
            | Self::Sync { ticket, .. }
            | Self::Intent { ticket, .. }
            | Self::Online { ticket, .. }
            | Self::Names { ticket, .. } => *ticket,
        }
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    #[default]
    Offline,
    Challenged,
    /// Connected without an account, to be linked.
    Guest,
    Online,
}

/// What is known about the present connection; forgotten with it.
#[derive(Default)]
pub struct Net {
    pub link: Link,
    pub nonce: Vec<u8>,
    last_id: u64,
    open: BTreeMap<u64, Purpose>,
    pub waiting: Vec<Waiting>,
    pub queues_open: BTreeSet<QueueId>,
    /// People whose device log was fetched on this connection.
    pub logs_fetched: BTreeSet<UserId>,
    /// Mailbox items for whose sake logs were asked for on this connection, and whether they came.
    pub logs_fetched_for: BTreeMap<(u64, UserId), bool>,
    /// Intents whose key packages were asked for again after a log was fetched.
    pub packages_again: BTreeSet<(i64, UserId)>,
    /// Intents for which nothing of these people's devices could be had.
    pub without_packages: BTreeSet<(i64, UserId)>,
    /// Groups whose bundle was sent on this connection.
    pub bundles_sent: BTreeSet<GroupId>,
    /// Outbox entries sent on this connection.
    pub posts_sent: BTreeSet<i64>,
    /// Groups whose state was doubted, each once on a connection.
    pub doubted: BTreeSet<GroupId>,
    /// Not before this time is anything posted again: the relay asked for patience.
    pub patience_until: u64,
    /// The relay is known to have key packages of this device.
    pub reachable: bool,
    /// Chunks of histories that were sent on this connection (up to this number, not included).
    pub history_sent: BTreeMap<DeviceId, u64>,
    /// Not before this time is any history sent.
    pub history_patience: u64,
    /// When a new device asks for its Grant again; 0: it waits for none.
    pub grant_patience: u64,
    pub backup: crate::backup::BackupNow,
    /// The account is to be deleted, not before this time.
    pub deleting: Option<u64>,
    /// Group infos that came, by intent.
    pub group_infos: BTreeMap<i64, relay::GroupInfo>,
}

impl Net {
    pub fn remember(&mut self, purpose: Purpose) -> u64 {
        self.last_id += 1;
        self.open.insert(self.last_id, purpose);
        self.last_id
    }

    pub fn online(&self) -> bool {
        self.link == Link::Online
    }

    /// Whether a log that is here is as new as a mailbox item.
    pub fn log_is_fresh_for(&self, sequence: u64, user: &UserId) -> bool {
        self.logs_fetched_for.get(&(sequence, *user)) == Some(&true)
    }

    /// Whether something like this was asked and not answered yet.
    pub fn asked(&self, like: impl Fn(&Purpose) -> bool) -> bool {
        self.open.values().any(like)
    }

    /// Takes out of the commands that wait those that wait for this.
    pub fn take_waiting(&mut self, of: impl Fn(&Waiting) -> bool) -> Vec<Waiting> {
        self.waiting.extract_if(.., |entry| of(entry)).collect()
    }
}

impl Step<'_, '_> {
    pub fn frame(&mut self, frame: ServerFrame) -> Result<()> {
        match frame.body {
            Some(Body::Challenge(challenge)) => self.challenged(challenge.nonce),
            Some(Body::Reply(reply)) => self.replied(reply),
            Some(Body::Deliver(deliver)) => self.delivered(deliver.items),
            Some(Body::Live(live)) => self.live(&live),
            Some(Body::LogGrew(LogGrew {})) => match self.me() {
                Ok(me) => self.fetch_log(&me).map(|_| ()),
                Err(_) => Ok(()),
            },
            Some(Body::Goodbye(_)) => {
                // Whatever the reason: the next connection tells what follows from it.
                self.out.disconnect = true;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn challenged(&mut self, nonce: Vec<u8>) -> Result<()> {
        self.engine.net.link = Link::Challenged;
        self.engine.net.nonce = nonce;
        match self.registration()? {
            None if self.restore_is_wanted()? => self.resume_restore()?,
            None if self.link_is_wanted()? => self.authenticate_guest()?,
            None => self.out.disconnect = true,
            Some(Registration::Pending { genesis, username, invite }) => {
                self.request(
                    Request::Register(Register { genesis, username, invite }),
                    Purpose::Register,
                );
            }
            Some(Registration::Done) => self.authenticate()?,
        }
        Ok(())
    }

    pub fn authenticate(&mut self) -> Result<()> {
        let identity = self.identity()?;
        let statement =
            statement::authenticate(&self.engine.net.nonce, &identity.user, &identity.device);
        let request = Authenticate {
            user_id: identity.user.to_vec(),
            device_id: identity.device.to_vec(),
            signature: identity.sign(&statement).to_vec(),
        };
        self.request(Request::Authenticate(request), Purpose::Authenticate);
        Ok(())
    }

    pub fn disconnected(&mut self) {
        let net = &mut self.engine.net;
        let was_online = net.online();
        let waiting = std::mem::take(&mut net.waiting);
        let open = std::mem::take(&mut net.open);
        let (last_id, link) = (net.last_id, net.link);
        *net = Net { last_id, ..Net::default() };
        let offline = || Failure::new(Code::Offline, "The server cannot be reached.");
        for purpose in open.into_values() {
            if let Purpose::Join { ticket, .. } | Purpose::Record { ticket } = purpose {
                self.answer(ticket, Err(offline()));
            }
        }
        for waiting in waiting {
            match waiting {
                // Durable already: it goes on with the next connection.
                Waiting::Intent { ticket, answer, .. } => self.answer(ticket, Ok(answer)),
                Waiting::Create { ticket, leaves: true } => {
                    self.engine.net.waiting.push(Waiting::Create { ticket, leaves: false });
                }
                Waiting::LinkStart { ticket, leaves: true } => {
                    self.engine.net.waiting.push(Waiting::LinkStart { ticket, leaves: false });
                }
                Waiting::Restore { ticket, leaves: true } => {
                    self.engine.net.waiting.push(Waiting::Restore { ticket, leaves: false });
                }
                // Whoever is out is put out; it is told on the next connection.
                Waiting::Removal { ticket, device, leaves: true } => {
                    let waits = Waiting::Removal { ticket, device, leaves: false };
                    self.engine.net.waiting.push(waits);
                }
                Waiting::Deletion { ticket, leaves: true } => {
                    self.engine.net.waiting.push(Waiting::Deletion { ticket, leaves: false });
                }
                Waiting::Create { ticket, leaves: false }
                | Waiting::LinkStart { ticket, leaves: false }
                | Waiting::LinkCode { ticket }
                | Waiting::LinkConfirm { ticket }
                | Waiting::Removal { ticket, .. }
                | Waiting::Deletion { ticket, leaves: false }
                | Waiting::BackupStatus { ticket }
                | Waiting::Restore { ticket, leaves: false }
                | Waiting::Rotation { ticket, .. }
                | Waiting::Sync { ticket, .. }
                | Waiting::Online { ticket, .. }
                | Waiting::Names { ticket, .. } => self.answer(ticket, Err(offline())),
            }
        }
        self.saves_end();
        self.engine.media.unsettle();
        if was_online || matches!(link, Link::Challenged | Link::Guest) {
            self.out.events.push(Event::Connection { state: "offline".into() });
        }
    }

    fn replied(&mut self, reply: Reply) -> Result<()> {
        let Some(purpose) = self.engine.net.open.remove(&reply.id) else { return Ok(()) };
        let result = match reply.result {
            Some(Outcome::Failure(failure)) => Err(failure),
            Some(outcome) => Ok(outcome),
            None => return Ok(()),
        };
        match purpose {
            Purpose::Authenticate => self.authenticated(result),
            Purpose::Register => self.registered(result),
            Purpose::KeyPackages => self.created(),
            Purpose::Nothing => Ok(()),
            Purpose::Stat => self.stat(result),
            Purpose::SyncStat { ticket } => {
                if let Ok(Outcome::Stat(stat)) = &result {
                    for waiting in &mut self.engine.net.waiting {
                        if let Waiting::Sync { ticket: of, tail } = waiting
                            && *of == ticket
                        {
                            *tail = Some(stat.tail);
                        }
                    }
                }
                self.stat(result)
            }
            Purpose::Post { outbox, hash, chat } => self.posted(outbox, &hash, chat, result),
            Purpose::Bundle { group, hash } => self.bundled(&group, &hash, result),
            Purpose::Deletion => self.deletion_came(result),
            Purpose::Proof => self.proof_came(result),
            Purpose::Log { user } => self.log_came(&user, result),
            Purpose::Resolve { username } => self.resolved(&username, result),
            Purpose::Take { intent, user } => self.taken(intent, &user, result),
            Purpose::Queue { queue } => {
                if result.is_ok() {
                    self.engine.net.queues_open.insert(queue);
                    self.advance = true;
                    self.link_queue_opened(&queue)?;
                }
                Ok(())
            }
            Purpose::GroupInfo { intent, group } => self.group_info_came(intent, &group, result),
            Purpose::Guest => self.guest_came_in(result),
            Purpose::LogAppend => self.log_appended(result),
            Purpose::Direct { hash } => self.direct_posted(&hash, result),
            Purpose::Join { ticket, queue } => self.join_posted(ticket, &queue, result),
            Purpose::Record { ticket } => {
                self.record_came(ticket, result);
                Ok(())
            }
            Purpose::History { device } => self.history_posted(&device, result),
            Purpose::Grant { file } => self.room_granted(&file, result),
            Purpose::Renew { file } => self.renewed(&file, result),
            Purpose::Backup { hash } => self.backup_appended(&hash, result),
            Purpose::BackupStat => self.backup_stat(result),
            Purpose::Restore { from } => self.restore_came(from, result),
            Purpose::RestoreJoin => self.restore_joined(result),
            Purpose::Rotate => self.rotated(result),
            Purpose::HistoryEnded if result.is_ok() => self.history_ended(),
            Purpose::HistoryEnded => Ok(()),
        }
    }

    fn authenticated(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        if let Err(failure) = result {
            let gone = matches!(failure.code(), relay::Code::Revoked | relay::Code::NotFound);
            if gone && self.is_deleting()? {
                return self.account_is_gone();
            }
            if failure.code() == relay::Code::Revoked {
                return self.ask_for_proof();
            }
            self.out.disconnect = true;
            return Ok(());
        }
        self.engine.net.link = Link::Online;
        self.out.events.push(Event::Connection { state: "online".into() });
        self.request(Request::MailboxStat(MailboxStat {}), Purpose::Stat);
        let me = self.me()?;
        self.fetch_log(&me)?;
        self.resume_deletion()?;
        self.resume_links()?;
        self.resume_invites()?;
        self.refuse_again()?;
        self.pump.extend(self.tx.outbox_chats()?);
        self.request_missing_logs()?;
        self.engine.media.connected();
        self.advance = true;
        for entry in self.engine.net.take_waiting(|of| matches!(of, Waiting::Online { .. })) {
            if let Waiting::Online { ticket, command } = entry {
                self.command(ticket, command)?;
            }
        }
        Ok(())
    }

    /// For commands that have to ask the relay: now, or with the next connection. When the next try to connect
    /// fails, the command is answered `offline`. True: put off.
    pub fn wait_for_connection(&mut self, ticket: Ticket, command: &Command) -> bool {
        if self.engine.net.online() {
            return false;
        }
        self.engine.net.waiting.push(Waiting::Online { ticket, command: command.clone() });
        true
    }

    fn stat(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        let Ok(Outcome::Stat(stat)) = result else { return Ok(()) };
        let reached = self.tx.number("mailbox_sequence")?;
        if reached > stat.tail {
            // The relay has forgotten what it gave out: what it has comes again, and what is known counts once.
            self.tx.set_number("mailbox_sequence", stat.acked.min(stat.tail))?;
            self.out.disconnect = true;
            return Ok(());
        }
        if reached == stat.tail {
            self.find_groups_behind()?;
        }
        self.refill_key_packages(stat.one_time_key_packages, stat.last_resort)
    }

    /// Answers `sync` commands whose goal is reached.
    pub fn answer_syncs(&mut self) -> Result<()> {
        let wants = |of: &Waiting| matches!(of, Waiting::Sync { tail: Some(_), .. });
        if !self.engine.net.waiting.iter().any(wants) || self.busy()? {
            return Ok(());
        }
        let reached = self.tx.number("mailbox_sequence")?;
        self.answer_waiting(
            &Ok(Answer::Empty {}),
            |of| matches!(of, Waiting::Sync { tail: Some(tail), .. } if reached >= *tail),
        );
        Ok(())
    }

    /// Whether something is still to be sent or made true.
    fn busy(&self) -> Result<bool> {
        let intents = self.tx.intents()?.iter().any(|intent| intent.due_at <= self.now);
        Ok(intents || self.tx.outbox_len()? > 0 || !self.tx.parked()?.is_empty())
    }
}
