//! Another implementation of MLS as a member of our groups.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use mls_rs::client_builder::MlsConfig;
use mls_rs::group::ReceivedMessage;
use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::mls_rules::{CommitOptions, DefaultMlsRules, EncryptionOptions};
use mls_rs::{
    CipherSuite, CipherSuiteProvider, Client, CryptoProvider, Extension, ExtensionList,
    Group as Peer, MlsMessage,
};
use mls_rs_crypto_rustcrypto::RustCryptoProvider;
use parlor_mls::{Change, Committer, GROUP_STATE_EXTENSION, QUEUE_EXTENSION, Suite};
use parlor_wire::Message as _;
use parlor_wire::content::LeafIdentity;
use support::*;

const SUITE: CipherSuite = CipherSuite::CURVE25519_AES128;

fn client() -> Client<impl MlsConfig> {
    let crypto = RustCryptoProvider::default();
    let (secret, public) =
        crypto.cipher_suite_provider(SUITE).unwrap().signature_key_generate().unwrap();
    let identity =
        LeafIdentity { version: 1, user_id: vec![50; 32], device_id: vec![50; 16], log_seq: 0 };
    let credential = BasicCredential::new(identity.encode_to_vec()).into_credential();
    let rules = DefaultMlsRules::new()
        .with_commit_options(CommitOptions::new().with_ratchet_tree_extension(true))
        .with_encryption_options(EncryptionOptions::new(true, Default::default()));
    Client::builder()
        .identity_provider(BasicIdentityProvider)
        .crypto_provider(crypto)
        .extension_types([GROUP_STATE_EXTENSION.into(), QUEUE_EXTENSION.into()])
        .mls_rules(rules)
        .signing_identity(SigningIdentity::new(credential, public), secret, SUITE)
        .build()
}

fn queue() -> ExtensionList {
    ExtensionList::from(vec![Extension::new(QUEUE_EXTENSION.into(), vec![51; 16])])
}

fn message(bytes: &[u8]) -> MlsMessage {
    MlsMessage::from_bytes(bytes).unwrap()
}

fn agree(peer: &Peer<impl MlsConfig>, device: &mut Device) {
    let theirs = peer.export_secret(b"parlor-epoch", b"", 32).unwrap();
    assert_eq!(theirs.as_bytes(), device.tag());
    assert_eq!(peer.current_epoch(), device.epoch());
}

fn talk(peer: &mut Peer<impl MlsConfig>, device: &mut Device) {
    let sealed = device.encrypt(b"from ours");
    let ReceivedMessage::ApplicationMessage(read) =
        peer.process_incoming_message(message(&sealed)).unwrap()
    else {
        panic!("not an application message");
    };
    assert_eq!(read.data(), b"from ours");
    let sealed = peer.encrypt_application_message(b"from theirs", Vec::new()).unwrap();
    assert_eq!(device.read(&sealed.to_bytes().unwrap()), b"from theirs");
}

#[test]
fn another_implementation_is_a_full_member() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let client = client();
    let package = client.generate_key_package_message(ExtensionList::new(), queue(), None).unwrap();
    let outgoing = a.commit(Change { add: vec![package.to_bytes().unwrap()], ..Change::default() });
    a.merge_pending();
    b.apply(&outgoing.commit);
    let (mut peer, _) =
        client.join_group(None, &message(&outgoing.welcome.unwrap()), None).unwrap();
    agree(&peer, &mut a);
    talk(&mut peer, &mut a);

    // They update.
    let commit = peer.commit_builder().build().unwrap().commit_message.to_bytes().unwrap();
    peer.apply_pending_commit().unwrap();
    let changes = a.apply(&commit);
    assert!(matches!(&changes.committer, Committer::Member(member) if member.index == 3));
    assert_eq!(changes.updated.len(), 1);
    b.apply(&commit);
    agree(&peer, &mut a);
    talk(&mut peer, &mut b);

    // We update, change the state, and remove.
    for change in [
        Change { refresh: true, ..Change::default() },
        Change { state: Some(state("other")), ..Change::default() },
        Change { remove: vec![2], ..Change::default() },
    ] {
        let commit = a.commit(change).commit;
        a.merge_pending();
        b.apply(&commit);
        peer.process_incoming_message(message(&commit)).unwrap();
        agree(&peer, &mut a);
    }
    talk(&mut peer, &mut a);

    // They remove one of ours.
    let commit = peer.commit_builder().remove_member(1).unwrap().build().unwrap();
    peer.apply_pending_commit().unwrap();
    let commit = commit.commit_message.to_bytes().unwrap();
    assert_eq!(a.apply(&commit).removed[0].leaf, b.identity.claim());
    assert!(b.apply(&commit).removes_me);
    agree(&peer, &mut a);
    talk(&mut peer, &mut a);
}

#[test]
fn they_accept_our_rejoin() {
    let (mut a, mut b, _) = three(Suite::Classic);
    let client = client();
    let package = client.generate_key_package_message(ExtensionList::new(), queue(), None).unwrap();
    let outgoing = a.commit(Change { add: vec![package.to_bytes().unwrap()], ..Change::default() });
    a.merge_pending();
    let (mut peer, _) =
        client.join_group(None, &message(&outgoing.welcome.unwrap()), None).unwrap();
    b.kv = Memory::default();
    let queue = b.queue();
    let rejoined = b
        .work(|mls| parlor_mls::rejoin(mls, &outgoing.group_info, &GROUP, queue, &Everyone))
        .unwrap()
        .1;
    b.merge_pending();
    a.apply(&rejoined.commit);
    peer.process_incoming_message(message(&rejoined.commit)).unwrap();
    agree(&peer, &mut b);
    talk(&mut peer, &mut b);
}
