//! What a link can and cannot be made to say.

use super::*;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const OTHER: &str = "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=";

fn signer(current: &str, previous: Option<&str>) -> Signer {
    Signer::new(Keys::parse(current, previous).unwrap(), "baton-table")
}

fn now() -> Timestamp {
    "2026-11-02T07:00:00Z".parse().unwrap()
}

fn reader() -> Personal {
    Personal::new("Robin.Vale@ours.example")
}

fn link(action: Action) -> Link {
    let (account, case) = (AccountId::parse("001A").unwrap(), CaseId::parse("C-7Q2M").unwrap());
    Link::new(action, (&account, &case), 3, &DeliveryId::parse("d-1").unwrap(), &reader(), now())
}

#[test]
fn a_link_says_what_was_signed_until_it_ends() {
    let signer = signer(KEY, None);
    let text = signer.sign(&link(Action::Done));
    assert_eq!(signer.read(&text, now()), Ok(link(Action::Done)));
    assert_eq!(signer.read(&text, now() + GOOD_FOR - SignedDuration::from_secs(1)), Ok(link(Action::Done)));
    assert_eq!(signer.read(&text, now() + GOOD_FOR), Err(Refused::Expired));
    assert!(link(Action::Done).is_for(&Personal::new(" robin.vale@OURS.example")));
    assert!(!link(Action::Done).is_for(&Personal::new("somebody.else@ours.example")));
}

#[test]
fn a_link_of_which_any_character_was_changed_or_cut_is_refused() {
    let signer = signer(KEY, None);
    let text = signer.sign(&link(Action::GotIt));
    for (place, was) in text.char_indices() {
        let mut changed = text.clone();
        changed.replace_range(place..=place, if was == 'A' { "B" } else { "A" });
        assert_eq!(signer.read(&changed, now()), Err(Refused::Forged), "{place}");
        assert_eq!(signer.read(&text[..place], now()), Err(Refused::Forged), "{place}");
    }
    let mut longer = text.clone();
    longer.push_str(&"A".repeat(MOST_CHARACTERS));
    for other in ["", ".", "..", "a.b", &format!("{text}.{text}"), &format!("{text}="), &longer] {
        assert_eq!(signer.read(other, now()), Err(Refused::Forged), "{other}");
    }
}

#[test]
fn the_key_before_is_still_accepted_and_a_retired_one_no_longer() {
    let old = signer(OTHER, None).sign(&link(Action::GotIt));
    assert!(signer(KEY, Some(OTHER)).read(&old, now()).is_ok());
    assert_eq!(signer(KEY, None).read(&old, now()), Err(Refused::Forged));
    assert_eq!(signer(KEY, Some(KEY)).read(&old, now()), Err(Refused::Forged));
}

#[test]
fn a_link_of_another_deployment_is_refused() {
    let elsewhere = Signer::new(Keys::parse(KEY, None).unwrap(), "another-table");
    assert_eq!(signer(KEY, None).read(&elsewhere.sign(&link(Action::GotIt)), now()), Err(Refused::Forged));
}

#[test]
fn the_longest_ids_there_are_fit_into_a_link() {
    let long = "x".repeat(100);
    let (account, case) = (AccountId::parse(&long).unwrap(), CaseId::parse(&long).unwrap());
    let delivery = DeliveryId::parse(&long).unwrap();
    let link = Link::new(Action::NotAChange, (&account, &case), u32::MAX, &delivery, &reader(), now());
    let signer = Signer::new(Keys::parse(KEY, None).unwrap(), &"t".repeat(255));
    let text = signer.sign(&link);
    assert!(text.len() <= MOST_CHARACTERS, "{} characters", text.len());
    assert_eq!(signer.read(&text, now()), Ok(link));
}

#[test]
fn what_is_used_up_is_the_same_for_the_same_mail_answer_and_state_and_for_no_other() {
    let first = link(Action::GotIt);
    assert_eq!(first.nonce(), first.to(Action::GotIt, 3).nonce());
    assert_ne!(first.nonce(), first.to(Action::Done, 3).nonce());
    assert_ne!(first.nonce(), first.to(Action::GotIt, 4).nonce());
}

#[test]
fn the_seal_of_a_form_fits_its_own_link_for_half_a_day() {
    let signer = signer(KEY, None);
    let (text, other) = (signer.sign(&link(Action::GotIt)), signer.sign(&link(Action::Done)));
    let seal = signer.seal(&text, now());
    let hours = SignedDuration::from_hours;
    assert_eq!(signer.check_seal(&text, &seal, now() + hours(11)), Ok(()));
    assert_eq!(signer.check_seal(&text, &seal, now() + hours(13)), Err(FormError::Old));
    assert_eq!(signer.check_seal(&other, &seal, now()), Err(FormError::Forged));
    let later = seal.replacen(&now().as_second().to_string(), &(now().as_second() + 9).to_string(), 1);
    for forged in ["", "1.", "x.y", &later, &text] {
        assert_eq!(signer.check_seal(&text, forged, now()), Err(FormError::Forged), "{forged}");
    }
}

#[test]
fn a_key_that_is_none_cannot_be_configured() {
    assert_eq!(Key::parse(" ").err(), Some(KeyError::Empty));
    assert_eq!(Key::parse("whsec_").err(), Some(KeyError::Form));
    assert_eq!(Key::parse("c2hvcnQ=").err(), Some(KeyError::Short(5)));
    assert!(!format!("{:?}", Key::parse(KEY).unwrap()).contains("0123"));
}
