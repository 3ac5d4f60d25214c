//! What becomes of mails after they have left: the mail service's events come back, and what they say is respected before
//! the next mail; whoever cannot be reached is not passed over in silence.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use baton::plant::{Plant, Pumped, Works};
use domain::case::State;
use domain::feedback;
use domain::messages::QueueName;
use domain::notice::{Channel, Delivery, Progress, Purpose};
use domain::ports::{Clock, FixedClock, Mailer, MailerError, OutgoingMail};
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::app::{TestApp, morning, request};
use crate::world::World;

const REGION: &str = "eu-central-1";
const MAIL_ALONE: &str = "[notify]\nchannels = [\"mail\"]\ncrm_log = false\n";
const BOTH: &str = "[notify]\nchannels = [\"slack\", \"mail\"]\ncrm_log = false\n";

/// A mail service that gives each mail an id and tells later what became of it, by the tags that the mail carried.
#[derive(Default)]
struct Ses {
    sent: Mutex<Vec<OutgoingMail>>,
    /// Which of the next mails it takes without its answer arriving.
    loses: Mutex<VecDeque<bool>>,
}

#[async_trait]
impl Mailer for Ses {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError> {
        let mut sent = self.sent.lock().unwrap();
        sent.push(mail.clone());
        match self.loses.lock().unwrap().pop_front() {
            Some(true) => Err(MailerError::Unknown("no answer came".into())),
            _ => Ok(Some(feedback::reference(&id(sent.len() - 1), REGION))),
        }
    }
}

fn id(mail: usize) -> String {
    format!("0107019a4b3c-{mail:06}")
}

impl Ses {
    fn sent(&self) -> Vec<OutgoingMail> {
        self.sent.lock().unwrap().clone()
    }

    /// Whom the mails went to, in order.
    fn readers(&self) -> Vec<String> {
        self.sent().iter().map(|mail| mail.to.reveal().to_owned()).collect()
    }

    fn event(&self, mail: usize, kind: &str, detail: (&str, Value)) -> String {
        let tags: serde_json::Map<String, Value> = feedback::tags(&self.sent()[mail])
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!([value])))
            .collect();
        json!({
            "version": "0", "id": format!("{kind}-{mail}"), "detail-type": format!("Email {kind}"), "source": "aws.ses",
            "account": "123456789012", "time": "2026-10-08T08:00:00Z", "region": REGION, "resources": [],
            "detail": { "eventType": kind, detail.0: detail.1, "mail": { "messageId": id(mail), "tags": tags } },
        })
        .to_string()
    }

    fn sending(&self, mail: usize) -> String {
        self.event(mail, "Send", ("send", json!({})))
    }

    fn bounce(&self, mail: usize, kind: &str) -> String {
        let to = self.sent()[mail].to.reveal().to_uppercase();
        let recipients = json!([{ "emailAddress": to, "action": "failed", "status": "5.1.1",
            "diagnosticCode": format!("smtp; 550 5.1.1 <{to}>: user unknown") }]);
        let bounce = json!({ "bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients });
        self.event(mail, "Bounce", ("bounce", bounce))
    }

    fn complaint(&self, mail: usize) -> String {
        let recipients = json!([{ "emailAddress": self.sent()[mail].to.reveal() }]);
        let complaint = json!({ "complainedRecipients": recipients, "complaintFeedbackType": "abuse" });
        self.event(mail, "Complaint", ("complaint", complaint))
    }
}

/// Baton that mails through a service.
struct Office {
    app: TestApp,
    ses: Ses,
}

impl Office {
    /// Maya owns Northwind, Robin manages Maya; the first scan knows everybody.
    fn new(config: &str) -> Self {
        Self::with_mail_at("maya@us.example", config)
    }

    fn with_mail_at(address: &str, config: &str) -> Self {
        let mut world = World::default();
        for account in ["Northwind Traders", "Acme", "Globex"] {
            world.account(account, "Maya");
            world.person(&format!("Dana of {account}"), "VP Operations", account).role("Champion");
            world.person(&format!("Lee of {account}"), "Operations Manager", account);
        }
        world.user("Robin");
        world.manages("Robin", "Maya");
        world.user_mut("Maya").email = address.to_owned();
        let app = TestApp::configured(world, config);
        app.scan("2026-09-01");
        Self { app, ses: Ses::default() }
    }

    /// Somebody leaves an account, is found out on a day, and everything follows.
    fn leaves(&mut self, account: &str, day: &str) -> Pumped {
        self.app.world.person_mut(&format!("Dana of {account}")).left = true;
        let (plant, crm, clock) = (self.app.plant(day), self.app.export(day), FixedClock(morning(day)));
        let works = self.works(&plant, &crm, &clock);
        block_on(async {
            works.scan(request(day, false), &|_| {}).await.unwrap();
            works.pump().await.unwrap()
        })
    }

    /// The service tells something, and everything follows.
    fn hears(&self, events: &[String], day: &str) -> Pumped {
        let (plant, crm, clock) = (self.app.plant(day), self.app.export(day), FixedClock(morning(day)));
        let works = self.works(&plant, &crm, &clock);
        block_on(async {
            works.queue.send(QueueName::Feedback, events, clock.now()).await.unwrap();
            works.pump().await.unwrap()
        })
    }

    fn works<'a>(&'a self, plant: &'a Plant, crm: &'a crm::ExportCrm, clock: &'a dyn Clock) -> Works<'a> {
        Works { mailer: &self.ses, clock, ..plant.works(crm) }
    }

    /// The notices of a purpose on a channel, by their readers' addresses.
    fn notices(&self, channel: Channel) -> Vec<Delivery> {
        let mut found = self.app.deliveries();
        found.retain(|delivery| delivery.channel == channel && delivery.notice.purpose == Purpose::Alert);
        found.sort_by_key(|delivery| delivery.notice.recipient.email.reveal().to_owned());
        found
    }

    #[track_caller]
    fn progress_of(&self, reader: &str) -> Progress {
        let mut found = self.notices(Channel::Mail);
        found.retain(|delivery| delivery.notice.recipient.email.reveal() == reader);
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0).progress
    }

    /// What the chains say of mail, in order.
    fn said(&self) -> Vec<String> {
        let entries = self.app.audit().into_iter().filter(|entry| entry.action.starts_with("mail"));
        entries.map(|entry| format!("{}: {}", entry.action, entry.grounds.reveal())).collect()
    }
}

#[track_caller]
fn expect_withheld(progress: &Progress, why: &str) {
    assert!(matches!(progress, Progress::Withheld { reason } if reason.contains(why)), "{progress:?}");
}

#[test]
fn an_address_that_bounced_gets_no_more_mail_and_its_reader_is_told_on_the_other_channel() {
    let mut office = Office::new(BOTH);
    office.leaves("Northwind Traders", "2026-10-08");
    assert_eq!(office.ses.readers(), ["maya@us.example"]);

    let bounce = office.ses.bounce(0, "Permanent");
    let heard = office.hears(&[office.ses.sending(0), bounce.clone(), bounce], "2026-10-08");
    assert_eq!((heard.waiting.len(), heard.buried.len()), (0, 0), "{heard:?}");
    expect_withheld(&office.progress_of("maya@us.example"), "the mail came back for good (General, 5.1.1)");
    assert!(
        office.said().last().unwrap().starts_with("mail withheld: from Maya: the mail came back"),
        "{:#?}",
        office.said()
    );

    office.leaves("Acme", "2026-10-09");
    assert_eq!(office.ses.readers().len(), 1, "nothing was sent to it");
    let second =
        office.notices(Channel::Mail).into_iter().find(|one| one.notice.headline.reveal().contains("Acme")).unwrap();
    expect_withheld(&second.progress, "mail to the address came back for good (General, 5.1.1), on 8 Oct 2026");
    let slack = office.app.slack();
    assert_eq!((slack.len(), slack[1].to.as_str()), (2, "maya@us.example"), "{slack:#?}");
    assert!(office.app.cases().iter().all(|case| case.state == State::Notified));
}

#[test]
fn where_mail_is_the_only_channel_the_next_person_is_told_and_why() {
    let mut office = Office::new(&format!(
        "{MAIL_ALONE}default_recipient = \"desk@us.example\"\nadministrator = \"it@us.example\"\n"
    ));
    office.leaves("Northwind Traders", "2026-10-08");
    for (mail, next) in ["robin@us.example", "desk@us.example", "it@us.example"].into_iter().enumerate() {
        office.hears(&[office.ses.bounce(mail, "Permanent")], "2026-10-08");
        assert_eq!(office.ses.readers()[mail + 1..], [next]);
    }
    let robins =
        office.notices(Channel::Mail).into_iter().find(|one| one.notice.recipient.name.reveal() == "Robin").unwrap();
    let remark = robins.notice.remarks[0].reveal();
    assert_eq!(
        remark,
        "Maya was to be told of this and cannot be reached: the mail came back for good (General, 5.1.1)."
    );
    assert!(robins.notice.footer.starts_with("You get this because you manage somebody who cannot be reached."));
    assert!(robins.notice.steps.iter().any(|step| step.who == "you"), "the plan is hers now");
    let mail = String::from_utf8(office.ses.sent()[1].mime.clone()).unwrap();
    assert!(mail.contains("Maya was to be told of this and cannot be reached"), "{mail}");

    office.hears(&[office.ses.bounce(3, "Permanent")], "2026-10-08");
    assert_eq!(office.ses.readers().len(), 4, "nobody twice");
    assert!(
        office.said().iter().any(|entry| entry == "mail nobody told: there is nobody else to tell"),
        "{:#?}",
        office.said()
    );
    assert_eq!(office.app.case().state, State::Notified);
}

#[test]
fn what_is_no_single_mailbox_gets_no_mail_and_somebody_is_told_all_the_same() {
    for bad in ["a@x.com,b@y.com", "a@x.com\nBcc:", "\"<b@y>\"@x", "maya@nоrthwind.example", "Maya <maya@us.example>"]
    {
        let mut office = Office::with_mail_at(bad, MAIL_ALONE);
        office.leaves("Northwind Traders", "2026-10-08");
        assert_eq!(office.ses.readers(), ["robin@us.example"], "{bad:?}");
        expect_withheld(&office.progress_of(bad.trim()), "the recipient's address is refused");
        assert_eq!(office.app.case().state, State::Notified, "{bad:?}");

        let mut office = Office::with_mail_at(bad, BOTH);
        office.leaves("Northwind Traders", "2026-10-08");
        assert_eq!((office.ses.readers().len(), office.app.slack().len()), (0, 1), "{bad:?}: told in Slack");
    }
    let mut office = Office::with_mail_at("maya+crm@us.example", MAIL_ALONE);
    office.leaves("Northwind Traders", "2026-10-08");
    assert_eq!(office.ses.readers(), ["maya+crm@us.example"]);
}

#[test]
fn a_mail_in_doubt_is_settled_by_what_is_heard_of_it_later() {
    let told = |event: &dyn Fn(&Ses) -> String| {
        let mut office = Office::new(MAIL_ALONE);
        office.ses.loses.lock().unwrap().push_back(true);
        office.leaves("Northwind Traders", "2026-10-08");
        assert!(matches!(office.progress_of("maya@us.example"), Progress::Unknown { .. }));
        let event = event(&office.ses);
        office.hears(std::slice::from_ref(&event), "2026-10-08");
        office.hears(&[event], "2026-10-09");
        office
    };
    for event in [|ses: &Ses| ses.sending(0), |ses: &Ses| ses.event(0, "Delivery", ("delivery", json!({})))] {
        let office = told(&event);
        let Progress::Sent { at, reference } = office.progress_of("maya@us.example") else {
            panic!("{:#?}", office.said())
        };
        assert_eq!((at.to_string().as_str(), reference), ("2026-10-08T08:00:00Z", feedback::reference(&id(0), REGION)));
        assert_eq!(office.ses.readers().len(), 1, "it is not sent again");
        let entries = office.said();
        assert_eq!(entries.iter().filter(|entry| entry.starts_with("mail sent: to Maya")).count(), 1, "{entries:#?}");
    }
    let office = told(&|ses: &Ses| ses.bounce(0, "Permanent"));
    expect_withheld(&office.progress_of("maya@us.example"), "came back for good");
    assert_eq!(office.ses.readers(), ["maya@us.example", "robin@us.example"]);
}

#[test]
fn a_complaint_ends_mail_to_its_reader_and_a_soft_bounce_does_not() {
    let mut office = Office::new(MAIL_ALONE);
    office.leaves("Northwind Traders", "2026-10-08");
    office.hears(&[office.ses.bounce(0, "Transient")], "2026-10-08");
    assert!(matches!(office.progress_of("maya@us.example"), Progress::Sent { .. }));
    office.leaves("Acme", "2026-10-09");
    office.hears(&[office.ses.complaint(1)], "2026-10-09");
    office.leaves("Globex", "2026-10-12");
    assert_eq!(office.ses.readers(), ["maya@us.example", "maya@us.example", "robin@us.example"]);
    let entries = office.said().join("\n");
    for part in [
        "mail heard of: the mail service could not bring it for a while (General, 5.1.1)",
        "mail heard of: the reader called it spam (abuse)",
        "mail withheld: from Maya: the reader called a mail of ours spam (abuse), on 8 Oct 2026",
    ] {
        assert!(entries.contains(part), "{part} in {entries}");
    }
}

#[test]
fn mail_stops_before_too_much_comes_back_the_administrator_is_told_once_and_it_leaves_later() {
    let limits = "[mail]\nmost_bounced = 0.5\nat_least = 2\ndays = 3\n";
    let mut office = Office::new(&format!("{BOTH}{limits}"));
    office.leaves("Northwind Traders", "2026-10-08");
    office.app.world.user_mut("Maya").email = "maya@new.example".to_owned();
    office.leaves("Acme", "2026-10-09");
    let events = [office.ses.sending(0), office.ses.sending(1), office.ses.bounce(0, "Permanent")];
    office.hears(&events, "2026-10-09");
    office.hears(&events, "2026-10-09");

    let told: Vec<_> = office.app.slack().into_iter().filter(|post| post.text.contains("stopped its mail")).collect();
    assert_eq!((told.len(), told[0].to.as_str()), (1, "admin@localhost"), "{told:#?}");
    let stopped = office.leaves("Globex", "2026-10-10");
    assert!(
        stopped.waiting[0].contains("mail has stopped: 1 of the 2 mails of the last 3 days came back"),
        "{stopped:?}"
    );
    assert_eq!(office.ses.readers().len(), 2);
    assert_eq!(office.app.slack().len(), 4, "three alerts and the word to the administrator");

    let later = office.hears(&[], "2026-10-12");
    assert_eq!((later.waiting.len(), office.ses.readers().len()), (0, 3), "{later:?}");
    assert_eq!(office.ses.readers()[2], "maya@new.example");
}

#[test]
fn an_event_that_names_no_delivery_of_ours_counts_and_a_broken_one_is_given_up_with_the_reason() {
    let mut office = Office::new(MAIL_ALONE);
    office.leaves("Northwind Traders", "2026-10-08");
    let strange = office.ses.bounce(0, "Permanent").replace("ACCOUNT_23", "ACCOUNT_23x");
    let broken = office.ses.bounce(0, "Permanent").replace("\"messageId\"", "\"message\"");
    let heard = office.hears(&[broken, strange, office.ses.event(0, "Open", ("open", json!({})))], "2026-10-08");
    assert!(heard.buried.len() == 1 && heard.buried[0].contains("the body is not a message"), "{heard:?}");
    assert!(matches!(office.progress_of("maya@us.example"), Progress::Sent { .. }));
    assert_eq!(office.app.dead_letters().len(), 1);
    office.leaves("Acme", "2026-10-09");
    assert_eq!(office.ses.readers(), ["maya@us.example", "robin@us.example"]);
}

#[test]
fn mails_of_one_case_are_one_conversation_however_the_service_names_them() {
    let mut office = Office::new(MAIL_ALONE);
    office.leaves("Northwind Traders", "2026-10-08");
    office.app.world.person_mut("Dana of Northwind Traders").left = false;
    let (plant, crm, clock) =
        (office.app.plant("2026-10-12"), office.app.export("2026-10-12"), FixedClock(morning("2026-10-12")));
    let works = office.works(&plant, &crm, &clock);
    block_on(async {
        works.scan(request("2026-10-12", false), &|_| {}).await.unwrap();
        works.pump().await.unwrap();
    });
    let sent = office.ses.sent();
    assert_eq!(sent.len(), 2);
    let mail = mailparse::parse_mail(&sent[1].mime).unwrap();
    let value = |name: &str| mailparse::MailHeaderMap::get_first_value(mail.headers.as_slice(), name).unwrap();
    let first = feedback::reference(&id(0), REGION);
    assert_eq!((value("In-Reply-To"), value("References")), (first.clone(), first));
    let case = office.app.case().id;
    assert_eq!(value("List-Unsubscribe"), format!("<mailto:admin@localhost?subject=Unsubscribe%20{case}>"));
    assert_eq!(value("Auto-Submitted"), "auto-generated");
    drop(plant);
}
