//! A channel that takes nothing any more is told of once a day on the other one, and what was to leave by it is sent when it was put
//! right.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::case::State;
use domain::notice::{Channel, Progress};
use domain::ports::{Messenger, MessengerError, SlackMessage};
use futures_executor::block_on;
use jiff::Timestamp;

use crate::app::{TestApp, request};
use crate::world::World;

const DAY: &str = "2026-10-08";
const WHY: &str = "Slack does not take the token any more (token_revoked): install the app again";

/// Slack after its token was revoked.
#[derive(Clone, Default)]
struct Revoked(Arc<AtomicUsize>);

#[async_trait]
impl Messenger for Revoked {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn post(&self, _: &SlackMessage) -> Result<String, MessengerError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(MessengerError::Unusable(WHY.to_owned()))
    }

    async fn update(&self, _: &SlackMessage, _: &str) -> Result<(), MessengerError> {
        Err(MessengerError::Unusable(WHY.to_owned()))
    }

    async fn find(&self, _: &SlackMessage, _: Timestamp) -> Result<Option<String>, MessengerError> {
        Err(MessengerError::Unusable(WHY.to_owned()))
    }
}

/// Of three accounts the champion has left.
fn three_have_left() -> TestApp {
    let mut world = World::default();
    for (account, person) in [("Northwind", "Dana Fox"), ("Contoso", "Lee Park"), ("Fabrikam", "Ana Ruiz")] {
        world.account(account, "Maya");
        world.person(person, "VP Operations", account).role("Champion");
        world.person(&format!("Other {account}"), "Clerk", account);
    }
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    for person in ["Dana Fox", "Lee Park", "Ana Ruiz"] {
        app.world.person_mut(person).left = true;
    }
    app
}

fn told_of_slack(app: &TestApp) -> usize {
    app.mails().iter().filter(|mail| mail.subject == "Baton reaches nobody by Slack any more").count()
}

#[test]
fn a_revoked_token_is_tried_once_for_a_message_and_told_of_once_and_nothing_is_lost() {
    let app = three_have_left();
    let revoked = Revoked::default();
    let (plant, crm) = (app.plant(DAY).sending(None, Some(Box::new(revoked.clone()))), app.export(DAY));
    let pumped = block_on(async {
        plant.scan(&crm, request(DAY, false), &|_| {}).await.unwrap();
        plant.pump(&crm).await.unwrap()
    });
    assert_eq!((pumped.buried.len(), revoked.0.load(Ordering::SeqCst)), (3, 3));
    assert!(pumped.buried.iter().all(|reason| reason.contains("token_revoked")), "{:?}", pumped.buried);
    assert_eq!(told_of_slack(&app), 1);
    assert!(app.cases().iter().all(|case| case.state == State::Notified), "mail has reached their readers");
    drop(plant);

    let plant = app.plant("2026-10-09");
    plant.queue.redrive().unwrap();
    let pumped = block_on(plant.pump(&crm)).unwrap();
    assert!(pumped.buried.is_empty(), "{:?}", pumped.buried);
    let slack = app.deliveries().into_iter().filter(|delivery| delivery.channel == Channel::Slack);
    assert!(slack.into_iter().all(|delivery| matches!(delivery.progress, Progress::Sent { .. })));
    assert_eq!(told_of_slack(&app), 1);
}
