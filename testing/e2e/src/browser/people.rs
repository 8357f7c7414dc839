//! What every test in a browser begins with: its turn, an account, and somebody to talk to.

use super::Browser;
use crate::{Person, text};
use anyhow::Result;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use thirtyfour::By;

/// The tests of one program take turns: the browsers of one are enough for a small machine.
static TURN: Mutex<()> = Mutex::new(());

/// Does something with browsers, when no other test of this program does.
pub fn in_browsers(work: impl Future<Output = Result<()>>) -> Result<()> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

impl Browser {
    /// Opens the page of a server and makes an account there; then the empty list of chats is shown.
    pub async fn sign_up(&self, server: &str, name: &str, handle: &str) -> Result<()> {
        self.open(server).await?;
        self.write("your-name", name).await?;
        self.write("handle", handle).await?;
        self.press("Continue").await?;
        self.see_text("Pull up a chair").await?;
        Ok(())
    }

    /// Somebody says something to the account of this browser, which has this handle, for the first time; it is
    /// accepted, and the chat is open. The chat as the other knows it, and the id of what was said.
    pub async fn meet(
        &self,
        handle: &str,
        other: &mut Person,
        words: &str,
    ) -> Result<(String, String)> {
        let chat = text(&other.call("chats.direct", json!({"address": handle}))?, "chat_id")?;
        let first = other.say(&chat, words)?;
        self.press("Requests1").await?;
        self.press_chat(&other.name).await?;
        self.press("Accept").await?;
        self.see(By::Id("composer")).await?;
        Ok((chat, first))
    }
}
