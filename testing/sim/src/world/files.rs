//! Files of the world: what a driver does with a real folder and HTTP, in memory and in virtual time.

use super::World;
use crate::network::{Event, Moving, below, chance};
use anyhow::{Context, Result, bail, ensure};
use parlor_crypto::file::{CHUNK_BYTES, FileCipher, FileKey, Layout};
use parlor_engine::{
    FileNews, FileOrder, FileProblem, FileSpec, Happened, Input, NewFile, Prepared,
};
use parlor_relay_core::{DAY, Operation, Outcome, Read, Store, day};
use parlor_view::{Answer, Command};
use parlor_wire::FileId;

/// Bytes that move at once.
const PIECE: usize = 40_000;

impl World {
    /// Encrypts a file into a device's folder, as a driver does before the engine gets the command.
    pub fn new_file(&mut self, device: usize, name: &str, content: &[u8]) -> Result<NewFile> {
        let layout = Layout::new(content.len() as u64).context("a size that fits")?;
        let key = FileKey::generate(&mut self.keys);
        let id = FileId(parlor_crypto::random(&mut self.keys));
        let cipher = FileCipher::new(&key, layout);
        let mut stored = Vec::new();
        for number in 0..layout.chunks() {
            let begin = (number as usize * CHUNK_BYTES).min(content.len());
            let end = begin + layout.content_len(number);
            let mut chunk = content.get(begin..end).context("a chunk")?.to_vec();
            cipher.seal(number, &mut chunk)?;
            stored.extend(chunk);
        }
        let hash = parlor_wire::hash(&stored);
        self.device(device)?.media.insert(id, stored);
        Ok(NewFile {
            file: FileSpec { id, key, layout, hash },
            content_hash: parlor_wire::hash(content),
            name: name.into(),
            mime: "application/octet-stream".into(),
            width: 0,
            height: 0,
            duration: 0,
            thumbnail: Vec::new(),
            preview: String::new(),
        })
    }

    /// Gives a command that brings files to a device.
    pub fn command_with(
        &mut self,
        device: usize,
        command: Command,
        files: Vec<NewFile>,
    ) -> Result<u64> {
        self.ticket += 1;
        let ticket = self.ticket;
        let prepared = Prepared { files, ..Prepared::default() };
        self.step(device, Input::Prepared(ticket, command, prepared))?;
        Ok(ticket)
    }

    /// Time goes by and nobody does anything, but for the relay, which forgets what is over.
    pub fn pass_days(&mut self, days: u64) -> Result<()> {
        self.now += days * DAY;
        let sweep = Operation::Sweep { limit: 100_000 };
        self.relay_store.execute_one(sweep.into(), self.now)?;
        for blob in self.relay_store.gone_blobs(usize::MAX)? {
            self.blobs.remove(&blob);
        }
        Ok(())
    }

    /// From now on the relay takes no larger files than this, in bytes of their content.
    pub fn limit_files(&mut self, largest: u64) {
        self.settings.blobs.max_content = largest;
        self.restart_relay();
    }

    /// How many blobs the relay has.
    pub fn blob_count(&self) -> usize {
        self.blobs.len()
    }

    pub(super) fn file_order(&mut self, device: usize, order: FileOrder) -> Result<()> {
        match order {
            FileOrder::Upload { file, blob, token } => {
                ensure!(self.relay.may_upload(&blob, &token), "a token that the relay refuses");
                self.begin_move(device, Moving { file, blob, up: true })
            }
            FileOrder::Download { file, blob } => {
                self.begin_move(device, Moving { file, blob, up: false })
            }
            FileOrder::Stop { file } => {
                let one = self.device(device)?;
                ensure!(one.moving.contains(&file), "what does not move is to stop");
                one.stopping.insert(file);
                Ok(())
            }
            FileOrder::Remove { file } => {
                let one = self.device(device)?;
                one.media.remove(&file);
                one.parts.remove(&file);
                one.moving.remove(&file);
                one.stopping.remove(&file);
                Ok(())
            }
            FileOrder::Save { ticket, file, path } => {
                let stored = self.device(device)?.media.get(&file.id);
                let content = open(&file, stored.context("a file that should be here")?)?;
                let bytes = content.len() as u64;
                self.saved.insert((device, path.clone()), content);
                self.answers.insert((device, ticket), Ok(Answer::Saved { path, bytes }));
                Ok(())
            }
            FileOrder::Read { .. } => bail!("nobody reads parts here"),
        }
    }

    fn begin_move(&mut self, device: usize, moving: Moving) -> Result<()> {
        if self.device(device)?.moving.insert(moving.file.id) {
            self.move_on(device, moving)?;
        }
        Ok(())
    }

    fn move_on(&mut self, device: usize, moving: Moving) -> Result<()> {
        let at = self.now + 1 + below(&mut self.rng, 200) as u64;
        let life = self.device(device)?.lives;
        self.plan(at, Event::Moves(device, life, moving));
        Ok(())
    }

    pub(super) fn moves(&mut self, device: usize, life: u64, moving: Moving) -> Result<()> {
        let broken = chance(&mut self.rng, 4 * self.faults.breaks);
        let one = self.device(device)?;
        if one.lives != life || !one.moving.contains(&moving.file.id) {
            return Ok(());
        }
        if one.stopping.contains(&moving.file.id) {
            return self.moved(device, &moving, Happened::Stopped);
        }
        if broken || !one.online {
            return self.moved(device, &moving, Happened::Failed(FileProblem::Unreachable));
        }
        let row = self.relay_store.blob(&moving.blob)?;
        let row = row.filter(|row| row.expiry_day >= day(self.now));
        match row {
            Some(row) if moving.up => {
                ensure!(row.size == moving.file.stored(), "an upload of another size");
                self.move_up(device, moving)
            }
            Some(row) if row.complete => self.move_down(device, moving),
            _ => self.moved(device, &moving, Happened::Failed(FileProblem::Gone)),
        }
    }

    fn move_up(&mut self, device: usize, moving: Moving) -> Result<()> {
        let source = self.device(device)?.media.get(&moving.file.id);
        let source = source.context("a file to upload")?.clone();
        let there = self.blobs.entry(moving.blob).or_default();
        let end = (there.len() + PIECE).min(source.len());
        there.extend_from_slice(source.get(there.len()..end).unwrap_or_default());
        if there.len() < source.len() {
            return self.move_on(device, moving);
        }
        let days = self.relay.blobs().days;
        let complete = Operation::CompleteBlob { blob: moving.blob, days };
        let outcome = self.relay_store.execute_one(complete.into(), self.now)?;
        ensure!(outcome == Outcome::Done, "an upload that is not taken");
        self.moved(device, &moving, Happened::Uploaded)
    }

    fn move_down(&mut self, device: usize, moving: Moving) -> Result<()> {
        let source = self.blobs.get(&moving.blob).context("a whole blob")?.clone();
        let one = self.device(device)?;
        let here = one.parts.entry(moving.file.id).or_default();
        let end = (here.len() + PIECE).min(source.len());
        here.extend_from_slice(source.get(here.len()..end).unwrap_or_default());
        if here.len() < source.len() {
            return self.move_on(device, moving);
        }
        let whole = one.parts.remove(&moving.file.id).unwrap_or_default();
        ensure!(parlor_wire::hash(&whole) == moving.file.hash, "a blob that is another file");
        one.media.insert(moving.file.id, whole);
        self.moved(device, &moving, Happened::Downloaded)
    }

    fn moved(&mut self, device: usize, moving: &Moving, what: Happened) -> Result<()> {
        let one = self.device(device)?;
        one.moving.remove(&moving.file.id);
        one.stopping.remove(&moving.file.id);
        self.step(device, Input::File(FileNews { file: moving.file.id, what }))
    }
}

fn open(file: &FileSpec, stored: &[u8]) -> Result<Vec<u8>> {
    let (cipher, layout) = (FileCipher::new(&file.key, file.layout), file.layout);
    let mut content = Vec::new();
    for number in 0..layout.chunks() {
        let begin = layout.stored_at(number) as usize;
        let chunk = stored.get(begin..begin + layout.stored_len(number));
        let mut chunk = chunk.context("a whole file")?.to_vec();
        cipher.open(number, &mut chunk)?;
        content.extend(chunk);
    }
    Ok(content)
}
