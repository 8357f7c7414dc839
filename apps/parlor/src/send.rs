//! `parlor account`, `send`, `inbox` and `status`: small commands for a person at a terminal.
//!
//! Invariants: nothing is done here but asking the device what `docs/rpc.md` offers to every program; texts of
//! other people reach the terminal without control characters. Absent on purpose: a screen; see the apps.

use crate::{device, show};
use anyhow::{anyhow, bail};
use parlor_client::{Client, Output, Outputs};
use parlor_view::{
    AccountCreate, AccountView, Answer, ChatView, Code, Command, Event, Failure, HistoryFrom,
    MessageView, MessagesSend,
};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long the server may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long files may take on their way to the server.
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(24 * 3600);
/// How long the end may take; everything was synced before.
const GOODBYE: Duration = Duration::from_secs(5);
/// Chats or messages in one page.
const PAGE: u32 = 200;

/// Makes an account and prints its address.
#[derive(Debug, clap::Args)]
pub struct AccountArgs {
    #[command(flatten)]
    profile: device::ProfileArgs,
    /// Address of the server: http://HOST:PORT or https://HOST.
    #[arg(long)]
    server: String,
    /// Name that others see.
    #[arg(long)]
    name: String,
    /// Unique name to be found by; without one the address is an id.
    #[arg(long)]
    username: Option<String>,
    /// Invite, if the server wants one.
    #[arg(long)]
    invite: Option<String>,
}

/// Sends a message to a person and waits until the server has it.
#[derive(Debug, clap::Args)]
pub struct SendArgs {
    #[command(flatten)]
    profile: device::ProfileArgs,
    /// Address of the person.
    #[arg(long)]
    to: String,
    /// A file to go with it; can be given more than once.
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// What to say.
    #[arg(required_unless_present = "attach")]
    text: Vec<String>,
}

/// Prints messages that were not read, and marks them as read.
#[derive(Debug, clap::Args)]
pub struct InboxArgs {
    #[command(flatten)]
    profile: device::ProfileArgs,
    /// Accepts everybody who wants to talk.
    #[arg(long)]
    accept: bool,
    /// Goes on printing what comes, until Ctrl-C.
    #[arg(long)]
    follow: bool,
}

/// Prints the address, the server and what waits.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    #[command(flatten)]
    profile: device::ProfileArgs,
}

/// `parlor account`.
pub fn account(args: AccountArgs) -> anyhow::Result<ExitCode> {
    with_device(args.profile, async |device| {
        let wish = AccountCreate {
            server: args.server,
            display_name: args.name,
            username: args.username,
            device_name: None,
            invite: args.invite,
        };
        let Answer::Created { address, .. } = device.ask(Command::AccountCreate(wish)).await?
        else {
            return Err(odd());
        };
        // Others can write only once the server has this device's key packages.
        device.ask(Command::Sync).await?;
        println!("{address}");
        Ok(())
    })
}

/// `parlor send`.
pub fn send(args: SendArgs) -> anyhow::Result<ExitCode> {
    with_device(args.profile, async |device| {
        device.connected().await?;
        device.ask(Command::Sync).await?;
        let found = device.ask(Command::Direct { address: args.to }).await?;
        let Answer::Chat { chat_id } = found else { return Err(odd()) };
        let message = MessagesSend {
            chat_id,
            text: Some(args.text.join(" ")),
            attachments: Some(
                args.attach.iter().map(|path| path.to_string_lossy().into()).collect(),
            ),
            ..MessagesSend::default()
        };
        let patience = if args.attach.is_empty() { PATIENCE } else { PATIENCE_WITH_FILES };
        let Answer::Message { message_id } =
            device.ask_within(Command::Send(Box::new(message)), patience).await?
        else {
            return Err(odd());
        };
        device.ask_within(Command::Sync, patience).await?;
        device.was_sent(&message_id)
    })
}

/// `parlor inbox`.
pub fn inbox(args: InboxArgs) -> anyhow::Result<ExitCode> {
    with_device(args.profile, async |device| {
        device.connected().await?;
        device.ask(Command::Sync).await?;
        for chat in device.chats().await? {
            device.inbox_of(chat, args.accept).await?;
        }
        // What was marked as read is told to the others.
        device.ask(Command::Sync).await?;
        if args.follow {
            // What the synchronisation told of was printed above.
            device.events.clear();
            tokio::select! {
                followed = device.follow(args.accept) => followed?,
                stopped = tokio::signal::ctrl_c() => stopped?,
            }
        }
        Ok(())
    })
}

/// `parlor status`.
pub fn status(args: StatusArgs) -> anyhow::Result<ExitCode> {
    with_device(args.profile, async |device| {
        device.connected().await?;
        // A server that cannot be reached is a part of the answer.
        if let Err(error) = device.ask(Command::Sync).await
            && !error
                .downcast_ref::<Refused>()
                .is_some_and(|refused| refused.0.code == Code::Offline)
        {
            return Err(error);
        }
        let Answer::Account(AccountView { address, server, connected, .. }) =
            device.ask(Command::AccountInfo).await?
        else {
            return Err(odd());
        };
        let chats = device.chats().await?;
        let requests = chats.iter().filter(|chat| chat.requested).count();
        let unread: u64 = chats.iter().map(|chat| chat.unread).sum();
        println!("address    {address}");
        println!("server     {}", show::plain(&server));
        println!("connected  {}", if connected { "yes" } else { "no" });
        println!("chats      {} ({requests} requested)", chats.len());
        println!("unread     {unread}");
        Ok(())
    })
}

pub fn with_device(
    profile: device::ProfileArgs,
    work: impl AsyncFnOnce(&mut Device) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    device::run(profile, async |client, outputs| {
        let mut device = Device { client, outputs, events: Vec::new() };
        let worked = work(&mut device).await;
        let Device { client, mut outputs, .. } = device;
        tokio::join!(client.flush_and_stop(GOODBYE), async {
            while outputs.recv().await.is_some() {}
        });
        worked.map(|()| ExitCode::SUCCESS)
    })
}

/// The device said no.
#[derive(Debug)]
struct Refused(Failure);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.0.message, self.0.code.text())
    }
}

impl std::error::Error for Refused {}

pub fn odd() -> anyhow::Error {
    anyhow!("the device answered something else than was asked")
}

/// A running device of a command.
pub struct Device {
    client: Client,
    outputs: Outputs,
    /// Events that came while an answer was waited for.
    pub events: Vec<Event>,
}

impl Device {
    /// Waits until the device has reached the server or failed to.
    async fn connected(&mut self) -> anyhow::Result<()> {
        // Without an account nothing is connected to.
        self.ask(Command::AccountInfo).await?;
        let decided = async {
            loop {
                let event = self.event().await?;
                if let Event::Connection { state } = event
                    && matches!(state.as_ref(), "online" | "offline")
                {
                    return anyhow::Ok(());
                }
            }
        };
        match tokio::time::timeout(PATIENCE, decided).await {
            Ok(decided) => decided,
            Err(_) => bail!("the server takes too long to answer"),
        }
    }

    pub async fn ask(&mut self, command: Command) -> anyhow::Result<Answer> {
        self.ask_within(command, PATIENCE).await
    }

    /// Whether the last that was told of an own message is that it left.
    fn was_sent(&self, id: &str) -> anyhow::Result<()> {
        let last = self.events.iter().rev().find_map(|event| match event {
            Event::MessageUpdated { message } if message.message_id == id => {
                Some(message.state.as_ref())
            }
            _ => None,
        });
        match last {
            Some("failed") => {
                bail!("the server did not take it: it is too large, or too much for today")
            }
            _ => Ok(()),
        }
    }

    pub async fn ask_within(
        &mut self,
        command: Command,
        limit: Duration,
    ) -> anyhow::Result<Answer> {
        let ticket = self.client.command(command);
        let answer = async {
            loop {
                match self.outputs.recv().await {
                    Some(Output::Answer(of, answer)) if of == ticket => {
                        return answer.map_err(|failure| Refused(failure).into());
                    }
                    Some(Output::Answer(..)) => {}
                    Some(Output::Event(event)) => self.events.push(event),
                    None => bail!("the device stopped by itself"),
                }
            }
        };
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer,
            Err(_) => bail!("the server takes too long; what is queued goes out at the next start"),
        }
    }

    /// The next event.
    async fn event(&mut self) -> anyhow::Result<Event> {
        if !self.events.is_empty() {
            return Ok(self.events.remove(0));
        }
        loop {
            match self.outputs.recv().await {
                Some(Output::Event(event)) => return Ok(event),
                Some(Output::Answer(..)) => {}
                None => bail!("the device stopped by itself"),
            }
        }
    }

    async fn chats(&mut self) -> anyhow::Result<Vec<ChatView>> {
        let mut all: Vec<ChatView> = Vec::new();
        loop {
            let after = all.last().map(|chat| chat.chat_id.clone());
            let page = self.ask(Command::ChatsList { limit: PAGE, after }).await?;
            let Answer::Chats { chats } = page else { return Err(odd()) };
            if chats.is_empty() {
                return Ok(all);
            }
            all.extend(chats);
        }
    }

    /// Prints what is new in a chat and marks it as read.
    async fn inbox_of(&mut self, chat: ChatView, accept: bool) -> anyhow::Result<()> {
        if chat.requested && !accept {
            println!("{}", show::request(&chat));
            return Ok(());
        }
        if chat.requested {
            self.ask(Command::Accept { chat_id: chat.chat_id.clone() }).await?;
        }
        let Some(newest) = chat.last_message.as_ref().filter(|_| chat.unread > 0) else {
            return Ok(());
        };
        for message in self.unread(&chat).await? {
            println!("{}", show::message(&message, group_title(&chat)));
        }
        let up_to = newest.message_id.clone();
        self.ask(Command::MarkRead { chat_id: chat.chat_id, up_to }).await?;
        Ok(())
    }

    /// The newest messages of others, as many as are not read, oldest first.
    async fn unread(&mut self, chat: &ChatView) -> anyhow::Result<Vec<MessageView>> {
        let mut found: Vec<MessageView> = Vec::new();
        let mut before: Option<String> = None;
        loop {
            let from = before.map(HistoryFrom::Before);
            let page = Command::History { chat_id: chat.chat_id.clone(), from, limit: PAGE };
            let Answer::Messages { messages } = self.ask(page).await? else { return Err(odd()) };
            before = messages.first().map(|message| message.message_id.clone());
            for message in messages.into_iter().rev() {
                if found.len() as u64 == chat.unread {
                    break;
                }
                if show::counts(&message) {
                    found.push(message);
                }
            }
            if before.is_none() || found.len() as u64 == chat.unread {
                found.reverse();
                return Ok(found);
            }
        }
    }

    async fn follow(&mut self, accept: bool) -> anyhow::Result<()> {
        loop {
            match self.event().await? {
                Event::ChatRequested { chat } if accept => {
                    self.ask(Command::Accept { chat_id: chat.chat_id }).await?;
                }
                Event::ChatRequested { chat } => println!("{}", show::request(&chat)),
                Event::MessageReceived { message } if show::counts(&message) => {
                    println!("{}", show::message(&message, None));
                    let (chat_id, up_to) = (message.chat_id, message.message_id);
                    if accept {
                        self.ask(Command::MarkRead { chat_id, up_to }).await?;
                    }
                }
                _ => {}
            }
        }
    }
}

fn group_title(chat: &ChatView) -> Option<&str> {
    (chat.kind == "group").then_some(chat.title.as_str())
}
