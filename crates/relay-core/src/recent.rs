//! A bounded memory of what was used lately, in two generations: when the young one is full it becomes the old
//! one, and what the old one still held is forgotten. Cheaper than an exact order of use.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// See the module. Weights are in any unit, the same for all.
pub(crate) struct Recent<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    /// Of the young ones.
    weight: usize,
    limit: usize,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// Holds twice `limit` at most, and one that alone is heavier.
    pub fn new(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, limit }
    }

    /// What is held under a key; it is young again.
    pub fn get<Q>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if !self.young.contains_key(key)
            && let Some((key, (value, weight))) = self.old.remove_entry(key)
        {
            self.put(key, value, weight);
        }
        self.young.get(key).map(|(value, _)| value)
    }

    /// Holds something, in place of what was there.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if self.weight.saturating_add(weight) > self.limit {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, (value, weight));
    }

    fn remove<Q>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some((_, weight)) = self.young.remove(key) {
            self.weight -= weight;
        }
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let mut recent = Recent::new(10);
        for n in 0..1000 {
            recent.put(n, n, 1);
            assert_eq!(recent.get(&0), Some(&0), "used all the time");
            assert!(recent.young.len() + recent.old.len() <= 20);
        }
        assert_eq!(recent.get(&999), Some(&999));
        assert_eq!(recent.get(&500), None);
        recent.put(999, 7, 1);
        assert_eq!(recent.get(&999), Some(&7));
        recent.remove(&999);
        assert_eq!(recent.get(&999), None);
        recent.put(1, 1, 100);
        assert_eq!(recent.get(&1), Some(&1), "heavier than all");
        recent.put(2, 2, 1);
        recent.put(3, 3, 10);
        assert_eq!(recent.get(&1), None);
    }
}
