//! The shipped sample through the deployment, from one export to the next.

use std::path::Path;

use jiff::Timestamp;

use crate::deployment::Deployment;

/// The exports of the sample and the times of their scans.
const SCANS: [(&str, &str); 3] = [
    ("2026-09-07", "2026-09-07T07:00:00Z"),
    ("2026-10-05", "2026-10-05T07:00:00Z"),
    ("2026-11-02", "2026-11-02T07:00:00Z"),
];

#[test]
fn the_sample_is_told_once_to_those_who_must_know_and_its_copy_tells_it_no_second_time() {
    let Some(stack) = Deployment::new("sample") else { return };
    SCANS.iter().for_each(|scan| run(&stack, scan));
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
    run(&copy, &SCANS[2]);
    assert_eq!((copy.mails().len(), copy.slack.posts().len()), (0, 0));
    assert_eq!(copy.items("CASE#"), cases);
}

fn run(stack: &Deployment, (day, at): &(&str, &str)) {
    let at: Timestamp = at.parse().unwrap();
    stack.upload_export(day, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/crm").join(day));
    stack.now_is(at);
    let scan = format!("scan-{}", at.strftime("%Y%m%dT%H%M%SZ"));
    stack.tick(&scan, at, "full", false).unwrap_or_else(|e| panic!("{e:?}\n{:#?}", stack.function("scanner").log()));
    stack.see_through(&format!("steward-{day}"), at);
}
