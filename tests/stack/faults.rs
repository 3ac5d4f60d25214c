//! What goes wrong, and at which call of a run; and the record of what really did.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

use crate::calls::{Call, Permission, Site};
use crate::dice::Dice;

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The function's process is killed, and the service never hears of the call.
    KillBefore,
    /// The service does what it was asked, and the function's process is killed before it hears of that.
    KillAfter,
    /// The service does what it was asked, and the connection is cut instead of an answer.
    TimeoutAfterSuccess,
    /// The service refuses, as it does when it is asked too often.
    Throttle,
    /// The service fails with this status, and does nothing.
    ServerError(u16),
    /// Somebody else is at the same item; only for writes to the table.
    Conflict,
    /// A transaction's token was used before with another content; only for transactions.
    TokenMismatch,
    /// The last entry of a batch is refused, the others are done; only for batches.
    Partial,
}

impl Fault {
    /// One of each kind.
    pub(crate) const ALL: [Self; 9] = [
        Self::KillBefore,
        Self::KillAfter,
        Self::TimeoutAfterSuccess,
        Self::Throttle,
        Self::ServerError(500),
        Self::ServerError(503),
        Self::Conflict,
        Self::TokenMismatch,
        Self::Partial,
    ];

    /// Whether it can happen to such a call.
    pub(crate) fn fits(self, site: &Site) -> bool {
        let action = site.action.as_str();
        match self {
            Self::Conflict => ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&action),
            Self::TokenMismatch => action == "TransactWriteItems",
            Self::Partial => ["BatchWriteItem", "BatchGetItem", "SendMessageBatch", "DeleteMessageBatch", "PutEvents"]
                .contains(&action),
            _ => true,
        }
    }
}

/// Which calls go wrong, and how.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// The calls with these numbers, counted from 0 over all functions.
    Calls(Range<usize>, Fault),
    /// The first so many calls from this site.
    First(Site, usize, Fault),
    /// The call from this site before which there are so many others from it.
    After(Site, usize, Fault),
    /// So many of a hundred calls, drawn by lot, each with a fault that fits it.
    Swarm(u64, Dice),
}

/// All calls of a deployment's functions in their order, and the faults that are to befall them.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    calls: Vec<Call>,
    fired: Vec<(Site, Fault)>,
    /// Of the calls since faults were last planned.
    numbered: usize,
    plans: Vec<Plan>,
}

impl Ledger {
    /// From now on calls are counted from 0 and go wrong by these plans; none of the former plans holds any more.
    pub(crate) fn plan(&self, plans: impl IntoIterator<Item = Plan>) {
        let mut entries = self.entries();
        entries.plans = plans.into_iter().collect();
        entries.numbered = 0;
    }

    /// Writes a call down; returns what is to befall it.
    pub(crate) fn record(&self, call: Call) -> Option<Fault> {
        let entries = &mut *self.entries();
        let number = entries.numbered;
        entries.numbered += 1;
        let fault = entries.plans.iter_mut().find_map(|plan| plan.fault(number, &call.site));
        entries.fired.extend(fault.map(|fault| (call.site.clone(), fault)));
        entries.calls.push(call);
        fault
    }

    /// How many calls there were since faults were last planned.
    pub(crate) fn numbered(&self) -> usize {
        self.entries().numbered
    }

    /// Every call since the beginning.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.entries().calls.clone()
    }

    /// Every place from which a call came.
    pub(crate) fn sites(&self) -> BTreeSet<Site> {
        self.entries().calls.iter().map(|call| call.site.clone()).collect()
    }

    /// What really went wrong since the beginning, and where.
    pub(crate) fn fired(&self) -> Vec<(Site, Fault)> {
        self.entries().fired.clone()
    }

    /// All that a function was allowed to do, as far as it needed it.
    pub(crate) fn needs(&self, function: &str) -> BTreeSet<Permission> {
        let entries = self.entries();
        let of_function = entries.calls.iter().filter(|call| call.site.function == function);
        of_function.flat_map(|call| call.needs.iter().cloned()).collect()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap()
    }
}

impl Plan {
    fn fault(&mut self, number: usize, site: &Site) -> Option<Fault> {
        match self {
            Self::Calls(numbers, fault) => (numbers.contains(&number) && fault.fits(site)).then_some(*fault),
            Self::First(of, left, fault) => {
                let fires = *left > 0 && of == site && fault.fits(site);
                *left -= usize::from(fires);
                fires.then_some(*fault)
            }
            Self::After(of, others, fault) => {
                let meant = of == site && fault.fits(site);
                let fires = meant && *others == 0;
                // Past the last number there is no other call to come.
                *others = if meant { others.checked_sub(1).unwrap_or(usize::MAX) } else { *others };
                fires.then_some(*fault)
            }
            Self::Swarm(percent, dice) => {
                let fitting: Vec<Fault> = Fault::ALL.into_iter().filter(|fault| fault.fits(site)).collect();
                (dice.below(100) < *percent).then(|| *dice.pick(&fitting))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(action: &str) -> Call {
        let site = Site { function: "notify".into(), service: "dynamodb".into(), action: action.into() };
        Call { site, needs: BTreeSet::new() }
    }

    #[test]
    fn a_swarm_is_the_same_for_the_same_seed_and_only_what_fits_a_call_befalls_it() {
        let swarm = |seed: u64| {
            let ledger = Ledger::default();
            ledger.plan([Plan::Swarm(30, Dice(seed))]);
            for _ in 0..500 {
                ledger.record(call("TransactWriteItems"));
                ledger.record(call("Query"));
            }
            ledger.fired()
        };
        assert_eq!(swarm(1), swarm(1));
        assert_ne!(swarm(1), swarm(2));
        let kinds: BTreeSet<(Site, Fault)> = swarm(1).into_iter().collect();
        assert_eq!(kinds.len(), 8 + 6, "everything but what is only for batches or, in reads, for writes: {kinds:?}");
        assert!((200..400).contains(&swarm(1).len()));
    }

    #[test]
    fn a_new_plan_counts_calls_anew_and_forgets_the_former_one() {
        let ledger = Ledger::default();
        ledger.plan([Plan::Calls(1..2, Fault::Throttle)]);
        let befalls = |ledger: &Ledger| [(); 3].map(|()| ledger.record(call("Query")));
        assert_eq!(befalls(&ledger), [None, Some(Fault::Throttle), None]);
        assert_eq!(befalls(&ledger), [None; 3], "numbers are not used twice");
        assert_eq!(ledger.numbered(), 6);
        ledger.plan([
            Plan::First(call("Query").site, 2, Fault::Conflict),
            Plan::First(call("Query").site, 2, Fault::KillAfter),
        ]);
        let killed = Some(Fault::KillAfter);
        assert_eq!(befalls(&ledger), [killed, killed, None], "a conflict cannot befall a read");
        assert_eq!((ledger.sites().len(), ledger.calls().len(), ledger.fired().len()), (1, 9, 3));
        ledger.plan([Plan::After(call("Query").site, 1, Fault::KillBefore)]);
        assert_eq!(befalls(&ledger), [None, Some(Fault::KillBefore), None]);
    }
}
