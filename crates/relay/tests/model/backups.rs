//! Random segments of backups and rewrites over a model, the store in memory and the store on disk.

use super::{NOW, account};
use bytes::Bytes;
use parlor_crypto::Secret;
use parlor_relay::{FjallStore, Space};
use parlor_relay_core::{
    AppendBackup, Backend, Command, MemoryStore, Operation, Outcome, Read, Refusal, ServerKey,
    Store, Table,
};
use parlor_wire::{UserId, hash};
use proptest::collection::vec;
use proptest::prelude::*;

const PEOPLE: u8 = 2;
const LIMIT: u64 = 60;

/// A segment that somebody sends; of as many bytes as its text says.
#[derive(Debug, Clone)]
struct Sent {
    person: u8,
    locator: u8,
    index: u32,
    text: u8,
    rewrite: Option<u8>,
    complete: bool,
}

fn sent() -> impl Strategy<Value = Sent> {
    let index = prop_oneof![4 => 0..4u32, 1 => 4..9u32];
    let parts = (0..PEOPLE, 0..3u8, index, 1..20u8, prop::option::of(0..3u8), any::<bool>());
    parts.prop_map(|(person, locator, index, text, rewrite, complete)| Sent {
        person,
        // Mostly the own ones.
        locator: if locator < 2 { 2 * person + locator } else { 1 - person },
        index,
        text,
        rewrite,
        complete: complete && rewrite.is_some(),
    })
}

fn segment(text: u8) -> Bytes {
    Bytes::from(vec![text; usize::from(text)])
}

fn command(sent: &Sent) -> Command {
    Operation::AppendBackup(AppendBackup {
        user: UserId([sent.person; 32]),
        locator: [sent.locator; 32],
        read_key: [sent.person; 32],
        index: sent.index,
        segment: segment(sent.text),
        limit: LIMIT,
        rewrite: sent.rewrite.map(|name| [name; 32]),
        complete: sent.complete,
    })
    .into()
}

/// What one account has: its backup with the locator and the rewrite it came of, and the rewrite that is unfinished.
#[derive(Debug, Clone, Default, PartialEq)]
struct Account {
    backup: Option<(u8, Option<u8>, Vec<u8>)>,
    rewrite: Option<(u8, Vec<u8>)>,
}

fn conflict(row: &[u8]) -> Outcome {
    Outcome::Refused(Refusal::BackupConflict(row.len() as u32))
}

/// The row with the segment behind it; `None`: it has it already.
fn longer(row: &[u8], sent: &Sent) -> Result<Option<Vec<u8>>, Outcome> {
    let at = sent.index as usize;
    if row.get(at) == Some(&sent.text) {
        return Ok(None);
    }
    if at != row.len() {
        return Err(conflict(row));
    }
    let row: Vec<u8> = row.iter().copied().chain([sent.text]).collect();
    match row.iter().map(|text| u64::from(*text)).sum::<u64>() > LIMIT {
        true => Err(Outcome::Refused(Refusal::Quota("segment"))),
        false => Ok(Some(row)),
    }
}

fn append(accounts: &mut [Account], sent: &Sent) -> Result<(), Outcome> {
    let of = |account: &Account| account.backup.as_ref().map(|(locator, ..)| *locator);
    let other = &accounts[usize::from(1 - sent.person)];
    if of(other) == Some(sent.locator) {
        return Err(Outcome::Refused(Refusal::Conflict("locator")));
    }
    let own = &mut accounts[usize::from(sent.person)];
    let Some(name) = sent.rewrite else {
        let (_, came_of, row) = own
            .backup
            .clone()
            .filter(|(locator, ..)| *locator == sent.locator)
            .unwrap_or_else(|| (sent.locator, None, Vec::new()));
        if let Some(row) = longer(&row, sent)? {
            own.backup = Some((sent.locator, came_of, row));
        }
        return Ok(());
    };
    if let Some((_, Some(came_of), row)) = &own.backup
        && *came_of == name
    {
        let known = row.get(sent.index as usize) == Some(&sent.text);
        return if known { Ok(()) } else { Err(conflict(row)) };
    }
    let begun = own.rewrite.clone().filter(|(of, _)| *of == name).unwrap_or((name, Vec::new())).1;
    let (row, last) = match longer(&begun, sent)? {
        Some(row) => (row, true),
        None => (begun.clone(), sent.index as usize + 1 == begun.len()),
    };
    if sent.complete && last {
        *own = Account { backup: Some((sent.locator, Some(name), row)), rewrite: None };
    } else if last {
        own.rewrite = Some((name, row));
    }
    Ok(())
}

/// What a store has, and that it has nothing else.
fn held<S: Store + Backend>(store: &S) -> Vec<Account> {
    let mut segments = 0;
    let accounts = (0..PEOPLE).map(|person| {
        let row = store.account(&UserId([person; 32])).unwrap().unwrap();
        let text = |segment: Bytes| segment[0];
        let backup = store.backup(&row.backup).unwrap().map(|backup| {
            let held = store.backup_segments(&row.backup, &backup, 0, usize::MAX).unwrap();
            assert_eq!(backup.user, [person; 32]);
            assert_eq!(backup.bytes, held.iter().map(|it| it.len() as u64).sum::<u64>());
            assert_eq!(backup.last_hash, hash(held.last().unwrap()).0);
            segments += held.len();
            let came_of = backup.rewrite.first().copied();
            (row.backup[0], came_of, held.into_iter().map(text).collect())
        });
        let rewrite = row.rewrite.map(|rewrite| {
            let prefix = [[person; 32], [rewrite.name[0]; 32]].concat();
            let end = [prefix.as_slice(), &[u8::MAX; 5]].concat();
            let held = store.scan(Table::RewriteSegment, &prefix, &end, usize::MAX).unwrap();
            assert_eq!(rewrite.count as usize, held.len());
            segments += held.len();
            (rewrite.name[0], held.into_iter().map(|(_, segment)| text(segment)).collect())
        });
        Account { backup, rewrite }
    });
    let accounts = accounts.collect();
    let all = |table| store.scan(table, &[], &[u8::MAX; 69], usize::MAX).unwrap().len();
    assert_eq!(all(Table::BackupSegment) + all(Table::RewriteSegment), segments);
    assert!(all(Table::Backup) <= usize::from(PEOPLE));
    accounts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn three_stores_agree_on_backups(batches in vec(vec(sent(), 1..12), 1..12)) {
        let key = ServerKey::new(&Secret::new([1; 32]));
        let folder = tempfile::tempdir().unwrap();
        let space = Space::of_disk(folder.path(), 0);
        let (memory, disk) = (
            MemoryStore::new(key.clone()),
            FjallStore::open(folder.path(), key.clone(), space).unwrap(),
        );
        let accounts: Vec<Command> = (0..PEOPLE).map(|n| account(&key, n).into()).collect();
        memory.execute(accounts.clone(), NOW);
        disk.execute(accounts, NOW);
        let mut model = vec![Account::default(); usize::from(PEOPLE)];
        for batch in batches {
            let said: Vec<Outcome> = batch
                .iter()
                .map(|sent| append(&mut model, sent).err().unwrap_or(Outcome::Done))
                .collect();
            let commands: Vec<Command> = batch.iter().map(command).collect();
            let outcomes = |outcomes: Vec<Result<Outcome, _>>| -> Vec<Outcome> {
                outcomes.into_iter().map(Result::unwrap).collect()
            };
            prop_assert_eq!(&outcomes(memory.execute(commands.clone(), NOW)), &said);
            prop_assert_eq!(&outcomes(disk.execute(commands, NOW)), &said);
            prop_assert_eq!(&held(&memory), &model);
            prop_assert_eq!(&held(&disk), &model);
        }
    }
}
