//! The buttons of a mail: links that are bound to its reader, the case as it says it stands, and one answer each.

use domain::case::Case;
use domain::notice::Delivery;
use links::{Action, Link};

use crate::Deps;

/// The delivery with a link for each answer, and one to the page on which all can be given; nothing where it asks for no answer, or none
/// can be taken.
pub(crate) fn added(delivery: &Delivery, case: &Case, deps: &Deps<'_>) -> Option<Delivery> {
    let (signer, page) = (deps.links?, &deps.config.notify.answer_url);
    if page.is_empty() || delivery.notice.answers.is_empty() {
        return None;
    }
    let mut asking = delivery.clone();
    for action in Action::ANSWERS.into_iter().chain([Action::Open]) {
        let reader = &delivery.notice.recipient.email;
        let about = (&case.account, &case.id);
        let link = Link::new(action, about, delivery.notice.revision, &delivery.id, reader, deps.clock.now());
        let address = format!("{page}/answer?l={}", signer.sign(&link));
        asking.notice.links.push((action.label().to_owned(), address));
    }
    Some(asking)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_a_button_in_a_mail() {
        let labels: Vec<&str> = Action::ANSWERS.iter().map(|action| action.label()).collect();
        assert_eq!(labels, channels::sheet::BUTTONS);
        assert_eq!(Action::Open.label(), channels::sheet::ANSWER_PAGE);
    }
}
