//! Compiles the protobuf schema with protox, so that no `protoc` is needed.
/// Fields that are passed on rather than looked into: they share one buffer instead of being copied.
const PAYLOADS: [&str; 8] = [
    ".parlor.relay.v1.Post.payload",
    ".parlor.relay.v1.DirectPost.payload",
    ".parlor.relay.v1.BackupAppend.segment",
    ".parlor.relay.v1.Bundle.commit",
    ".parlor.relay.v1.Bundle.group_info",
    ".parlor.relay.v1.WelcomeFor.payload",
    ".parlor.relay.v1.MailboxItem.payload",
    ".parlor.relay.v1.Live.payload",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-env-changed=PARLOR_CHECKOUT");
    let files = protox::compile(["relay.proto", "content.proto", "device.proto"], ["proto"])?;
    prost_build::Config::new().bytes(PAYLOADS).compile_fds(files)?;
    Ok(())
}
