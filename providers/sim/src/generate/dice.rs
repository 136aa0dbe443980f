//! Random numbers that are a function of what they are for: the same seed and names give the same numbers, in whatever
//! order and on whatever machine they are asked for.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream of one thing: of a seed and the names that lead to it.
    pub(crate) fn of(seed: u64, names: &[&str], index: usize) -> Self {
        let mut state = mixed(seed ^ 0x9e37_79b9_7f4a_7c15);
        for name in names {
            // FNV-1a: stable, unlike the standard library's hashers, which promise nothing between versions.
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            for byte in name.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            state = mixed(state ^ hash);
        }
        Self(mixed(state ^ u64::try_from(index).unwrap_or(u64::MAX)))
    }

    /// `SplitMix64`: <https://prng.di.unimi.it/splitmix64.c>.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below this one; 0 below 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// From 0 up to, but not, 1.
    pub(crate) fn share(&mut self) -> f64 {
        let bits = u32::try_from(self.next() >> 32).unwrap_or_default();
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    pub(crate) fn chance(&mut self, per_cent: usize) -> bool {
        self.below(100) < per_cent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        self.text(digits, b"0123456789abcdef")
    }

    /// Letters of this alphabet.
    pub(crate) fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length).map(|_| char::from(self.pick(alphabet))).collect()
    }

    pub(crate) fn uuid(&mut self) -> String {
        let mut part = |digits| self.hex(digits);
        format!("{}-{}-4{}-a{}-{}", part(8), part(4), part(3), part(3), part(12))
    }

    /// A moment of the years before 2026, as AWS writes it.
    pub(crate) fn time(&mut self) -> String {
        let (year, month, day) = (2018 + self.below(8), 1 + self.below(12), 1 + self.below(28));
        let (hour, minute, second) = (self.below(24), self.below(60), self.below(60));
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_depend_on_the_seed_the_names_and_the_index() {
        let first = |seed, names: &[&str], index| Dice::of(seed, names, index).next();
        let same = first(1, &["a", "b"], 3);
        assert_eq!(same, first(1, &["a", "b"], 3));
        for other in
            [first(2, &["a", "b"], 3), first(1, &["ab"], 3), first(1, &["b", "a"], 3), first(1, &["a", "b"], 4)]
        {
            assert_ne!(same, other);
        }
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut dice = Dice::of(7, &[], 0);
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            counts[dice.below(10)] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        assert!((0..1000).all(|_| (0.0..1.0).contains(&dice.share())));
    }
}
