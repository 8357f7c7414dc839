//! People of a test world: a server, accounts on it, and what people do with a chat.

use crate::{DEADLINE, Relay, Rpc, RpcError, parlor};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A server and a folder for everybody's profiles. Everything ends and vanishes when it is dropped.
#[derive(Debug)]
pub struct World {
    pub relay: Relay,
    /// What devices are started with.
    binary: PathBuf,
    log: Option<&'static str>,
    devices: Cell<usize>,
    // Behind the relay: fields are dropped in order, and the process has to end before its folder goes.
    dir: TempDir,
}

impl World {
    /// An open server without accounts.
    pub fn new() -> Result<Self> {
        Self::with(&[])
    }

    /// An open server, and everybody logs as much as there is.
    pub fn talkative() -> Result<Self> {
        Self::build(&[], Some("trace"))
    }

    /// A server with these options of `parlor serve`.
    pub fn with(options: &[&str]) -> Result<Self> {
        Self::build(options, None)
    }

    /// The same with this options file.
    pub fn configured(config: &str) -> Result<Self> {
        let dir = TempDir::new()?;
        let path = dir.path().join("options.toml");
        std::fs::write(&path, config)?;
        let options = ["--config", path.to_str().context("the path is not UTF-8")?];
        Self::over(dir, parlor()?, &options, None)
    }

    fn build(options: &[&str], log: Option<&'static str>) -> Result<Self> {
        Self::over(TempDir::new()?, parlor()?, options, log)
    }

    /// A world in which everything is of another version, until it is replaced.
    pub fn of(binary: PathBuf) -> Result<Self> {
        Self::over(TempDir::new()?, binary, &[], None)
    }

    fn over(
        dir: TempDir,
        binary: PathBuf,
        options: &[&str],
        log: Option<&'static str>,
    ) -> Result<Self> {
        let data = dir.path().join("relay");
        let relay = Relay::start_of(binary.clone(), &data, options, log)?;
        Ok(Self { relay, binary, log, devices: Cell::new(0), dir })
    }

    /// From now on new devices are of another version.
    pub fn replace(&mut self, binary: PathBuf) {
        self.binary = binary;
    }

    /// The folder of a profile or of other data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn device(&self, number: usize) -> Result<Rpc> {
        Rpc::start_of(self.binary.clone(), &self.path(&format!("device-{number}")), self.log)
    }

    /// A new person with one device, connected.
    pub fn person(&self, name: &str) -> Result<Person> {
        self.person_with(name, json!({}))
    }

    /// The same with more params of `account.create`.
    pub fn person_with(&self, name: &str, mut params: Value) -> Result<Person> {
        let mut rpc = self.device(self.devices.get())?;
        self.devices.set(self.devices.get() + 1);
        if let Some(params) = params.as_object_mut() {
            params.insert("server".into(), self.relay.url().into());
            params.insert("display_name".into(), name.into());
        }
        let account = rpc.call("account.create", params)?;
        let (user_id, address) = (text(&account, "user_id")?, text(&account, "address")?);
        Ok(Person { rpc, name: name.into(), user_id, address })
    }

    /// A new device that waits to be linked, and the link that it shows.
    pub fn unlinked(&self) -> Result<(Rpc, String)> {
        let number = self.devices.replace(self.devices.get() + 1);
        let mut rpc = self.device(number)?;
        let params = json!({"server": self.relay.url(), "device_name": format!("Device {number}")});
        let uri = text(&rpc.call("link.start", params)?, "uri")?;
        Ok((rpc, uri))
    }

    /// A further device of a person, linked and with the whole history.
    pub fn link(&self, person: &mut Person) -> Result<Person> {
        let mut linked = self.link_begun(person)?;
        linked.rpc.wait_event("link.progress", DEADLINE, |event| {
            event.get("ended") == Some(&Value::Bool(true))
        })?;
        Ok(linked)
    }

    /// The same as far as the new device has the account.
    pub fn link_begun(&self, person: &mut Person) -> Result<Person> {
        let (mut rpc, uri) = self.unlinked()?;
        let code = text(&person.call("link.approve", json!({"uri": uri}))?, "code")?;
        let shown = rpc.wait_event("link.code", DEADLINE, |_| true)?;
        ensure!(text(&shown, "code")? == code, "the screens show different codes");
        person.call("link.confirm", json!({}))?;
        rpc.wait_event("link.done", DEADLINE, |_| true)?;
        let info = rpc.call("account.info", json!({}))?;
        let (user_id, address) = (text(&info, "user_id")?, text(&info, "address")?);
        Ok(Person { rpc, name: person.name.clone(), user_id, address })
    }
}

/// A person with one device.
#[derive(Debug)]
pub struct Person {
    pub rpc: Rpc,
    pub name: String,
    pub user_id: String,
    pub address: String,
}

impl Person {
    /// Calls a method of this person's device.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        self.rpc.call(method, params)
    }

    /// Waits until everything that the relay held is processed and everything queued is sent.
    pub fn sync(&mut self) -> Result<()> {
        self.call("sync", json!({})).with_context(|| format!("{} cannot sync", self.name))?;
        Ok(())
    }

    /// Waits until the device is connected to the relay.
    pub fn connected(&mut self) -> Result<()> {
        self.rpc.until("connected", |rpc| {
            let info = rpc.call("account.info", json!({}))?;
            Ok((info.get("connected") == Some(&Value::Bool(true))).then_some(()))
        })
    }

    /// Sends a text and returns its message id.
    pub fn say(&mut self, chat_id: &str, words: &str) -> Result<String> {
        let sent = self.call("messages.send", json!({"chat_id": chat_id, "text": words}))?;
        text(&sent, "message_id")
    }

    /// Waits for a text from somebody else and returns its message.
    pub fn hears(&mut self, words: &str) -> Result<Value> {
        let is_it =
            |event: &Value| event.pointer("/message/text").is_some_and(|text| text == words);
        let event = self.rpc.wait_event("message.received", DEADLINE, is_it);
        let event = event.with_context(|| format!("{} never heard {words:?}", self.name))?;
        Ok(event.get("message").cloned().unwrap_or_default())
    }

    /// Waits until an update of a message shows what is wanted, and returns the message.
    pub fn sees(
        &mut self,
        message_id: &str,
        what: &str,
        mut wanted: impl FnMut(&Value) -> bool,
    ) -> Result<Value> {
        let is_it = |event: &Value| match event.get("message") {
            Some(message) => {
                message.get("message_id").is_some_and(|id| id == message_id) && wanted(message)
            }
            None => false,
        };
        let event = self.rpc.wait_event("message.updated", DEADLINE, is_it);
        let event = event.with_context(|| format!("{} never saw {what}", self.name))?;
        Ok(event.get("message").cloned().unwrap_or_default())
    }

    /// The whole history of a chat, oldest first.
    pub fn history(&mut self, chat_id: &str) -> Result<Vec<Value>> {
        self.rpc.history(chat_id)
    }

    /// Saves an attachment however often the server goes away meanwhile.
    pub fn save_at_last(&mut self, message_id: &str, index: usize, path: &Path) -> Result<()> {
        loop {
            let params = json!({"message_id": message_id, "index": index, "path": path});
            match self.call("messages.save_attachment", params) {
                Ok(_) => return Ok(()),
                Err(error) if error.reason() == "offline" => self.connected()?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The texts of a chat, oldest first.
    pub fn texts(&mut self, chat_id: &str) -> Result<Vec<String>> {
        let history = self.history(chat_id)?;
        let texts =
            history.iter().filter(|message| message.get("kind").is_some_and(|kind| kind == "text"));
        Ok(texts.filter_map(|message| Some(message.get("text")?.as_str()?.to_string())).collect())
    }

    /// A message of a chat.
    pub fn message(&mut self, chat_id: &str, message_id: &str) -> Result<Option<Value>> {
        let is_it = |message: &Value| message.get("message_id").is_some_and(|id| id == message_id);
        Ok(self.history(chat_id)?.into_iter().find(is_it))
    }

    /// All chats.
    pub fn chats(&mut self) -> Result<Vec<Value>> {
        let list = self.call("chats.list", json!({"limit": 100}))?;
        Ok(list.get("chats").and_then(Value::as_array).context("no chats in the answer")?.clone())
    }

    /// Waits for the chat that names this title or person, accepts it if it is a request, and returns its id.
    pub fn accepts(&mut self, title: &str) -> Result<String> {
        let what = format!("a chat titled {title:?}");
        let chat_id = self.rpc.until(&what, |rpc| {
            let list = rpc.call("chats.list", json!({"limit": 100}))?;
            let chats =
                list.get("chats").and_then(Value::as_array).context("no chats in the answer")?;
            let is_it = |chat: &&Value| chat.get("title").is_some_and(|name| name == title);
            Ok(chats
                .iter()
                .find(is_it)
                .and_then(|chat| chat.get("chat_id")?.as_str())
                .map(String::from))
        })?;
        self.call("chats.accept", json!({"chat_id": chat_id}))?;
        Ok(chat_id)
    }

    /// Starts a direct chat with somebody who accepts it; returns the chat's id at each side.
    pub fn befriends(&mut self, other: &mut Person) -> Result<(String, String)> {
        let chat = self.call("chats.direct", json!({"address": other.address}))?;
        let own = text(&chat, "chat_id")?;
        self.say(&own, "May I?")?;
        self.sync()?;
        other.sync()?;
        let theirs = other.accepts(&self.name)?;
        Ok((own, theirs))
    }

    /// Waits until a group has this many members, and returns their user ids in order.
    pub fn sees_members(&mut self, chat_id: &str, count: usize) -> Result<Vec<String>> {
        self.rpc.until(&format!("{count} members"), |rpc| {
            let info = rpc.call("chats.info", json!({"chat_id": chat_id}))?;
            let members = info
                .get("members")
                .and_then(Value::as_array)
                .context("no members in the answer")?;
            let ids = members
                .iter()
                .filter_map(|member| Some(member.get("user_id")?.as_str()?.to_string()));
            let mut ids: Vec<String> = ids.collect();
            ids.sort();
            Ok((ids.len() == count).then_some(ids))
        })
    }
}

/// A field that has to be a text.
pub fn text(value: &Value, field: &str) -> Result<String> {
    Ok(value
        .get(field)
        .and_then(Value::as_str)
        .with_context(|| format!("no text {field:?}"))?
        .to_string())
}
