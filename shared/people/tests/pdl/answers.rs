//! What the adapter makes of answers, good and bad.

use domain::ports::{Answer, People};
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::stand_in::{Fault, StandIn};
use crate::{company, dana, nobody, provider, question};

#[test]
fn the_provider_keeps_the_contract() {
    let stand_in = StandIn::start();
    block_on(contracts::people_contract(&provider(&stand_in)));
}

#[test]
fn a_request_asks_for_no_more_than_is_needed_and_pays_for_nothing_that_would_not_be_believed() {
    let stand_in = StandIn::start();
    block_on(provider(&stand_in).look_up(&[dana(), question("c2", "Erik Lund", "", " Fabrikam ")])).unwrap();
    let fields = "full_name,job_title,job_company_name,job_start_date,job_last_verified,job_last_changed";
    let rest = |mut params: Value| {
        params["min_likelihood"] = json!(6);
        params["required"] = json!("job_company_name");
        params["data_include"] = json!(fields);
        params["include_if_matched"] = json!(true);
        params
    };
    let dana =
        json!({ "email": "dana.fox@northwindtraders.example", "name": "Dana Fox", "company": "Northwind Traders" });
    let erik = json!({ "name": "Erik Lund", "company": "Fabrikam" });
    assert_eq!(
        stand_in.state().bodies,
        [json!({ "requests": [
            { "metadata": { "at": 0 }, "params": rest(dana) },
            { "metadata": { "at": 1 }, "params": rest(erik) },
        ] })]
    );
}

#[test]
fn nobody_is_paid_for_who_is_too_unlikely_or_has_no_company() {
    let stand_in = StandIn::start();
    stand_in.state().records[0].likelihood = 5;
    stand_in.state().records[1].record["job_company_name"] = Value::Null;
    let erik = question("c2", "Erik Lund", "", "Fabrikam");
    assert_eq!(block_on(provider(&stand_in).look_up(&[dana(), erik])).unwrap(), [Answer::Nobody, Answer::Nobody]);
    assert_eq!(stand_in.state().paid, 0);
}

#[test]
fn who_cannot_be_found_by_anything_is_not_sent() {
    let stand_in = StandIn::start();
    let nameless = question("c9", "Dana Fox", " ", "");
    let provider = provider(&stand_in);
    let answers = block_on(provider.look_up(&[nameless.clone(), dana(), nameless.clone()])).unwrap();
    assert_eq!(company(&answers[1]), "contoso");
    for answer in [&answers[0], &answers[2]] {
        assert!(company(answer).starts_with("there is neither a mail address"), "{answer:?}");
    }
    assert_eq!(stand_in.state().bodies[0]["requests"].as_array().unwrap().len(), 1);
    block_on(provider.look_up(&[nameless])).unwrap();
    assert_eq!(stand_in.connections(), 1, "nobody to ask about, nothing to send");
}

/// What becomes of Dana and of somebody unknown where the entries are changed on their way.
fn changed(change: fn(&mut Vec<Value>)) -> [String; 2] {
    let stand_in = StandIn::start();
    stand_in.next(Fault::Entries(change));
    let answers = block_on(provider(&stand_in).look_up(&[dana(), nobody()])).unwrap();
    [&answers[0], &answers[1]].map(|answer| company(answer).to_owned())
}

#[test]
fn an_entry_is_known_by_its_number_and_by_its_place_only_where_nothing_is_missing() {
    let none = "there is no entry for the question";
    let unnumbered =
        |entries: &mut Vec<Value>| entries.iter_mut().for_each(|e| drop(e.as_object_mut().unwrap().remove("metadata")));
    assert_eq!(changed(|entries| entries.reverse()), ["contoso", "nobody"]);
    assert_eq!(changed(unnumbered), ["contoso", "nobody"]);
    assert_eq!(changed(|entries| drop(entries.remove(0))), [none, "nobody"]);
    assert_eq!(
        changed(|entries| {
            entries.remove(0);
            entries[0]["metadata"] = Value::Null;
        }),
        [none, none]
    );
    assert_eq!(
        changed(|entries| entries[1]["metadata"]["at"] = json!(0)),
        ["there are several entries for one question", none]
    );
    assert_eq!(changed(|entries| entries[0]["metadata"]["at"] = json!(7_000_000_000_u64)), [none, "nobody"]);
}

#[test]
fn an_entry_that_is_no_record_spoils_no_other() {
    let unread = "the entry is no record";
    assert_eq!(changed(|entries| entries[1] = json!("rubbish")), ["contoso", unread]);
    assert_eq!(changed(|entries| entries[1] = json!({ "status": "two hundred" })), ["contoso", unread]);
    assert_eq!(changed(|entries| entries[1] = json!({ "status": 200, "data": "dana" })), ["contoso", unread]);
    assert_eq!(changed(|entries| entries[1] = json!({ "status": 200 })), ["contoso", "the entry has no record"]);
    assert_eq!(
        changed(|entries| entries[1]["status"] = json!(400)),
        ["contoso", "the question was refused with status 400 (not_found)"]
    );
}

#[test]
fn fields_of_any_type_are_read_as_far_as_they_are_texts() {
    let [what, _] = changed(|entries| entries[0]["data"]["job_company_name"] = json!(true));
    assert_eq!(what, "the record names no company");
    let [what, _] = changed(|entries| {
        entries[0]["data"]["job_last_verified"] = json!(20_261_102);
        entries[0]["data"]["job_last_changed"] = json!("long ago");
    });
    assert_eq!(what, "the record does not say when it was last looked at");
    let [what, _] = changed(|entries| {
        let data = entries[0]["data"].as_object_mut().unwrap();
        data.retain(|field, _| matches!(field.as_str(), "job_company_name" | "job_last_changed"));
    });
    assert_eq!(what, "contoso");
}

#[test]
fn an_answer_without_a_likelihood_or_with_an_impossible_one_is_unlikely() {
    for likelihood in [Value::Null, json!("10"), json!(11), json!(-1), json!(1e308)] {
        let stand_in = StandIn::start();
        stand_in.next(Fault::Entries(|entries| entries[0]["likelihood"] = entries[0]["data"]["full_name"].take()));
        stand_in.state().records[0].record["full_name"] = likelihood.clone();
        let answers = block_on(provider(&stand_in).look_up(&[dana()])).unwrap();
        let Answer::Found { job, .. } = &answers[0] else { panic!("{answers:?}") };
        assert_eq!((job.likelihood, job.name.reveal()), (0, ""), "{likelihood}");
    }
}

#[test]
fn a_year_alone_is_no_day_on_which_a_job_began() {
    for (start, since) in [("2026", None), ("2026-10", Some("2026-10-01")), ("2026-10-05", Some("2026-10-05"))] {
        let stand_in = StandIn::start();
        stand_in.state().records[0].record["job_start_date"] = json!(start);
        let answers = block_on(provider(&stand_in).look_up(&[dana()])).unwrap();
        let Answer::Found { since: read, .. } = &answers[0] else { panic!("{answers:?}") };
        assert_eq!(read.map(|day| day.to_string()).as_deref(), since);
    }
}

#[test]
fn somebody_elses_record_is_handed_on_with_the_name_it_has() {
    let stand_in = StandIn::start();
    stand_in.state().records[0].record["full_name"] = json!("erik lund");
    let answers = block_on(provider(&stand_in).look_up(&[dana()])).unwrap();
    let Answer::Found { job, .. } = &answers[0] else { panic!("{answers:?}") };
    assert_eq!(job.name.reveal(), "erik lund", "whoever asked judges whether that is the person");
}
