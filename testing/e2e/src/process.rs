//! Child processes that never outlive their handle, and what they write.

use anyhow::{Context, Result, bail};
use std::io::Read;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Takes a lock also when a thread that held it panicked: the tests' own data stays readable then.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child process, killed when dropped.
#[derive(Debug)]
pub(crate) struct Owned {
    child: Child,
}

impl Owned {
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("{:?} cannot be started", command.get_program()))?;
        Ok(Self { child })
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it ever had at once, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib.context("no peak in the process's status")?.trim().parse::<u64>()? * 1024)
    }

    pub fn take_stdin(&mut self) -> Result<ChildStdin> {
        self.child.stdin.take().context("no stdin")
    }

    pub fn take_stdout(&mut self) -> Result<ChildStdout> {
        self.child.stdout.take().context("no stdout")
    }

    pub fn take_stderr(&mut self) -> Result<ChildStderr> {
        self.child.stderr.take().context("no stderr")
    }

    /// Ends it at once, with no chance to tidy up.
    pub fn kill9(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends it a signal, if it has not ended.
    pub fn signal(&mut self, name: &str) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            let kill = format!("kill -{name} {}", self.child.id());
            Command::new("sh").arg("-c").arg(kill).status()?;
        }
        Ok(())
    }

    /// Asks it to end (SIGTERM) and waits.
    pub fn terminate(&mut self, deadline: Instant) -> Result<ExitStatus> {
        self.signal("TERM")?;
        self.wait_until(deadline)
    }

    /// Waits for its end. The short naps are between looks at the process table, which has no other signal.
    pub fn wait_until(&mut self, deadline: Instant) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() >= deadline {
                self.kill9()?;
                bail!("a process did not end by itself");
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // Fails only if it has ended, which is what is wanted.
        let _ = self.kill9();
    }
}

/// Everything that a stream gave, collected by a thread of its own.
#[derive(Debug, Clone, Default)]
pub struct Output {
    shared: Arc<(Mutex<Collected>, Condvar)>,
}

#[derive(Debug, Default)]
struct Collected {
    bytes: Vec<u8>,
    open: usize,
}

impl Output {
    /// Starts to collect.
    pub(crate) fn collect(stream: impl Read + Send + 'static) -> Self {
        let collector = Self::default();
        collector.also(stream);
        collector
    }

    /// Collects from one more stream, for example of a restarted process.
    pub(crate) fn also(&self, mut stream: impl Read + Send + 'static) {
        let shared = Arc::clone(&self.shared);
        locked(&shared.0).open += 1;
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = stream.read(&mut buffer)
                && count > 0
            {
                locked(&shared.0).bytes.extend(buffer.iter().take(count));
            }
            locked(&shared.0).open -= 1;
            shared.1.notify_all();
        });
    }

    /// What came so far.
    pub fn so_far(&self) -> String {
        String::from_utf8_lossy(&locked(&self.shared.0).bytes).into_owned()
    }

    /// All of it, once the processes have ended.
    pub fn whole(&self) -> String {
        let (mutex, closed) = &*self.shared;
        let mut collected = locked(mutex);
        while collected.open > 0 {
            collected = closed.wait(collected).unwrap_or_else(PoisonError::into_inner);
        }
        String::from_utf8_lossy(&collected.bytes).into_owned()
    }
}
