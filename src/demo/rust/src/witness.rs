// SPDX-License-Identifier: Apache-2.0

//! What the plugin itself sees of its callers: the proof that a host made one call at a time, on one thread.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use rustbridge::prelude::*;

/// Watches the calls that reach the handlers of one plugin instance; those that rustbridge refuses never do.
#[derive(Default)]
pub(crate) struct Witness {
    calls: AtomicU64,
    overlaps: AtomicU64,
    inside: AtomicU64,
    threads: Mutex<HashSet<ThreadId>>,
}

#[derive(Serialize)]
pub(crate) struct Report {
    /// The call that asks is one of them.
    calls: u64,
    /// Calls that began while another one had not ended.
    overlaps: u64,
    /// Distinct threads that made the calls.
    threads: usize,
    single_thread: bool,
}

/// A call on its way; it ends when this is dropped, also by a panic.
#[must_use]
pub(crate) struct Visit<'a>(&'a Witness);

impl Witness {
    pub(crate) fn enter(&self) -> Visit<'_> {
        if self.inside.fetch_add(1, Ordering::SeqCst) > 0 {
            self.overlaps.fetch_add(1, Ordering::SeqCst);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.threads().insert(thread::current().id());
        Visit(self)
    }

    pub(crate) fn report(&self) -> Report {
        let threads = self.threads().len();
        Report {
            calls: self.calls.load(Ordering::SeqCst),
            overlaps: self.overlaps.load(Ordering::SeqCst),
            threads,
            single_thread: threads == 1,
        }
    }

    fn threads(&self) -> MutexGuard<'_, HashSet<ThreadId>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}
