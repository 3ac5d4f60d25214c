//! What a `People` promises.

use domain::ports::{Answer, People, Question};
use domain::{ContactId, Personal};
use jiff::Timestamp;
use jiff::civil::Date;

/// Somebody of whom the subject of the contract must know.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The mail address that the CRM has; blank where it has none.
    pub email: &'static str,
    /// The name.
    pub name: &'static str,
    /// The company that the CRM knows the person at.
    pub account: &'static str,
    /// The job title now.
    pub title: &'static str,
    /// The company now.
    pub company: &'static str,
    /// The day the job began; blank where nobody knows.
    pub since: &'static str,
    /// The day it was last looked at.
    pub observed: &'static str,
}

/// Whom the subject must know: one who is found by address, and one by name and company alone.
pub const KNOWN: [Known; 2] = [
    Known {
        email: "dana.fox@northwindtraders.example",
        name: "Dana Fox",
        account: "Northwind Traders",
        title: "VP Operations",
        company: "Contoso",
        since: "2026-10-01",
        observed: "2026-11-02",
    },
    Known {
        email: "",
        name: "Erik Lund",
        account: "Fabrikam",
        title: "Head of IT",
        company: "Fabrikam",
        since: "",
        observed: "2026-10-20",
    },
];

impl Known {
    fn question(&self, contact: &str) -> Question {
        question(contact, self.name, self.email, self.account)
    }

    fn check(&self, answer: &Answer) {
        assert!(matches!(answer, Answer::Found { .. }), "{}: {answer:?}", self.name);
        let Answer::Found { job, since, observed } = answer else { return };
        assert!(job.name.reveal().eq_ignore_ascii_case(self.name), "whose record it is");
        assert!(job.title.eq_ignore_ascii_case(self.title), "{}", job.title);
        assert!(job.company.eq_ignore_ascii_case(self.company), "{}", job.company);
        assert_eq!(
            job.identified,
            !self.email.is_empty(),
            "{}: only an address tells one person from all others",
            self.name
        );
        assert!((60..=100).contains(&job.likelihood), "{}", job.likelihood);
        assert_eq!(*since, self.since.parse::<Date>().ok(), "{}: when it was seen is not when it happened", self.name);
        assert_eq!(*observed, format!("{}T00:00:00Z", self.observed).parse::<Timestamp>().unwrap());
    }
}

/// What a `People` promises that knows of [`KNOWN`] and of nobody else.
pub async fn people_contract(people: &dyn People) {
    let [dana, erik] = KNOWN;
    assert!(!people.name().is_empty());
    assert!(people.look_up(&[]).await.unwrap().is_empty(), "no question, no answer");

    let mixed = [
        question("c1", "Ada Nobody", "ada@nowhere.example", "Nowhere"),
        dana.question("c2"),
        question("c3", "Erik Lund", "", "Another Company"),
        erik.question("c4"),
        question("c5", "Dana Fox", dana.email, ""),
    ];
    let answers = people.look_up(&mixed).await.unwrap();
    assert_eq!(answers.len(), mixed.len(), "one answer for each question");
    assert_eq!(answers[0], Answer::Nobody);
    dana.check(&answers[1]);
    assert_eq!(answers[2], Answer::Nobody, "a name alone is nobody");
    erik.check(&answers[3]);
    dana.check(&answers[4]);
    assert_eq!(people.look_up(&mixed).await.unwrap(), answers, "asked again, the same is answered");

    let mut many: Vec<Question> = (0..people.at_once()).map(|n| erik.question(&format!("many-{n}"))).collect();
    let last = many.last_mut().unwrap();
    *last = dana.question("last");
    let answers = people.look_up(&many).await.unwrap();
    assert_eq!(answers.len(), people.at_once(), "as many as are asked at once are answered");
    dana.check(answers.last().unwrap());
}

fn question(contact: &str, name: &str, email: &str, company: &str) -> Question {
    Question {
        contact: ContactId::parse(contact).unwrap(),
        name: Personal::new(name),
        email: Personal::new(email),
        company: company.to_owned(),
    }
}
