//! The adapter of People Data Labs against a stand-in of the provider that speaks real HTTP, and the vendor's own client
//! against the same stand-in.

#![cfg(test)]
#![cfg(feature = "http")]

mod stand_in;

mod answers;
mod failures;
mod vendor;

use domain::ports::{Answer, Question};
use domain::{ContactId, Personal};
use people::{ApiKey, PeopleDataLabs};
use stand_in::StandIn;

const KEY: &str = "0123456789abcdef-the-customers-own";

/// The adapter, asking the stand-in.
fn provider(stand_in: &StandIn) -> PeopleDataLabs {
    PeopleDataLabs::at(&stand_in.address(), ApiKey::parse(KEY).unwrap(), 60).unwrap()
}

fn question(contact: &str, name: &str, email: &str, company: &str) -> Question {
    Question {
        contact: ContactId::parse(contact).unwrap(),
        name: Personal::new(name),
        email: Personal::new(email),
        company: company.to_owned(),
    }
}

/// About Dana Fox, by her address.
fn dana() -> Question {
    question("c1", "Dana Fox", "dana.fox@northwindtraders.example", "Northwind Traders")
}

/// About somebody of whom nobody knows.
fn nobody() -> Question {
    question("c2", "Ada Nobody", "ada@nowhere.example", "Nowhere")
}

fn company(answer: &Answer) -> &str {
    match answer {
        Answer::Found { job, .. } => &job.company,
        Answer::Nobody => "nobody",
        Answer::Rubbish(why) | Answer::Unasked(why) => why,
    }
}
