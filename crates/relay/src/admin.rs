//! Administration of a data folder, also while a server runs on it: through a socket that only its owner can
//! open, or on the store itself when no server runs. One JSON line in, one out.

use crate::data::{Data, DataError};
use crate::server::{Shared, now, rng};
use crate::space::{Space, USUAL_RESERVE};
use parlor_relay_core::{AccountDump, DAY, Invite, Outcome, Store, dump, find_account};
use serde::{Deserialize, Serialize};
use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

/// Longest request line, bytes.
const MAX_LINE: u64 = 4096;

/// What an administrator can ask.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// A fresh invite.
    Invite {
        /// Registrations it is good for.
        uses: u32,
        /// Days it lasts.
        days: u32,
    },
    /// All that is held about an account.
    Dump {
        /// Username or user id as text.
        address: String,
    },
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// The invite's text.
    Invite(String),
    /// See [`AccountDump`].
    Dump(serde_json::Value),
    /// No such account.
    NotFound,
    /// The store failed.
    Failed(String),
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The socket of the running server.
    #[error("the running server cannot be asked: {0}")]
    Socket(#[from] io::Error),
    /// The answer is not one.
    #[error("the running server gave an answer that makes no sense: {0}")]
    Answer(#[from] serde_json::Error),
    /// There is nothing there.
    #[error("{0} is no data folder of a server")]
    NoData(std::path::PathBuf),
}

/// Asks the server that runs on a data folder, or the store when none runs.
pub fn ask(folder: &Path, request: &Request) -> Result<Response, AdminError> {
    match UnixStream::connect(Data::admin_socket(folder)) {
        Ok(mut stream) => {
            let mut line = serde_json::to_vec(request)?;
            line.push(b'\n');
            stream.write_all(&line)?;
            let mut answer = String::new();
            BufReader::new(stream).read_line(&mut answer)?;
            Ok(serde_json::from_str(&answer)?)
        }
        Err(_) if !folder.join("server.key").exists() => Err(AdminError::NoData(folder.to_owned())),
        Err(_) => Ok(answer(&Data::open(folder, Space::of_disk(folder, USUAL_RESERVE))?, request)),
    }
}

fn answer(data: &Data, request: &Request) -> Response {
    let now = now();
    match request {
        Request::Invite { uses, days } => {
            let expires = now.saturating_add(u64::from(*days) * DAY);
            let invite = Invite::generate(&mut rng(), *uses, expires);
            match data.store.execute_one(invite.command, now) {
                Ok(Outcome::Done) => Response::Invite(invite.text),
                other => Response::Failed(other.err().map_or_else(String::new, |e| e.to_string())),
            }
        }
        Request::Dump { address } => {
            let found = find_account(&data.store, address)
                .and_then(|user| user.map_or(Ok(None), |user| dump(&data.store, &data.key, &user)));
            match found.map(|found| found.as_ref().map(value)) {
                Ok(Some(Ok(value))) => Response::Dump(value),
                Ok(Some(Err(error))) => Response::Failed(error.to_string()),
                Ok(None) => Response::NotFound,
                Err(error) => Response::Failed(error.to_string()),
            }
        }
    }
}

fn value(dump: &AccountDump) -> serde_json::Result<serde_json::Value> {
    serde_json::to_value(dump)
}

/// Opens the socket; the folder's lock is held, so that an old one is nobody's.
pub(crate) fn listen(folder: &Path) -> io::Result<UnixListener> {
    let path = Data::admin_socket(folder);
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    // Until this line the folder's own mode (0700) keeps others out.
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

pub(crate) async fn serve(listener: UnixListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let (reader, mut writer) = stream.into_split();
            let mut line = String::new();
            let mut reader = tokio::io::BufReader::new(reader.take(MAX_LINE));
            if reader.read_line(&mut line).await.is_err() {
                return;
            }
            let response = match serde_json::from_str::<Request>(&line) {
                Ok(request) => {
                    let work = tokio::task::spawn_blocking(move || answer(&shared.data, &request));
                    work.await.unwrap_or_else(|error| Response::Failed(error.to_string()))
                }
                Err(error) => Response::Failed(error.to_string()),
            };
            if let Ok(mut line) = serde_json::to_vec(&response) {
                line.push(b'\n');
                let _ = writer.write_all(&line).await;
            }
        });
    }
}
