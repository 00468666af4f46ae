//! Sets of signals.

use core::sync::atomic::{AtomicU64, Ordering};

/// Signals 1 to 63, one bit each. NetBSD's `sigset_t` has 128 bits; the upper half is always zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalSet(u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: Self = Self(0);
    /// Signals that cannot be held back: SIGKILL and SIGSTOP.
    pub const UNMASKABLE: Self = Self(bit(super::KILL) | bit(super::STOP));

    /// From a program's `sigset_t`.
    #[must_use]
    pub fn from_words(words: [u64; 2]) -> Self {
        Self(words[0])
    }

    /// A program's `sigset_t`.
    #[must_use]
    pub fn words(self) -> [u64; 2] {
        [self.0, 0]
    }

    /// Whether `signal` is in it.
    #[must_use]
    pub fn contains(self, signal: i32) -> bool {
        self.0 & bit(signal) != 0
    }

    /// With `signal`.
    #[must_use]
    pub fn with(self, signal: i32) -> Self {
        Self(self.0 | bit(signal))
    }

    /// Without `signal`.
    #[must_use]
    pub fn without(self, signal: i32) -> Self {
        Self(self.0 & !bit(signal))
    }

    /// Signals in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Signals in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Signals that `other` has not.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The lowest signal in it.
    #[must_use]
    pub fn first(self) -> Option<i32> {
        (self.0 != 0).then(|| self.0.trailing_zeros() as i32 + 1)
    }
}

/// A signal's bit; none for a number that is no signal.
const fn bit(signal: i32) -> u64 {
    if signal >= 1 && signal < super::COUNT { 1 << (signal - 1) } else { 0 }
}

/// The signals that an lwp holds back. Only its own thread changes it; senders look at it.
#[derive(Default)]
pub struct SignalMask(AtomicU64);

impl SignalMask {
    /// What is held back.
    #[must_use]
    pub fn get(&self) -> SignalSet {
        SignalSet(self.0.load(Ordering::SeqCst))
    }

    /// Holds back `new`, but never SIGKILL and SIGSTOP. Gives what was held back before.
    pub fn replace(&self, new: SignalSet) -> SignalSet {
        SignalSet(self.0.swap(new.difference(SignalSet::UNMASKABLE).0, Ordering::SeqCst))
    }
}
