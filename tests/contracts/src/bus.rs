//! What a `Bus` promises.

use std::pin::Pin;

use domain::case::State;
use domain::finding::Verdict;
use domain::ports::{Bus, StateChanged};
use domain::{AccountId, CaseId, MessageId};
use jiff::Timestamp;

/// Reads what arrived so far.
pub type Events<'a> = &'a dyn Fn() -> Pin<Box<dyn Future<Output = Vec<StateChanged>> + 'a>>;

/// What a `Bus` promises; `published` reads what arrived, in order.
pub async fn bus_contract(bus: &dyn Bus, published: Events<'_>) {
    let event = |n: u32| StateChanged {
        id: MessageId::of(&["event", &n.to_string()]),
        account: AccountId::parse("001").unwrap(),
        case: CaseId::of(&[&n.to_string()]),
        verdict: Verdict::Departed,
        state: State::Detected,
        at: Timestamp::from_second(1_790_000_000 + i64::from(n)).unwrap(),
    };
    let many: Vec<StateChanged> = (3..27).map(event).collect();
    bus.publish(&[event(1), event(2)]).await.unwrap();
    bus.publish(&[]).await.unwrap();
    bus.publish(&many).await.unwrap();
    assert_eq!(published().await, (1..27).map(event).collect::<Vec<_>>());
}
