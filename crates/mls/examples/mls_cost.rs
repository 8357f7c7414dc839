//! What the wrapper costs beside the bare library with its storage in memory, in the same run: milliseconds per
//! operation with the X-Wing suite, and the ratio. Groups are kept in memory on both sides; the wrapper's times
//! hold the flush into a key-value area in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/support/mod.rs"]
mod support;

use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, CredentialWithKey, KeyPackage, MlsGroup,
    MlsGroupCreateConfig, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, OpenMlsProvider,
    ProcessedMessageContent, StagedWelcome,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use parlor_mls::{Change, Group, Received, Suite, join};
use std::time::Instant;
use support::{Device, Everyone, GROUP};

const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519;
const MESSAGES: u32 = 200;
const COMMITS: u32 = 10;

/// Milliseconds of the operations, in the order of `NAMES`.
type Times = [f64; 6];
const NAMES: [&str; 6] = ["join", "commit", "process", "remove", "encrypt", "decrypt"];

fn timed<T>(total: &mut f64, times: u32, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *total += start.elapsed().as_secs_f64() * 1e3 / f64::from(times);
    result
}

fn ours(leaves: usize) -> Times {
    let mut times = Times::default();
    let mut a = Device::new(1, Suite::XWing);
    let mut b = Device::new(2, Suite::XWing);
    a.create();
    let mut ga = a.work(|mls| Group::load(mls, &GROUP)).unwrap().unwrap();
    let mut fillers: Vec<Vec<u8>> = (0..leaves - 2).map(|n| filler(n).key_package()).collect();
    while !fillers.is_empty() {
        let add = fillers.split_off(fillers.len().saturating_sub(127));
        a.work(|mls| {
            ga.commit(mls, Change { add, ..Change::default() }).unwrap();
            ga.merge_pending(mls).unwrap();
        });
    }
    let add = vec![b.key_package()];
    let welcome = a.work(|mls| {
        let outgoing = ga.commit(mls, Change { add, ..Change::default() }).unwrap();
        ga.merge_pending(mls).unwrap();
        outgoing.welcome.unwrap()
    });
    let mut gb = timed(&mut times[0], 1, || {
        b.work(|mls| join(mls, &welcome, &GROUP, &Everyone)).unwrap().group
    });
    let mut exchange = |change: Change, made: &mut f64, read: &mut f64, count: u32| {
        let outgoing = timed(made, count, || {
            let outgoing = a.work(|mls| ga.commit(mls, change)).unwrap();
            a.work(|mls| ga.merge_pending(mls)).unwrap();
            outgoing
        });
        timed(read, count, || {
            b.work(|mls| {
                let Received::Commit(staged) = gb.receive(mls, &outgoing.commit).unwrap() else {
                    panic!("not a commit");
                };
                let authorised = gb.authorise(*staged, &Everyone).unwrap();
                gb.merge(mls, authorised).unwrap();
            });
        });
    };
    let [_, commit, process, remove, ..] = &mut times;
    for _ in 0..COMMITS {
        exchange(Change { refresh: true, ..Change::default() }, commit, process, COMMITS);
    }
    if leaves > 2 {
        exchange(Change { remove: vec![1], ..Change::default() }, remove, &mut 0.0, 1);
    }
    for _ in 0..MESSAGES {
        let message =
            timed(&mut times[4], MESSAGES, || a.work(|mls| ga.encrypt(mls, &[7; 128])).unwrap());
        timed(&mut times[5], MESSAGES, || b.work(|mls| drop(gb.receive(mls, &message).unwrap())));
    }
    times
}

fn filler(n: usize) -> Device {
    let mut device = Device::new(3, Suite::XWing);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(n as u64 + 1_000).to_be_bytes());
    device.reseed(seed);
    device
}

struct Bare {
    provider: OpenMlsRustCrypto,
    signer: SignatureKeyPair,
    credential: CredentialWithKey,
}

impl Bare {
    fn new(number: usize) -> Self {
        let signer = SignatureKeyPair::new(SUITE.signature_algorithm()).unwrap();
        let credential = CredentialWithKey {
            credential: BasicCredential::new(format!("device number {number:040}").into()).into(),
            signature_key: signer.public().into(),
        };
        Self { provider: OpenMlsRustCrypto::default(), signer, credential }
    }

    fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .build(SUITE, &self.provider, &self.signer, self.credential.clone())
            .unwrap()
            .into_key_package()
    }

    fn commit(
        &self,
        group: &mut MlsGroup,
        add: Vec<KeyPackage>,
        remove: Option<u32>,
    ) -> (Vec<u8>, Option<MlsMessageOut>) {
        let (commit, welcome, info) = group
            .commit_builder()
            .force_self_update(add.len() < 8)
            .propose_adds(add)
            .propose_removals(remove.map(openmls::prelude::LeafNodeIndex::new))
            .load_psks(self.provider.storage())
            .unwrap()
            .build(self.provider.rand(), self.provider.crypto(), &self.signer, |_| true)
            .unwrap()
            .stage_commit(&self.provider)
            .unwrap()
            .into_messages();
        info.unwrap().to_bytes().unwrap();
        group.merge_pending_commit(&self.provider).unwrap();
        (commit.to_bytes().unwrap(), welcome)
    }
}

fn capabilities() -> Capabilities {
    Capabilities::builder().ciphersuites(vec![SUITE]).build()
}

fn parse(bytes: &[u8]) -> MlsMessageIn {
    MlsMessageIn::tls_deserialize_exact(bytes).unwrap()
}

fn bare(leaves: usize) -> Times {
    let mut times = Times::default();
    let config = MlsGroupCreateConfig::builder()
        .ciphersuite(SUITE)
        .capabilities(capabilities())
        .max_past_epochs(0)
        .use_ratchet_tree_extension(true)
        .build();
    let (a, b) = (Bare::new(1), Bare::new(2));
    let mut ga = MlsGroup::new(&a.provider, &a.signer, &config, a.credential.clone()).unwrap();
    let mut fillers: Vec<KeyPackage> =
        (0..leaves - 2).map(|n| Bare::new(n + 3).key_package()).collect();
    while !fillers.is_empty() {
        let add = fillers.split_off(fillers.len().saturating_sub(127));
        a.commit(&mut ga, add, None);
    }
    let (_, welcome) = a.commit(&mut ga, vec![b.key_package()], None);
    let welcome = welcome.unwrap().to_bytes().unwrap();
    let mut gb = timed(&mut times[0], 1, || {
        let MlsMessageBodyIn::Welcome(welcome) = parse(&welcome).extract() else { panic!() };
        StagedWelcome::new_from_welcome(&b.provider, config.join_config(), welcome, None)
            .unwrap()
            .into_group(&b.provider)
            .unwrap()
    });
    let process = |group: &mut MlsGroup, bytes: &[u8]| {
        let message = parse(bytes).try_into_protocol_message().unwrap();
        let processed = group.process_message(&b.provider, message).unwrap();
        if let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() {
            group.merge_staged_commit(&b.provider, *staged).unwrap();
        }
    };
    for _ in 0..COMMITS {
        let (commit, _) = timed(&mut times[1], COMMITS, || a.commit(&mut ga, vec![], None));
        timed(&mut times[2], COMMITS, || process(&mut gb, &commit));
    }
    if leaves > 2 {
        let (commit, _) = timed(&mut times[3], 1, || a.commit(&mut ga, vec![], Some(1)));
        process(&mut gb, &commit);
    }
    for _ in 0..MESSAGES {
        let message = timed(&mut times[4], MESSAGES, || {
            ga.create_message(&a.provider, &a.signer, &[7; 128]).unwrap().to_bytes().unwrap()
        });
        timed(&mut times[5], MESSAGES, || process(&mut gb, &message));
    }
    times
}

fn main() {
    println!("{:>6} {:>8} {:>9} {:>9} {:>6}", "leaves", "", "ours ms", "bare ms", "ratio");
    for leaves in [2, 32, 256] {
        let (ours, bare) = (ours(leaves), bare(leaves));
        for ((name, ours), bare) in NAMES.iter().zip(ours).zip(bare) {
            if ours > 0.0 {
                println!("{leaves:>6} {name:>8} {ours:>9.3} {bare:>9.3} {:>6.2}", ours / bare);
            }
        }
    }
}
