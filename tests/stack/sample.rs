//! The shipped sample through the deployment, from one export to the next.

use crate::deployment::Deployment;
use crate::equality::{SAMPLE, sample, scan_export};

#[test]
fn the_sample_is_told_once_to_those_who_must_know_and_its_copy_tells_it_no_second_time() {
    let Some(stack) = Deployment::new("sample") else { return };
    SAMPLE.iter().for_each(|day| scan_export(&stack, day, &sample(day)));
    let cases = stack.items("CASE#");
    assert!(cases.len() > 5, "{} cases", cases.len());
    let told: Vec<_> = cases.iter().filter(|case| case.json()["state"] == "notified").collect();
    let (mails, posts) = (stack.mails(), stack.slack.posts());
    for case in told {
        let id = case.json()["id"].as_str().unwrap().to_owned();
        assert!(mails.iter().any(|mail| mail.contains(&format!("X-Baton-Case: {id}"))), "no mail tells {id}");
        assert!(posts.iter().any(|post| post.call.to_string().contains(&id)), "no Slack message tells {id}");
    }
    assert!(!stack.bus.published().is_empty());
    assert!(stack.dead_letters.values().all(|queue| queue.depth() == 0));

    let copy = stack.copy("sample-copy");
    scan_export(&copy, SAMPLE[2], &sample(SAMPLE[2]));
    assert_eq!((copy.mails().len(), copy.slack.posts().len()), (0, 0));
    assert_eq!(copy.items("CASE#"), cases);
}
