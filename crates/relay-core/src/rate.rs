//! Rate limits: token buckets in memory. Forgotten on a restart, on purpose.

use std::collections::BTreeMap;

/// Buckets kept before full ones are dropped.
const MAX_BUCKETS: usize = 65_536;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Registrations per remote address.
    Register,
    /// Key packages taken per person they are of.
    Take,
    /// Posts and bundles per connection.
    Post,
    /// Bytes of posts and bundles per connection.
    Bytes,
    /// Look-ups per connection.
    Lookup,
    /// Everything else that writes, per connection.
    Write,
}

/// A bucket's size and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How much may come at once.
    pub burst: u64,
    /// How much comes back per hour.
    pub per_hour: u64,
}

/// The limits of a relay; `None` is unlimited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// See [`Kind::Register`].
    pub register: Option<Rate>,
    /// See [`Kind::Take`].
    pub take: Option<Rate>,
    /// See [`Kind::Post`].
    pub post: Option<Rate>,
    /// See [`Kind::Bytes`].
    pub bytes: Option<Rate>,
    /// See [`Kind::Lookup`].
    pub lookup: Option<Rate>,
    /// See [`Kind::Write`].
    pub write: Option<Rate>,
}

impl Limits {
    /// No limits, for tests and the simulation.
    pub const NONE: Self =
        Self { register: None, take: None, post: None, bytes: None, lookup: None, write: None };

    fn of(&self, kind: Kind) -> Option<Rate> {
        match kind {
            Kind::Register => self.register,
            Kind::Take => self.take,
            Kind::Post => self.post,
            Kind::Bytes => self.bytes,
            Kind::Lookup => self.lookup,
            Kind::Write => self.write,
        }
    }
}

impl Default for Limits {
    /// Generous: a person with a busy bot does not meet them, a flood does.
    fn default() -> Self {
        let rate = |burst, per_hour| Some(Rate { burst, per_hour });
        Self {
            register: rate(100, 200),
            take: rate(500, 1_000),
            post: rate(20_000, 3_600_000),
            bytes: rate(256 << 20, 64 << 30),
            lookup: rate(2_000, 36_000),
            write: rate(5_000, 360_000),
        }
    }
}

struct Bucket {
    /// What is left, times the milliseconds of an hour: exact in integers.
    level: u128,
    at: u64,
}

/// The buckets.
#[derive(Default)]
pub struct Limiter {
    buckets: BTreeMap<(Kind, u64), Bucket>,
}

const HOUR: u128 = 3_600_000;

impl Limiter {
    /// Takes `amount` for `key`; `Err` has the milliseconds after which it may be asked again.
    pub fn take(
        &mut self,
        limits: &Limits,
        kind: Kind,
        key: u64,
        amount: u64,
        now: u64,
    ) -> Result<(), u64> {
        let Some(rate) = limits.of(kind) else { return Ok(()) };
        if self.buckets.len() >= MAX_BUCKETS {
            let full = |kind: Kind, bucket: &Bucket| {
                limits.of(kind).is_none_or(|rate| level(bucket, rate, now) >= full_level(rate))
            };
            self.buckets.retain(|(kind, _), bucket| !full(*kind, bucket));
        }
        let fresh = Bucket { level: full_level(rate), at: now };
        let bucket = self.buckets.entry((kind, key)).or_insert(fresh);
        bucket.level = level(bucket, rate, now);
        bucket.at = bucket.at.max(now);
        let cost = u128::from(amount.min(rate.burst)) * HOUR;
        if bucket.level >= cost {
            bucket.level -= cost;
            return Ok(());
        }
        let wait = (cost - bucket.level).div_ceil(u128::from(rate.per_hour.max(1)));
        Err(u64::try_from(wait).unwrap_or(u64::MAX))
    }
}

fn full_level(rate: Rate) -> u128 {
    u128::from(rate.burst) * HOUR
}

fn level(bucket: &Bucket, rate: Rate, now: u64) -> u128 {
    let elapsed = u128::from(now.saturating_sub(bucket.at));
    (bucket.level + elapsed * u128::from(rate.per_hour)).min(full_level(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empties_and_fills_again() {
        let limits = Limits { post: Some(Rate { burst: 2, per_hour: 3600 }), ..Limits::NONE };
        let mut limiter = Limiter::default();
        assert_eq!(limiter.take(&limits, Kind::Post, 1, 1, 0), Ok(()));
        assert_eq!(limiter.take(&limits, Kind::Post, 1, 1, 0), Ok(()));
        assert_eq!(limiter.take(&limits, Kind::Post, 1, 1, 0), Err(1000));
        assert_eq!(limiter.take(&limits, Kind::Post, 2, 1, 0), Ok(()));
        assert_eq!(limiter.take(&limits, Kind::Post, 1, 1, 999), Err(1));
        assert_eq!(limiter.take(&limits, Kind::Post, 1, 1, 1000), Ok(()));
        assert_eq!(limiter.take(&limits, Kind::Take, 1, 9999, 0), Ok(()));
    }
}
