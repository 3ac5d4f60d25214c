//! What Baton writes into Odoo: a note in the chatter of the person or the company, and an activity for each step.
//!
//! Everything is written with Odoo's own import under an external id (`baton.d-…`), which a database holds once: what is sent
//! again, or twice at the same time, is one record. A note that stands is never written again, because people may have gone on.

use domain::ports::{CrmError, LogEntry, LogState, LogTask};
use domain::{AccountId, CaseId, ContactId, DeliveryId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::html::{bold, paragraphs, shows};
use super::row::Row;
use super::trouble::{self, Trouble, unavailable};
use super::{OdooCrm, PARTNER, number};

const MESSAGE: &str = "mail.message";
const ACTIVITY: &str = "mail.activity";
/// The longest summary that an activity shows.
const SUMMARY: usize = 255;

/// Writes the steps and then the note, which says that all of it is there.
pub(super) async fn log(odoo: &OdooCrm, entry: &LogEntry) -> Result<(), CrmError> {
    if note(odoo, &entry.id).await?.is_some() {
        return Ok(());
    }
    let partner = place(odoo, &entry.contact, &entry.account).await?;
    steps(odoo, entry, partner).await?;
    let body = format!("{}{}", bold(entry.subject.reveal()), paragraphs(entry.note.reveal()));
    Ok(write_note(odoo, &entry.id, partner, &clip(entry.subject.reveal()), &body).await?)
}

/// Writes the state above the note, and closes what is left of the steps where nothing is left to do.
pub(super) async fn log_state(odoo: &OdooCrm, state: &LogState) -> Result<(), CrmError> {
    let line = format!("Baton: {}", state.words.reveal());
    match note(odoo, &state.entry).await? {
        Some(note) if shows(&note.text("body"), &line) => {}
        Some(note) => {
            let body = format!("{}{}", bold(&line), note.text("body"));
            let _: Value = odoo.rpc.call(MESSAGE, "write", json!([[note.id()?], { "body": body }]), json!({})).await?;
        }
        // Somebody has deleted the note, and the case goes on all the same.
        None => {
            let partner = place(odoo, &state.contact, &state.account).await?;
            let id = DeliveryId::of(&[state.entry.as_str(), state.words.reveal()]);
            let body = format!("{}{}", bold(&line), paragraphs(&format!("Case {}", state.case)));
            write_note(odoo, &id, partner, &clip(&line), &body).await?;
        }
    }
    if state.ended { close(odoo, &state.case).await } else { Ok(()) }
}

/// The note of a delivery, where it stands.
async fn note(odoo: &OdooCrm, id: &DeliveryId) -> Result<Option<Row>, CrmError> {
    let domain = json!([["message_id", "=", message_id(id)]]);
    Ok(odoo.rpc.read(MESSAGE, domain, &["body"], 1).await?.into_iter().next())
}

/// The person's record while the person is of the company that the case is about; else the company's.
async fn place(odoo: &OdooCrm, contact: &ContactId, account: &AccountId) -> Result<i64, CrmError> {
    let (contact, account) = (number(contact.as_str())?, number(account.as_str())?);
    let domain = json!([["id", "in", [contact, account]]]);
    let rows = odoo.rpc.read(PARTNER, domain, &["commercial_partner_id"], 2).await?;
    let row = |id: i64| rows.iter().find(|row| row.id().is_ok_and(|found| found == id));
    let is_of_it = row(contact).is_some_and(|row| row.link("commercial_partner_id") == Some(account));
    let there =
        if is_of_it { Some(contact) } else { row(account).or_else(|| row(contact)).map(Row::id).transpose()? };
    there.ok_or_else(|| {
        CrmError::Unusable(format!("neither the contact {contact} nor the company {account} is in Odoo any more, so nothing can be logged there"))
    })
}

async fn write_note(odoo: &OdooCrm, id: &DeliveryId, partner: i64, subject: &str, body: &str) -> Result<(), Trouble> {
    let fields = ["id", "message_id", "subject", "body", "message_type", "subtype_id/id"];
    let row = json!([external_id(id.as_str()), message_id(id), subject, body, "comment", "mail.mt_note"]);
    // Where it stands can only be said as a default: the import knows no references without a model of their own.
    let context = json!({ "default_model": PARTNER, "default_res_id": partner, "mail_create_nosubscribe": true });
    import(odoo, MESSAGE, &fields, vec![row], context).await
}

/// All steps at once; one by one where that is refused, so that somebody who may not be given one costs the others nothing.
async fn steps(odoo: &OdooCrm, entry: &LogEntry, partner: i64) -> Result<(), CrmError> {
    if entry.tasks.is_empty() {
        return Ok(());
    }
    let writer = odoo.rpc.user().await?;
    let step = |(at, task)| Step { entry, at, task, writer };
    let steps: Vec<Step<'_>> = entry.tasks.iter().enumerate().map(step).collect();
    match write_steps(odoo, partner, steps.iter().map(Step::assigned).collect()).await {
        Err(Trouble::Rejected(_)) => {}
        written => return Ok(written?),
    }
    for step in &steps {
        match write_steps(odoo, partner, vec![step.assigned()]).await {
            Err(Trouble::Rejected(_)) => write_steps(odoo, partner, vec![step.unassigned()]).await?,
            written => written?,
        }
    }
    Ok(())
}

struct Step<'a> {
    entry: &'a LogEntry,
    at: usize,
    task: &'a LogTask,
    /// The user of `ODOO_LOGIN`: Odoo has no activity that is nobody's.
    writer: i64,
}

impl Step<'_> {
    /// For whoever takes it, else for whoever the note is for.
    fn assigned(&self) -> Value {
        let user = self.task.owner.as_ref().or(self.entry.owner.as_ref());
        self.row(user.and_then(|user| number(user.as_str()).ok()).unwrap_or(self.writer))
    }

    /// For the user who writes it.
    fn unassigned(&self) -> Value {
        self.row(self.writer)
    }

    fn row(&self, user: i64) -> Value {
        let why = paragraphs(&format!("{}\n\nCase {}", self.task.why, self.entry.case));
        let id = external_id(&format!("{}-{}", self.entry.id, self.at + 1));
        let kind = "mail.mail_activity_data_todo";
        let summary = clip(self.task.subject.reveal());
        json!([id, "base.model_res_partner", kind, summary, why, self.task.due.to_string(), user])
    }
}

async fn write_steps(odoo: &OdooCrm, partner: i64, rows: Vec<Value>) -> Result<(), Trouble> {
    let fields = ["id", "res_model_id/id", "activity_type_id/id", "summary", "note", "date_deadline", "user_id/.id"];
    // Whoever is given a step hears of it from Baton, and not from Odoo too.
    let context = json!({ "default_res_id": partner, "mail_activity_quick_update": true });
    import(odoo, ACTIVITY, &fields, rows, context).await
}

/// Marks the steps of a case that are left as done. What was done before is no activity any more, or archived.
async fn close(odoo: &OdooCrm, case: &CaseId) -> Result<(), CrmError> {
    let domain = json!([["res_model", "=", PARTNER], ["note", "ilike", format!("Case {case}")]]);
    let open: Vec<i64> = odoo.rpc.call(ACTIVITY, "search", json!([domain]), json!({})).await?;
    if open.is_empty() {
        return Ok(());
    }
    let named = json!({ "feedback": format!("The case {case} has come to its end.") });
    match odoo.rpc.call::<Value>(ACTIVITY, "action_feedback", json!([open]), named).await {
        Err(Trouble::Rejected(what)) => Err(CrmError::Unusable(format!(
            "Odoo does not accept {what}: give the user of ODOO_LOGIN a mail address, without which Odoo closes no activity"
        ))),
        closed => Ok(closed.map(drop)?),
    }
}

/// The answer of Odoo's import.
#[derive(Deserialize)]
struct Imported {
    ids: Value,
    #[serde(default)]
    messages: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    message: String,
}

/// Writes records under external ids, all or none. The import tells what went wrong in words where others raise an error.
async fn import(odoo: &OdooCrm, model: &str, fields: &[&str], rows: Vec<Value>, context: Value) -> Result<(), Trouble> {
    let args = json!([fields, rows]);
    let imported: Imported = odoo.rpc.call(model, "load", args, json!({ "context": context })).await?;
    if imported.ids.is_array() {
        return Ok(());
    }
    let said = imported.messages.first().map(|refusal| refusal.message.as_str()).unwrap_or_default();
    Err(match trouble::kind(0, said, said, &format!("`load` on {model}")) {
        // The name of the error stands in the middle of the words, which are not repeated.
        Trouble::Rejected(_) => Trouble::Rejected(format!("`load` on {model}")),
        Trouble::Conflict(what) => {
            unavailable(format!("{what}: somebody else wrote the same record at that moment")).into()
        }
        other => other,
    })
}

fn external_id(id: &str) -> String {
    format!("baton.{id}")
}

/// By which the note is found again, hidden from whoever reads it.
fn message_id(id: &DeliveryId) -> String {
    format!("<{id}@baton>")
}

/// A text for a field that shows it as it is.
fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SUMMARY).collect()
}
