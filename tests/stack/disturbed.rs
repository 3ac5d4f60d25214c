//! Nothing is lost and nothing is doubled: messages come twice and in any order, any call of a function to a service goes
//! wrong, and a function dies before or after any of them. Whatever happened, once the faults are over the story comes to
//! the end of an undisturbed one. Mail and Slack know no repetition, so there the window between sending and knowing cannot
//! be closed: it ends as `unknown` in the record, and what was told was told once at most.
//!
//! `BATON_FAULTS=all` tries every fault at every call of a story; else a part of them is tried, in which each fault befalls
//! each site.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::app::{morning, request};
use crate::calls::Site;
use crate::deployment::Deployment;
use crate::dice::Dice;
use crate::ending::Ending;
use crate::equality::{scan, scan_world};
use crate::faults::{Fault, Plan};
use crate::mapping::Unruly;
use crate::outcome::Outcome;
use crate::stories;
use crate::world::World;

/// Of the calls from a site that functions die at, one in so many is tried.
const STRIDE: usize = 2;
/// Stories that go wrong at the same time. Most of a story is spent waiting for the services.
const AT_ONCE: usize = 3;

/// Everything a function asks of a service in the story of a departure.
const SITES: [&str; 45] = [
    "enrichment dynamodb BatchGetItem",
    "enrichment dynamodb BatchWriteItem",
    "enrichment dynamodb GetItem",
    "enrichment dynamodb Query",
    "enrichment dynamodb TransactWriteItems",
    "enrichment events DescribeEventBus",
    "enrichment events PutEvents",
    "enrichment s3 GetObject",
    "enrichment s3 ListObjectsV2",
    "enrichment sqs GetQueueAttributes",
    "enrichment sqs SendMessageBatch",
    "notify dynamodb BatchGetItem",
    "notify dynamodb BatchWriteItem",
    "notify dynamodb GetItem",
    "notify dynamodb PutItem",
    "notify dynamodb TransactWriteItems",
    "notify events DescribeEventBus",
    "notify events PutEvents",
    "notify s3 PutObject",
    "notify secretsmanager GetSecretValue",
    "notify ses SendEmail",
    "notify slack chat.postMessage",
    "notify slack users.lookupByEmail",
    "notify sqs GetQueueAttributes",
    "notify sqs SendMessageBatch",
    "planning dynamodb BatchGetItem",
    "planning dynamodb BatchWriteItem",
    "planning dynamodb GetItem",
    "planning dynamodb TransactWriteItems",
    "planning events DescribeEventBus",
    "planning events PutEvents",
    "planning sqs GetQueueAttributes",
    "planning sqs SendMessageBatch",
    "scanner dynamodb BatchGetItem",
    "scanner dynamodb BatchWriteItem",
    "scanner dynamodb GetItem",
    "scanner dynamodb PutItem",
    "scanner dynamodb Query",
    "scanner dynamodb TransactWriteItems",
    "scanner events DescribeEventBus",
    "scanner events PutEvents",
    "scanner s3 GetObject",
    "scanner s3 ListObjectsV2",
    "scanner sqs GetQueueAttributes",
    "scanner sqs SendMessageBatch",
];

/// A story up to its last scan, and how that ends if nothing goes wrong.
struct Story {
    before: Deployment,
    day: &'static str,
    undisturbed: Outcome,
    /// The calls of the last scan, in their order.
    calls: Vec<Site>,
}

/// What befalls a story, in words.
struct Trial {
    plans: Vec<Plan>,
    what: String,
}

#[test]
fn any_call_may_go_wrong_in_any_way_and_a_function_may_die_at_any_of_them() {
    let Some(story) = Story::new("departure", &stories::departure()) else { return };
    let trials = trials(&story.calls);
    let (next, fired) = (Mutex::new(0..trials.len()), Mutex::new(BTreeSet::new()));
    let unknown = Mutex::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = { next.lock().unwrap().next() } {
                    let Trial { plans, what } = &trials[number];
                    let (ended, happened) = story.disturbed(|stack| stack.ledger.plan(plans.clone()));
                    assert!(!happened.is_empty(), "{what}: it never happened");
                    ended.check(&story.undisturbed, what);
                    let doubtful = happened.iter().any(|(site, fault)| leaves_doubt(site, *fault));
                    assert!(ended.unknown.is_empty() || doubtful, "{what}: {:?}", ended.unknown);
                    *unknown.lock().unwrap() += ended.unknown.len();
                    fired.lock().unwrap().extend(happened);
                }
            });
        }
    });

    let sites: BTreeSet<&Site> = story.calls.iter().collect();
    assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), SITES);
    let all = sites.into_iter().flat_map(|site| fitting(site).map(|fault| (site.clone(), fault)));
    let fired = fired.into_inner().unwrap();
    let missed: Vec<(Site, Fault)> = all.filter(|pair| !fired.contains(pair)).collect();
    assert!(missed.is_empty(), "never happened: {missed:?}");
    let unknown = unknown.into_inner().unwrap();
    assert!(unknown > 0, "some windows cannot be closed");
    crate::services::say(&format!(
        "{} trials, {} faults at sites, {unknown} notices in doubt",
        trials.len(),
        fired.len()
    ));
}

#[test]
fn every_message_may_come_twice_and_in_any_order_and_once_more_when_all_is_over() {
    let Some(story) = Story::new("everything", &stories::everything()) else { return };
    for seed in 1..=4 {
        let (ended, _) = story.disturbed(|stack| {
            *stack.unruly.lock().unwrap() = Unruly { twice: true, shuffled: Some(Dice(seed)) };
        });
        ended.check(&story.undisturbed, &format!("messages in the order of seed {seed}"));
        assert_eq!(ended.unknown, [""; 0], "seed {seed}");
    }
}

#[test]
fn one_call_in_eight_may_go_wrong_for_as_long_as_a_scan_takes() {
    let Some(story) = Story::new("swarm", &stories::everything()) else { return };
    let mut faults = 0;
    for seed in 1..=4 {
        let (ended, happened) = story.disturbed(|stack| {
            stack.ledger.plan([Plan::Swarm(12, Dice(seed))]);
            *stack.unruly.lock().unwrap() = Unruly { twice: false, shuffled: Some(Dice(seed)) };
        });
        ended.check(&story.undisturbed, &format!("seed {seed}: {happened:?}"));
        faults += happened.len();
    }
    assert!(faults > 40, "{faults} calls went wrong");
}

#[test]
fn a_notice_in_doubt_whose_change_is_taken_back_meanwhile_is_followed_by_word_of_that() {
    let Some(stack) = in_doubt() else { return };
    let said = |post: &crate::slack::Post| post.call["text"].as_str().unwrap().to_owned();
    let said: Vec<String> = stack.slack.posts().iter().map(said).collect();
    assert!(said.len() == 2 && said[0].contains("has left"), "{said:?}");
    assert_eq!(stack.mails().len(), 0, "whoever was not told yet need not be told of it at all");
    assert_eq!(Outcome::of(&Ending::of_stack(&stack)).unknown.len(), 1);
    assert!(stack.table.items().iter().all(|item| item.partition() != "OUTBOX"), "nothing waits for the steward");
}

/// Notify has died at the first message of a departure, and before anybody finds that out the departure is taken back.
pub(crate) fn in_doubt() -> Option<Deployment> {
    let stack = Deployment::new("in-doubt")?;
    let [(first, before), (day, after)] = stories::departure();
    scan_world(&stack, first, &before);
    begin(&stack, day, &after);
    ["scan-pages", "changes", "enriched", "planned"].iter().for_each(|queue| empty(&stack, queue));
    stack.ledger.plan([Plan::First(Site::of("notify", "slack", "chat.postMessage"), 1, Fault::KillAfter)]);
    stack.mapping("deliveries").deliver(&mut Unruly::default()).unwrap();
    assert_eq!((stack.ledger.fired().len(), stack.slack.posts().len(), stack.mails().len()), (1, 1, 0));

    begin(&stack, "2026-10-09", &before);
    ["scan-pages", "planned"].iter().for_each(|queue| empty(&stack, queue));
    stack.settle();
    Some(stack)
}

/// The tick of a day's scan.
fn begin(stack: &Deployment, day: &str, world: &World) {
    let dir = tempfile::tempdir().unwrap();
    world.export(dir.path());
    stack.upload_export(day, dir.path());
    scan(stack, day);
}

fn empty(stack: &Deployment, queue: &str) {
    while stack.mapping(queue).deliver(&mut Unruly::default()).is_some() {}
}

impl Story {
    fn new(name: &str, days: &[(&'static str, World)]) -> Option<Self> {
        let before = Deployment::new(name)?;
        let (last, first) = days.split_last().unwrap();
        first.iter().for_each(|(day, world)| scan_world(&before, day, world));
        let dir = tempfile::tempdir().unwrap();
        last.1.export(dir.path());
        before.upload_export(last.0, dir.path());
        let undisturbed = Outcome::of(&Ending::of_stack(&before));
        let mut story = Self { before, day: last.0, undisturbed, calls: Vec::new() };
        let stack = story.before.copy(name);
        story.tell(&stack);
        story.calls = stack.ledger.calls().into_iter().map(|call| call.site).collect();
        stack.see_through("steward", morning(story.day));
        story.undisturbed = Outcome::of(&Ending::of_stack(&stack));
        assert_eq!(story.undisturbed.unknown, [""; 0]);
        Some(story)
    }

    /// The last scan, for as long as anything follows from it.
    fn tell(&self, stack: &Deployment) {
        let at = morning(self.day);
        stack.now_is(at);
        // A tick that fails three times waits in the schedule's dead letters.
        stack.tick(request(self.day, false).scan.as_str(), at, "full", false).ok();
        stack.settle();
    }

    /// The last scan again, disturbed; then the faults are over, and somebody sends again whatever is in the dead letters.
    fn disturbed(&self, disturb: impl Fn(&Deployment)) -> (Outcome, Vec<(Site, Fault)>) {
        let stack = self.before.copy("disturbed");
        disturb(&stack);
        self.tell(&stack);
        stack.ledger.plan([]);
        *stack.unruly.lock().unwrap() = Unruly::default();
        let mut dice = Dice(self.calls.len() as u64);
        for queue in stack.queues.keys() {
            let answers = stack.mapping(queue).deliver_all_again(&mut dice);
            assert!(answers.iter().all(Result::is_ok), "{queue}: {answers:?}");
        }
        for (queue, dead) in &stack.dead_letters {
            dead.drain().iter().for_each(|message| stack.queues[queue].send(message.body()));
        }
        self.tell(&stack);
        stack.see_through("steward", morning(self.day));
        let ending = Ending::of_stack(&stack);
        ending.check_chains();
        assert!(stack.dead_letters.values().all(|queue| queue.depth() == 0), "dead letters are left");
        (Outcome::of(&ending), stack.ledger.fired())
    }
}

/// Faults that a function survives befall all its sites in one story, each at another call; each death is a story of its own.
fn trials(calls: &[Site]) -> Vec<Trial> {
    let mut times = BTreeMap::<&Site, usize>::new();
    calls.iter().for_each(|site| *times.entry(site).or_default() += 1);
    let all = std::env::var("BATON_FAULTS").is_ok_and(|tried| tried == "all");
    let mut trials = Vec::new();
    for (number, fault) in Fault::ALL.into_iter().enumerate() {
        let fitting = times.iter().filter(|(site, _)| fault.fits(site));
        let kills = matches!(fault, Fault::KillBefore | Fault::KillAfter);
        if all || kills {
            let stride = if all { 1 } else { STRIDE };
            let at = |(site, times): (&&Site, &usize)| {
                let (site, offset) = ((*site).clone(), number % stride % times);
                (offset..*times).step_by(stride).map(move |others| Trial::one(&site, others, fault)).collect::<Vec<_>>()
            };
            trials.extend(fitting.flat_map(at));
            continue;
        }
        let mut together = BTreeMap::<&str, Vec<Plan>>::new();
        for (site, times) in fitting {
            let plan = Plan::After((*site).clone(), number % times, fault);
            together.entry(&site.function).or_default().push(plan);
        }
        let trial = |(function, plans): (&str, Vec<Plan>)| Trial {
            plans,
            what: format!("{fault:?} at each site of {function}"),
        };
        trials.extend(together.into_iter().map(trial));
    }
    trials
}

impl Trial {
    fn one(site: &Site, others: usize, fault: Fault) -> Self {
        let what = format!("{fault:?} at call {} of {site}", others + 1);
        Self { plans: vec![Plan::After(site.clone(), others, fault)], what }
    }
}

fn fitting(site: &Site) -> impl Iterator<Item = Fault> {
    Fault::ALL.into_iter().filter(|fault| fault.fits(site))
}

/// Whether nobody may be able to tell after it if a notice has arrived.
fn leaves_doubt(site: &Site, fault: Fault) -> bool {
    let certain = matches!(fault, Fault::Throttle | Fault::Conflict | Fault::TokenMismatch | Fault::Partial);
    site.function == "notify" && !certain
}
