//! What answers are verified with is missing: a deployment that needs it says so and counts it, and one machine takes nothing.

use domain::notice::Channel;
use links::Action;
use respond::Counted;

use super::stand::{Key, Site, links, look, told};

#[test]
fn without_its_keys_a_deployment_asks_to_try_again_and_one_machine_takes_nothing() {
    let app = told();
    let link = &links(&app)[&Action::GotIt];
    for (key, status, counted) in [(Key::Missing, 503, &[Counted::Failed][..]), (Key::NotTaken, 404, &[])] {
        let site = Site::of(&app).verifying_with(key);
        for request in [site.slack("{}"), look("GET", link), look("GET", "")] {
            let (response, seen) = site.counted(&request);
            assert_eq!((response.status, &seen[..]), (status, counted), "{} {}", request.path, request.query);
        }
    }
}

#[test]
fn a_deployment_needs_no_key_for_answers_that_its_configuration_does_not_take() {
    let app = told();
    let mut site = Site::of(&app).verifying_with(Key::Missing);
    site.plant.config.notify.channels.retain(|channel| *channel != Channel::Slack);
    site.plant.config.notify.answer_url.clear();
    for request in [site.slack("{}"), look("GET", "")] {
        let (response, seen) = site.counted(&request);
        assert_eq!((response.status, &seen[..]), (404, &[][..]), "{}", request.path);
    }
}
