//! The story of one seed: people meet, then do random things under faults, then all is quiet.

use crate::check::{Said, check, check_files};
use crate::network::{Faults, below, chance};
use crate::world::{Frozen, World};
use anyhow::{Context, Result, bail, ensure};
use parlor_engine::NewFile;
use parlor_store::chats::Chat;
use parlor_store::messages::{Kind, MessageRow};
use parlor_view::{
    AccountCreate, Answer, ChatRole, ChatTitle, Command, Degrees, Event, LinkStart, MessageEdit,
    MessagesForward, MessagesSend, NewContact, NewLocation, NewPoll, SaveAttachment,
    StopAttachment,
};
use parlor_wire::content::{ChatKind, Text as SaidText, text::Thing};
use parlor_wire::{Message, MessageId, UserId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a seed decides before anything happens.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// People; each begins with one device.
    pub people: usize,
    /// How many of them link a second one.
    pub linked: usize,
    /// Random commands.
    pub acts: u32,
    /// What goes wrong meanwhile.
    pub faults: Faults,
    /// Whether members come and go.
    pub changes: bool,
}

impl Plan {
    /// The plan of a seed: worlds without faults, with a bad network, with crashes, with everything; small and
    /// large ones, and for every fifth nothing stays in a device's memory from one step to the next.
    pub fn of(seed: u64) -> Self {
        let mut draw = ChaCha20Rng::seed_from_u64(seed ^ 0x9e37_79b9_7f4a_7c15);
        let network = Faults { breaks: 25, slow: 30, ..Faults::default() };
        let crashes = Faults { crash_before: 15, crash_after: 15, relay_crash: 5, ..network };
        let mut faults = match seed % 4 {
            0 => Faults { slow: 20, ..Faults::default() },
            1 => network,
            2 => crashes,
            _ => Faults { restart: 80, ..crashes },
        };
        faults.clock = if seed.is_multiple_of(7) { 10 } else { 0 };
        faults.full = if seed % 6 == 1 { 500 } else { 0 };
        faults.reload = if seed.is_multiple_of(5) { 1000 } else { 0 };
        Self {
            people: 2 + below(&mut draw, 4).min(below(&mut draw, 4)),
            linked: below(&mut draw, 5).saturating_sub(2),
            acts: 8 + below(&mut draw, 60) as u32,
            faults,
            changes: !chance(&mut draw, 125),
        }
    }
}

/// A world with people who know each other, and what was said in it so far.
pub struct Story {
    /// The world.
    pub world: World,
    /// Whom each person's first device, of the same number, is of.
    pub people: Vec<UserId>,
    /// Commands that send a text: device and ticket.
    sends: Vec<(usize, u64)>,
    /// Numbers the texts.
    texts: u32,
    /// What was sent, by the name of the file.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Plays a seed from the beginning to the checks; returns how many steps it took.
pub fn run(seed: u64, plan: Plan) -> Result<u64> {
    let mut story = Story::begin(seed, plan.people)?;
    for person in 0..plan.linked {
        story.link(person)?;
    }
    story.act(plan)?;
    story.world.settle()?;
    let said = story.said();
    check(&mut story.world, &said)?;
    check_files(&mut story.world, &story.files)?;
    // Nobody lost anything, so nobody has to come back from outside.
    ensure!(story.world.rejoins == 0, "{} rejoins without a reason", story.world.rejoins);
    Ok(story.world.steps)
}

/// Worlds at rest, with the people of each, by their number.
type Beginnings = BTreeMap<usize, Arc<(Frozen, Vec<UserId>)>>;

/// Makes an account of this name.
pub fn create(name: &str, username: Option<String>) -> Command {
    Command::AccountCreate(AccountCreate {
        server: "https://relay.test".into(),
        display_name: name.into(),
        username,
        device_name: None,
        invite: None,
    })
}

impl Story {
    /// Everybody has an account; person 0 has founded a group of all and written to everybody. What led there is
    /// the same in all worlds of so many people, and so it is played once.
    pub fn begin(seed: u64, people: usize) -> Result<Self> {
        static BEGUN: Mutex<Beginnings> = Mutex::new(BTreeMap::new());
        let mut begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
        let from = match begun.get(&people) {
            Some(from) => from.clone(),
            None => {
                let mut story = Self::meet(people)?;
                let from = Arc::new((story.world.freeze()?, story.people));
                begun.insert(people, from.clone());
                from
            }
        };
        drop(begun);
        let (frozen, people) = from.as_ref();
        let mut world = World::thaw(seed, frozen)?;
        world.run_until(world.now + 10_000)?;
        let (sends, files) = (Vec::new(), BTreeMap::new());
        Ok(Self { world, people: people.clone(), sends, texts: 0, files })
    }

    fn meet(people: usize) -> Result<Self> {
        // Nobody plays this seed, so that no key is ever drawn twice.
        let mut world = World::new(u64::MAX - people as u64, people)?;
        let mut users = Vec::new();
        for device in 0..people {
            let (name, username) = (format!("Person {device}"), format!("person{device}"));
            expect(world.ask(device, create(&name, Some(username)))?)?;
            users.push(world.device(device)?.user()?.context("an account")?);
        }
        let (sends, files) = (Vec::new(), BTreeMap::new());
        let mut story = Self { world, people: users, sends, texts: 0, files };
        let members = (1..people).map(|number| format!("person{number}")).collect();
        let command = Command::CreateGroup { title: "All".into(), members };
        expect(story.world.ask(0, command)?)?;
        for device in 1..people {
            let address = format!("person{device}");
            expect(story.world.ask(0, Command::Direct { address })?)?;
        }
        story.world.settle()?;
        for device in 0..people {
            for chat in story.chats(device)? {
                story.world.command(device, Command::Accept { chat_id: chat.chat_id.text() })?;
            }
        }
        story.world.settle()?;
        Ok(story)
    }

    /// Links a new device with the help of another of the same account; the number of the new one.
    pub fn link(&mut self, old: usize) -> Result<usize> {
        let new = self.world.add_device()?;
        let (server, device_name) = ("https://relay.test".into(), format!("Device {new}"));
        let wish = LinkStart { server, device_name };
        let Answer::Uri { uri } = expect(self.world.ask(new, Command::LinkStart(wish))?)? else {
            bail!("no link")
        };
        let Answer::Code { code } = expect(self.world.ask(old, Command::LinkApprove { uri })?)?
        else {
            bail!("no code")
        };
        let shown = |told: &(usize, Event)| *told == (new, Event::LinkCode { code: code.clone() });
        while !self.world.told.iter().any(shown) {
            ensure!(self.world.go_on()?, "the new device never showed the code");
        }
        expect(self.world.ask(old, Command::LinkConfirm)?)?;
        Ok(new)
    }

    /// Chats of a device that it is in.
    pub fn chats(&mut self, device: usize) -> Result<Vec<Chat>> {
        let mut chats = self.world.device(device)?.read(|tx| Ok(tx.chats()?))?;
        chats.retain(|chat| !chat.left && chat.kind != ChatKind::Self_ as i32);
        chats.sort_by_key(|chat| chat.chat_id);
        Ok(chats)
    }

    /// The group of all, as a device has it.
    pub fn group(&mut self, device: usize) -> Result<Chat> {
        let chats = self.chats(device)?;
        chats.into_iter().find(|chat| chat.kind == ChatKind::Group as i32).context("a group")
    }

    /// Says something new.
    pub fn say(&mut self, device: usize, chat: &Chat, reply_to: Option<MessageId>) -> Result<()> {
        self.texts += 1;
        let wish = MessagesSend {
            chat_id: chat.chat_id.text(),
            text: Some(format!("text {} of {device}", self.texts)),
            reply_to: reply_to.map(|id| id.text()),
            ..MessagesSend::default()
        };
        let ticket = self.world.command(device, Command::Send(Box::new(wish)))?;
        self.sends.push((device, ticket));
        Ok(())
    }

    /// Texts whose sender was told that they will be sent.
    pub fn said(&self) -> Vec<Said> {
        let answered =
            |(device, ticket): &(usize, u64)| match self.world.answers.get(&(*device, *ticket)) {
                Some(Ok(Answer::Message { message_id })) => MessageId::parse(message_id)
                    .ok()
                    .map(|message| Said { device: *device, message }),
                _ => None,
            };
        self.sends.iter().filter_map(answered).collect()
    }

    /// Random commands under faults.
    pub fn act(&mut self, plan: Plan) -> Result<()> {
        self.world.faults = plan.faults;
        for _ in 0..plan.acts {
            let pause = match below(&mut self.world.rng, 4) {
                0 => 0,
                1 => 3000,
                _ => 300,
            };
            let end = self.world.now + below(&mut self.world.rng, pause) as u64;
            self.world.run_until(end)?;
            self.world.now = end;
            let devices = self.world.devices.len();
            let device = below(&mut self.world.rng, devices);
            if self.world.device(device)?.user()?.is_some() {
                self.one(device, plan)?;
            }
        }
        Ok(())
    }

    fn one(&mut self, device: usize, plan: Plan) -> Result<()> {
        if chance(&mut self.world.rng, 60) {
            let hours = below(&mut self.world.rng, 48) as u64;
            let until = self.world.now + 1000 + hours * 2500;
            return self.world.go_offline(device, Some(until));
        }
        let chats = self.chats(device)?;
        let Some(chat) = chats.get(below(&mut self.world.rng, chats.len())) else { return Ok(()) };
        let choice = below(&mut self.world.rng, 100);
        if choice < 36 {
            return self.say(device, chat, None);
        }
        if choice < 42 {
            return self.say_something_else(device, chat);
        }
        if choice < 50 {
            return self.say_with_files(device, chat);
        }
        if choice < 75 {
            return self.answer_something(device, chat, choice);
        }
        if chat.kind == ChatKind::Group as i32 {
            // A race: two members at the same time.
            let devices = self.world.devices.len();
            let other = below(&mut self.world.rng, devices);
            self.change_group(device, chat, plan)?;
            if choice.is_multiple_of(2)
                && let Some(same) =
                    self.chats(other)?.into_iter().find(|other| other.group == chat.group)
            {
                self.change_group(other, &same, plan)?;
            }
        }
        Ok(())
    }

    /// A message with a file or two; sometimes one that was sent before.
    pub fn say_with_files(&mut self, device: usize, chat: &Chat) -> Result<()> {
        let mut files = Vec::new();
        for _ in 0..1 + below(&mut self.world.rng, 2) {
            let name = match below(&mut self.world.rng, 4) {
                0 if !self.files.is_empty() => "file 0".to_owned(),
                _ => format!("file {}", self.files.len()),
            };
            let size = below(&mut self.world.rng, 150_000);
            let fill = self.files.len() as u8;
            let content = self.files.entry(name.clone()).or_insert_with(|| vec![fill; size]);
            let content = content.clone();
            files.push(self.world.new_file(device, &name, &content)?);
        }
        self.send_files(device, chat, files)?;
        Ok(())
    }

    /// A message with these files; its ticket.
    pub fn send_files(&mut self, device: usize, chat: &Chat, files: Vec<NewFile>) -> Result<u64> {
        let paths = files.iter().map(|new| new.name.clone()).collect();
        let command = Command::Send(Box::new(MessagesSend {
            chat_id: chat.chat_id.text(),
            attachments: Some(paths),
            ..MessagesSend::default()
        }));
        let ticket = self.world.command_with(device, command, files)?;
        self.sends.push((device, ticket));
        Ok(ticket)
    }

    /// Sends a place, a card or, mostly, a poll.
    fn say_something_else(&mut self, device: usize, chat: &Chat) -> Result<()> {
        self.texts += 1;
        let mut wish = MessagesSend { chat_id: chat.chat_id.text(), ..MessagesSend::default() };
        match below(&mut self.world.rng, 5) {
            0 => {
                let (latitude, longitude) = (Degrees(48_137_154), Degrees(-5));
                let name = Some(format!("Place {}", self.texts));
                wish.location = Some(NewLocation { latitude, longitude, accuracy: None, name });
            }
            1 => {
                let somebody = below(&mut self.world.rng, self.people.len());
                let user = self.people.get(somebody).context("a person")?.text();
                wish.contact = Some(NewContact { user });
            }
            multiple => {
                let options = (0..3).map(|option| format!("Option {option}")).collect();
                let question = format!("Question {} of {device}", self.texts);
                let multiple = Some(multiple == 2);
                wish.poll = Some(NewPoll { question, options, multiple });
            }
        }
        let ticket = self.world.command(device, Command::Send(Box::new(wish)))?;
        self.sends.push((device, ticket));
        Ok(())
    }

    /// Votes in one of the newest polls, takes a vote back, or ends an own poll.
    fn take_part(&mut self, device: usize, rows: &[MessageRow]) -> Result<()> {
        let polls: Vec<&MessageRow> = rows.iter().filter(|row| is_poll(row)).collect();
        let Some(row) = polls.get(below(&mut self.world.rng, polls.len())) else { return Ok(()) };
        let message_id = row.message_id.text();
        let command = match below(&mut self.world.rng, 8) {
            0 if row.mine => Command::ClosePoll { message_id },
            1 => Command::Vote { message_id, options: Vec::new() },
            2 => Command::Vote { message_id, options: vec![2, 0] },
            _ => {
                let option = below(&mut self.world.rng, 3) as u32;
                Command::Vote { message_id, options: vec![option] }
            }
        };
        self.world.command(device, command)?;
        Ok(())
    }

    /// Wants a file of a message, or says the message in another chat as well.
    fn use_files(&mut self, device: usize, chat: &Chat, row: &MessageRow) -> Result<()> {
        let message_id = row.message_id.text();
        let command = match below(&mut self.world.rng, 3) {
            0 => Command::Forward(MessagesForward {
                message_ids: vec![message_id],
                chat_id: chat.chat_id.text(),
            }),
            1 if chance(&mut self.world.rng, 300) => {
                Command::StopAttachment(StopAttachment { message_id, index: 0 })
            }
            _ => Command::SaveAttachment(SaveAttachment {
                path: message_id.clone(),
                message_id,
                index: 0,
            }),
        };
        self.world.command(device, command)?;
        Ok(())
    }

    fn answer_something(&mut self, device: usize, chat: &Chat, choice: usize) -> Result<()> {
        let rows =
            self.world.device(device)?.read(|tx| Ok(tx.history(&chat.chat_id, None, 40)?))?;
        if chance(&mut self.world.rng, 300) {
            self.take_part(device, &rows)?;
        }
        let texts: Vec<&MessageRow> = rows.iter().filter(|row| row.kind == Kind::Text).collect();
        let own: Vec<&MessageRow> = texts.iter().copied().filter(|row| row.mine).collect();
        let from = if choice < 63 { &texts } else { &own };
        let Some(row) = from.get(below(&mut self.world.rng, from.len())) else { return Ok(()) };
        let message_id = row.message_id.text();
        if choice < 53 {
            return self.use_files(device, chat, row);
        }
        let command = match choice {
            ..55 => return self.say(device, chat, Some(row.message_id)),
            55..60 => Command::React { message_id, emoji: "👍".into() },
            60..63 => Command::MarkRead { chat_id: chat.chat_id.text(), up_to: message_id },
            63..71 => Command::Edit(MessageEdit {
                message_id,
                text: format!("edited at {}", self.world.now),
                mentions: None,
                entities: None,
            }),
            _ => Command::Delete { message_id, for_everyone: true },
        };
        self.world.command(device, command)?;
        Ok(())
    }

    fn change_group(&mut self, device: usize, chat: &Chat, plan: Plan) -> Result<()> {
        let chat_id = chat.chat_id.text();
        let somebody = below(&mut self.world.rng, plan.people);
        let user = self.people.get(somebody).context("a person")?.text();
        let choice = below(&mut self.world.rng, if plan.changes { 10 } else { 4 });
        let command = match choice {
            0..3 => Command::SetTitle(ChatTitle {
                chat_id,
                title: Some(format!("Title {}", self.world.now)),
                description: None,
            }),
            3..5 => {
                let role = if choice == 3 { "admin" } else { "owner" };
                Command::SetRole(ChatRole { chat_id, user, role: role.into() })
            }
            5..8 => Command::AddMembers { chat_id, members: vec![user] },
            8 => Command::RemoveMembers { chat_id, members: vec![user] },
            // Without its founder nobody may bring people in.
            _ if self.world.device(device)?.user()? == self.people.first().copied() => {
                return Ok(());
            }
            _ => Command::Leave { chat_id },
        };
        self.world.command(device, command)?;
        Ok(())
    }
}

fn is_poll(row: &MessageRow) -> bool {
    let text = SaidText::decode(row.body.as_slice()).unwrap_or_default();
    row.kind == Kind::Text && matches!(text.thing, Some(Thing::Poll(_)))
}

fn expect(answer: Result<Answer, parlor_view::Failure>) -> Result<Answer> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(failure) => bail!("refused: {failure:?}"),
    }
}
