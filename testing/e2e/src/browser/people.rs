//! What every test in a browser begins with: its turn, and an account.

use super::Browser;
use anyhow::Result;
use std::sync::{Mutex, PoisonError};

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
}
