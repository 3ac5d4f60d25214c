//! The links in a mail and the pages behind them.

use domain::case::{Proposal, ProposalState, State};
use domain::messages::CaseRef;
use domain::ports::{Expect, UpdatedRecord};
use domain::records::{self, Change};
use domain::{ContactId, Personal};
use futures_executor::block_on;
use jiff::SignedDuration;
use links::{Action, Link};
use respond::Counted;
use respond::http::{MOST_BYTES, Request, Response};

use super::stand::{DAY, KEY, RETIRED, Site, hidden, links, look, post, signer_with, told};
use crate::app::TestApp;

/// Everything that is kept, but for who tried forms that are not ours.
fn kept(app: &TestApp) -> Vec<(String, String, Vec<u8>)> {
    let sqlite = app.sqlite();
    let all = "SELECT partition, sort, body FROM item WHERE partition NOT LIKE 'FORGED#%' ORDER BY 1, 2";
    let mut statement = sqlite.prepare(all).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Nothing changes, whatever is done.
#[track_caller]
fn unchanged<T>(app: &TestApp, work: impl FnOnce() -> T) -> T {
    let before = kept(app);
    let done = work();
    assert_eq!(kept(app), before);
    done
}

#[track_caller]
fn refused(response: &Response, status: u16, says: &str) {
    assert_eq!(response.status, status, "{}", response.body);
    assert!(response.body.contains(says), "{says}: {}", response.body);
}

/// Lets what follows be done, so that the story ends with nothing left over.
fn see_through(app: &TestApp, site: Site) {
    drop(site);
    block_on(app.plant(DAY).pump(&app.export(DAY))).unwrap();
}

#[test]
fn a_mail_has_a_button_for_each_answer_and_in_its_text_one_page_for_all() {
    let app = told();
    let links = links(&app);
    assert_eq!(links.len(), 6, "{links:?}");
    assert!(links.values().all(|token| token.len() <= links::MOST_CHARACTERS));
    let site = Site::of(&app);
    let page = site.get(&links[&Action::Open]);
    assert_eq!(page.status, 200);
    for says in ["Dana Fox has left Northwind Traders", "Got it", "Done", "Not a change", "Later", "Hand to"] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
}

#[test]
fn whoever_looks_and_however_often_nothing_changes() {
    let app = told();
    let site = Site::of(&app);
    for (action, token) in links(&app) {
        let page = unchanged(&app, || {
            for n in 0..20 {
                let seen = site.send(&look(if n % 2 == 0 { "HEAD" } else { "GET" }, &token));
                assert_eq!((seen.status, seen.body.is_empty()), (200, n % 2 == 0), "{action:?}");
            }
            let override_method = ("X-HTTP-Method-Override".to_owned(), "POST".to_owned());
            let headers = vec![override_method, ("purpose".to_owned(), "prefetch".to_owned())];
            let mut get = Request { headers, ..look("GET", &token) };
            get.query.push_str("&_method=POST&note=x&reason=x");
            site.send(&get)
        });
        assert_eq!(page.status, 200);
        for (header, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-robots-tag", "noindex, nofollow"),
        ] {
            assert_eq!(page.header(header), Some(value));
        }
        let policy = page.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "style-src 'sha256-", "form-action 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!page.body.contains("<script") && !page.body.contains(" style="), "{}", page.body);
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let response = unchanged(&app, || site.send(&look(method, &links(&app)[&Action::GotIt])));
        assert_eq!(response.status, 405, "{method}");
    }
}

#[test]
fn a_click_on_the_button_acts_once_and_says_so() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    let (taken, counted) = site.counted(&site.filled(&links[&Action::GotIt], &[]));
    refused(&taken, 200, "Taken: got it.");
    assert_eq!(counted, [Counted::Answered]);
    let case = app.case();
    assert_eq!((case.state, case.answers.len()), (State::Acknowledged, 1));
    assert_eq!(case.answers[0].by.reveal(), "Maya");

    // The same link again, looked at or sent, says what was answered and does nothing.
    unchanged(&app, || {
        refused(&site.get(&links[&Action::GotIt]), 410, "Answered already: got it, said Maya on 1 Oct 2026");
        let again = post(
            [("l", links[&Action::GotIt].as_str()), ("seal", &site.signer.seal(&links[&Action::GotIt], site.now()))]
                .into_iter(),
        );
        refused(&site.send(&again), 410, "Answered already");
    });
    see_through(&app, site);
}

#[test]
fn each_answer_does_what_its_button_says() {
    for (action, fields, state, words) in [
        (Action::Done, vec![("note", "spoke to Lee Park")], State::Closed, "done: spoke to Lee Park"),
        (Action::NotAChange, vec![("reason", "she is on leave")], State::Dismissed, "not a change: she is on leave"),
        (Action::Later, vec![("day", "2026-10-12")], State::Acknowledged, "later: again on 12 Oct 2026"),
        (Action::HandTo, vec![("name", "Noah"), ("email", "noah@us.example")], State::Notified, "handed to Noah"),
    ] {
        let app = told();
        let (site, links) = (Site::of(&app), links(&app));
        refused(&site.press(&links[&action], &fields), 200, &format!("Taken: {words}."));
        let case = app.case();
        assert_eq!((case.state, case.answers[0].words.reveal()), (state, words));
        see_through(&app, site);
    }
}

#[test]
fn what_is_missing_or_leaves_the_house_is_asked_for_again() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    for (action, fields, says) in [
        (Action::NotAChange, vec![], "Not yet: say why it is no change."),
        (Action::NotAChange, vec![("reason", "  ")], "say why it is no change"),
        (Action::Later, vec![("day", "soon")], "choose a day"),
        (Action::Later, vec![("day", "2026-10-01")], "choose one from tomorrow on"),
        (Action::Later, vec![("day", "2036-10-01")], "choose one from tomorrow on"),
        (Action::HandTo, vec![("name", "Noah"), ("email", "noah@us.example,eve@evil.example")], "no mail address"),
        (
            Action::HandTo,
            vec![("name", "Eve"), ("email", "eve@evil.example")],
            "nobody here is known under that address",
        ),
        (Action::HandTo, vec![("name", " "), ("email", "noah@us.example")], "write the name"),
    ] {
        let again = unchanged(&app, || site.press(&links[&action], &fields));
        refused(&again, 422, says);
        assert!(hidden(&again.body).contains_key("seal"), "the question is still there");
    }
}

#[test]
fn a_link_that_is_used_twice_at_once_has_one_winner() {
    let app = told();
    let links = links(&app);
    let site = Site::of(&app);
    let request = site.filled(&links[&Action::GotIt], &[]);
    let plants = std::sync::Mutex::new((0, 0));
    let (store, signer) = (&site, &request);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let status = store.send(signer).status;
                let mut seen = plants.lock().unwrap();
                if status == 200 { seen.0 += 1 } else { seen.1 += i32::from(status == 410) }
            });
        }
    });
    assert_eq!(*plants.lock().unwrap(), (1, 7));
    assert_eq!(app.case().answers.len(), 1);
    see_through(&app, site);
}

#[test]
fn a_link_that_is_not_whole_not_from_here_or_too_old_does_nothing_and_says_so() {
    let app = told();
    let links = links(&app);
    let (site, good) = (Site::of(&app), links[&Action::NotAChange].clone());
    let case = app.case();
    let about = (&case.account, &case.id);
    let delivery = site.signer.read(&good, site.now()).unwrap().delivery;
    let made = |reader: &str, key: &str| {
        let link = Link::new(Action::GotIt, about, case.revision(), &delivery, &Personal::new(reader), site.now());
        signer_with(key).sign(&link)
    };
    let elsewhere = links::Signer::new(links::Keys::parse(KEY, None).unwrap(), "another-table");
    let other_case = Link::new(
        Action::GotIt,
        (&case.account, &domain::CaseId::parse("C-OTHER").unwrap()),
        0,
        &delivery,
        &Personal::new("maya@us.example"),
        site.now(),
    );
    let (payload, signature) = good.split_once('.').unwrap();
    let other_payload = links[&Action::GotIt].split_once('.').unwrap().0;
    unchanged(&app, || {
        for (token, status, says) in [
            (good[..good.len() - 4].to_owned(), 403, "not whole, or not from here"),
            (payload.to_owned(), 403, "not whole"),
            (String::new(), 403, "not whole"),
            ("x".repeat(5_000), 403, "not whole"),
            (format!("{other_payload}.{signature}"), 403, "not whole"),
            (made("maya@us.example", RETIRED), 403, "not whole"),
            (made("somebody.else@us.example", KEY), 403, "not whole"),
            (elsewhere.sign(&site.signer.read(&good, site.now()).unwrap()), 403, "not whole"),
            (site.signer.sign(&other_case), 410, "no longer there"),
        ] {
            refused(&site.get(&token), status, says);
            let forced = post(
                [("l", token.as_str()), ("seal", &site.signer.seal(&token, site.now())), ("reason", "x")].into_iter(),
            );
            refused(&site.send(&forced), status, says);
        }
    });
    drop(site);
    let late = Site::after(&app, 73);
    unchanged(&app, || refused(&late.get(&good), 410, "expired"));
}

#[test]
fn a_case_that_has_changed_since_is_to_be_looked_at_again_with_fresh_buttons() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    let filled = site.filled(&links[&Action::NotAChange], &[("reason", "she is still there")]);
    site.press(&links[&Action::GotIt], &[]);
    let changed = unchanged(&app, || {
        refused(&site.send(&filled), 409, "Changed: review again");
        site.get(&links[&Action::NotAChange])
    });
    refused(&changed, 409, "Changed: review again");
    assert!(changed.body.contains("got it, said Maya"), "{}", changed.body);

    // The fresh link on that page is good.
    let page = scraper::Html::parse_document(&changed.body);
    let anchors = scraper::Selector::parse("nav a").unwrap();
    let fresh = page.select(&anchors).find(|a| a.text().collect::<String>() == "Done").unwrap();
    let fresh = fresh.value().attr("href").unwrap().strip_prefix("answer?l=").unwrap().to_owned();
    refused(&site.press(&fresh, &[("note", "")]), 200, "Taken: done.");
    assert_eq!(app.case().state, State::Closed);
    refused(&site.get(&links[&Action::Later]), 409, "This case is <strong>closed</strong>");
    see_through(&app, site);
}

#[test]
fn only_the_button_of_our_own_page_acts() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    let good = site.filled(&links[&Action::GotIt], &[]);
    let with = |name: &str, value: Option<&str>| {
        let mut request = good.clone();
        request.headers.retain(|(known, _)| known != name);
        request.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        request
    };
    let without_seal = post([("l", links[&Action::GotIt].as_str())].into_iter());
    let other_seal = site.signer.seal(&links[&Action::Done], site.now());
    let other_page = post([("l", links[&Action::GotIt].as_str()), ("seal", &other_seal)].into_iter());
    let mut without_either = with("sec-fetch-site", None);
    without_either.headers.retain(|(name, _)| name != "origin");
    let mut twice = good.clone();
    twice.body.extend(b"&seal=x");
    unchanged(&app, || {
        for request in [
            without_seal,
            other_page,
            with("sec-fetch-site", Some("cross-site")),
            with("sec-fetch-site", Some("same-site")),
            with("sec-fetch-site", Some("none")),
            with("sec-fetch-site", None),
            with("origin", Some("https://evil.example")),
            with("content-type", Some("text/plain")),
            with("content-type", None),
            without_either,
            twice,
        ] {
            refused(&site.send(&request), 403, "Nothing was done");
        }
        // A page that was left open is asked once more.
        let old = site.signer.seal(&links[&Action::GotIt], site.now() - SignedDuration::from_hours(13));
        let old = post([("l", links[&Action::GotIt].as_str()), ("seal", &old)].into_iter());
        refused(&site.send(&old), 403, "open for too long");
    });
    // A browser that tells no site tells its origin.
    let mut older = with("origin", Some("https://answers.us.example"));
    older.headers.retain(|(name, _)| name != "sec-fetch-site");
    assert_eq!(site.send(&older).status, 200);
    see_through(&app, site);
}

#[test]
fn whoever_guesses_is_held_off_and_nobody_else() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    unchanged(&app, || {
        let mut statuses = std::collections::BTreeMap::new();
        for n in 0..1_000 {
            *statuses.entry(site.get(&format!("guess{n}.AAAA")).status).or_insert(0) += 1;
        }
        assert_eq!(statuses, [(403, 100), (429, 900)].into());
        // A good link is no guess, wherever it comes from: behind a proxy everybody has one address.
        assert_eq!(site.get(&links[&Action::GotIt]).status, 200);
        assert_eq!(site.get("").status, 403);
        let other = Request { source: "203.0.113.8".into(), ..look("GET", &links[&Action::GotIt]) };
        assert_eq!(site.send(&other).status, 200);
    });
}

#[test]
fn a_case_that_gets_too_many_forged_forms_takes_none_for_a_while() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    let forged = |source: usize| Request {
        source: source.to_string(),
        ..post([("l", links[&Action::GotIt].as_str()), ("seal", "x")].into_iter())
    };
    unchanged(&app, || {
        let statuses: Vec<u16> = (0..60).map(|n| site.send(&forged(n)).status).collect();
        assert_eq!((&statuses[..50], &statuses[50..]), (&[403; 50][..], &[429; 10][..]));
        assert_eq!(site.press(&links[&Action::GotIt], &[]).status, 429);
    });
    drop(site);
    let later = Site::after(&app, 2);
    assert_eq!(later.press(&links[&Action::GotIt], &[]).status, 200);
    see_through(&app, later);
}

#[test]
fn an_update_of_the_crm_cannot_be_confirmed_by_a_link_and_the_page_says_where() {
    let app = told();
    let site = Site::of(&app);
    let case = app.case();
    let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
    let (loaded, trail) = block_on(records::case_and_trail(&site.plant.store, &about)).unwrap().unwrap();
    let mut case = loaded.value;
    case.proposals.push(Proposal {
        record: UpdatedRecord::Contact(ContactId::parse("003").unwrap()),
        field: "No_Longer_At_Company__c".into(),
        before: Personal::default(),
        after: Personal::new("true"),
        why: Personal::new("Dana Fox has left"),
        state: ProposalState::Open,
    });
    let mut change = Change::new(None, trail, site.now());
    change.case(&case, Expect::Version(loaded.version));
    block_on(site.plant.outbox().commit(change, site.now())).unwrap();

    let page = site.get(&links(&app)[&Action::Open]);
    refused(&page, 200, "One update waits for somebody's word. It can be given in Slack alone");
    assert!(!page.body.contains("onfirm"), "{}", page.body);
    see_through(&app, site);
}

#[test]
fn a_body_of_any_size_or_kind_is_answered_below_500() {
    let app = told();
    let (site, links) = (Site::of(&app), links(&app));
    unchanged(&app, || {
        for (size, status) in
            [(0, 403), (1, 403), (MOST_BYTES, 403), (MOST_BYTES + 1, 413), (1 << 20, 413), (7 << 20, 413)]
        {
            let request = Request { body: vec![b'x'; size], ..post(std::iter::empty()) };
            assert_eq!(site.send(&request).status, status, "{size}");
        }
        let bytes = Request { body: vec![0xff; 100], ..post(std::iter::empty()) };
        assert_eq!(site.send(&bytes).status, 403);
        let nowhere = Request { path: "/somewhere".into(), ..look("GET", &links[&Action::GotIt]) };
        assert_eq!(site.send(&nowhere).status, 404);
    });
}
