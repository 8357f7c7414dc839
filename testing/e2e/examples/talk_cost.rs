//! What talking costs with real binaries: pairs of devices and a server on this machine, durable at each step.
//!
//! For 1, 8 and 64 senders at once, each with its own receiver: the time from `messages.send` to the other side's
//! event, and the rate of all together, beside the disk's own rate in the same run. Each device is a process of
//! its own that syncs its own database, so that the disk is shared by all of them. Argument: messages a sender.

use anyhow::{Context, Result, anyhow};
use parlor_e2e::{Person, World};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let count = std::env::args().nth(1).map(|count| count.parse::<usize>()).transpose();
    let count = count.context("not a number")?.unwrap_or(200);
    let world = World::with(&["--no-limits"])?;
    let disk = disk_rate(&world.path("disk"))?;
    println!("disk: {disk:.0} appends of 1 KiB with fdatasync per second, one after the other");
    for senders in [1, 8, 64] {
        let messages = (count / senders).max(20);
        let pairs = (0..senders)
            .map(|pair| befriended(&world, senders, pair))
            .collect::<Result<Vec<_>>>()?;
        let begun = Instant::now();
        let threads: Vec<_> = pairs
            .into_iter()
            .map(|pair| std::thread::spawn(move || talk(pair, messages)))
            .collect();
        let mut times = Vec::new();
        for thread in threads {
            times.extend(thread.join().map_err(|_| anyhow!("a sender panicked"))??);
        }
        let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
        times.sort();
        println!(
            "{senders:>2} senders: {rate:.0} messages/s ({:.2} x disk), send to shown p50 {:.2} ms, p99 {:.2} ms",
            rate / disk,
            milliseconds(&times, 50),
            milliseconds(&times, 99)
        );
    }
    Ok(())
}

struct Pair {
    sender: Person,
    receiver: Person,
    chat: String,
}

fn befriended(world: &World, senders: usize, pair: usize) -> Result<Pair> {
    let mut sender = world.person(&format!("Sender {senders}.{pair}"))?;
    let mut receiver = world.person(&format!("Receiver {senders}.{pair}"))?;
    let (chat, _) = sender.befriends(&mut receiver)?;
    receiver.sync()?;
    Ok(Pair { sender, receiver, chat })
}

fn talk(mut pair: Pair, messages: usize) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(messages);
    for number in 0..messages {
        let words = format!("Twenty bytes of {number:>4}");
        let begun = Instant::now();
        pair.sender.say(&pair.chat, &words)?;
        pair.receiver.hears(&words)?;
        times.push(begun.elapsed());
    }
    Ok(times)
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
