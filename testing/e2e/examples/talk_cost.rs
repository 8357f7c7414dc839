//! What talking costs with real binaries: two devices and a server on this machine, durable at each step.
//!
//! Prints the time from `messages.send` to the other side's event, one message at a time, then the rate of many
//! at once, beside the disk's own rate in the same run. Arguments: messages one by one, messages at once.

use anyhow::{Context, Result};
use parlor_e2e::{DEADLINE, World};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let mut counts = std::env::args().skip(1).map(|count| count.parse::<usize>());
    let single = counts.next().transpose().context("not a number")?.unwrap_or(300);
    let many = counts.next().transpose().context("not a number")?.unwrap_or(2000);

    let world = World::new()?;
    println!(
        "disk: {:.0} appends of 1 KiB with fdatasync per second",
        disk_rate(&world.path("disk"))?
    );
    let (mut alice, mut bob) = (world.person("Alice")?, world.person("Bob")?);
    let (chat, _) = alice.befriends(&mut bob)?;
    bob.sync()?;

    let mut times = Vec::with_capacity(single);
    for number in 0..single {
        let words = format!("Single {number}");
        let begun = Instant::now();
        alice.say(&chat, &words)?;
        bob.hears(&words)?;
        times.push(begun.elapsed());
    }
    times.sort();
    println!(
        "one by one: {single} messages, send to shown p50 {:.2} ms, p99 {:.2} ms",
        milliseconds(&times, 50),
        milliseconds(&times, 99)
    );

    let begun = Instant::now();
    for number in 0..many {
        alice
            .rpc
            .send("messages.send", json!({"chat_id": chat, "text": format!("Many {number}")}))?;
    }
    for _ in 0..many {
        bob.rpc.wait_event("message.received", DEADLINE, |_| true)?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("at once: {many} messages in {seconds:.2} s, {:.0} per second", many as f64 / seconds);
    Ok(())
}

fn milliseconds(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

fn disk_rate(path: &Path) -> Result<f64> {
    let mut file = File::create(path)?;
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < Duration::from_secs(1) {
        file.write_all(&[0x5a; 1024])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
