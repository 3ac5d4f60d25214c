//! How the account stands: every fact with where it was read and when the source showed it.

use domain::context::{Context, Fact, Health};
use domain::crm::{Opportunity, Ticket, User};
use domain::days::full_day;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

use super::text::{date, distance, moment, name};

/// The facts as a table. A fact nobody knows is named below it, not guessed.
pub(super) fn facts(context: &Context, today: Date) -> Markup {
    let missing = missing(context);
    html! {
        table.facts {
            caption.unseen { "Facts about the account, each with its source" }
            thead {
                tr {
                    th scope="col" { "Fact" }
                    th scope="col" { "As it stood" }
                    th scope="col" { "Read from" }
                    th scope="col" { "As of" }
                }
            }
            tbody {
                (row("Account", &context.account, |it| name(it)))
                @if let Some(fact) = &context.status { (row("Status", fact, |it| name(it))) }
                @if let Some(fact) = &context.health { (row("Health", fact, |it| health(*it))) }
                @if let Some(fact) = &context.renewal { (row("Renewal", fact, |it| renewal(*it, today))) }
                @if let Some(fact) = &context.value { (row("Value a year", fact, |it| html! { (it) })) }
                @for fact in &context.opportunities { (row("Open opportunity", fact, opportunity)) }
                @for fact in &context.tickets { (row("Open support case", fact, ticket)) }
                @if let Some(fact) = &context.owner { (row("Owner", fact, user)) }
                @if let Some(fact) = &context.manager { (row("Owner’s manager", fact, user)) }
            }
        }
        @if !missing.is_empty() { p.soft.missing { "Not in the CRM: " (missing.join(", ")) "." } }
    }
}

fn row<T>(label: &str, fact: &Fact<T>, show: impl Fn(&T) -> Markup) -> Markup {
    html! {
        tr {
            th scope="row" { (label) }
            td.value { (show(&fact.value)) }
            td.source data-label="Read from" { (name(&fact.source)) }
            td.source data-label="As of" { (as_of(fact.as_of)) }
        }
    }
}

fn as_of(at: Timestamp) -> Markup {
    moment(at)
}

fn health(health: Health) -> Markup {
    html! {
        (health.now) " of 100"
        @if let Some(before) = health.month_ago {
            @let change = i16::from(health.now) - i16::from(before);
            span.soft {
                ", " (before) " a month ago"
                @if change < 0 { " (down " (change.abs()) ")" }
                @if change > 0 { " (up " (change) ")" }
            }
        }
    }
}

fn renewal(day: Date, today: Date) -> Markup {
    html! { (date(day)) ", " strong { (distance((day - today).get_days())) } }
}

fn opportunity(it: &Opportunity) -> Markup {
    html! {
        (name(&it.name))
        @if !it.stage.is_empty() { ", " (name(&it.stage)) }
        @if let Some(amount) = &it.amount { ", " (amount) }
        @if let Some(close) = it.close { span.soft { ", closes " (full_day(close)) } }
    }
}

fn ticket(it: &Ticket) -> Markup {
    html! {
        (name(&it.number)) " " (name(&it.subject))
        @if !it.priority.is_empty() {
            ", " @if it.is_urgent() { strong { (name(&it.priority)) } } @else { (name(&it.priority)) }
        }
    }
}

fn user(it: &User) -> Markup {
    html! {
        (name(it.name.reveal()))
        @if let Some(email) = &it.email { span.soft { " " (name(email.reveal())) } }
        @if !it.active { strong { " no longer active" } }
    }
}

fn missing(context: &Context) -> Vec<&'static str> {
    let mut missing = Vec::new();
    let mut note = |absent: bool, what| {
        if absent {
            missing.push(what);
        }
    };
    note(context.status.is_none(), "status");
    note(context.health.is_none(), "health");
    note(context.renewal.is_none(), "renewal date");
    note(context.value.is_none(), "value");
    note(context.owner.is_none(), "owner");
    missing
}
