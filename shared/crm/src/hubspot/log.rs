//! What a case writes: a note and a task for each step, under the contact and the company, each once.
//!
//! HubSpot has no key by which a repeated write would be known, and its search lags behind. So each carries a mark, the id of its
//! delivery, in its last line, and before anything is written the records that are associated with the contact are read by their ids,
//! the newest first, back to the day before the entry's.

use std::collections::BTreeMap;

use domain::ports::{CrmError, LogEntry, LogState, LogTask};
use domain::{AccountId, ContactId, DeliveryId, UserId};
use https::Method;
use jiff::Timestamp;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::HubSpot;
use super::html::{escaped, plain};
use super::objects::{Record, whole};
use super::values;

/// The most characters that HubSpot keeps of a body.
const LONGEST_BODY: usize = 65_536;
/// The most characters of a line that says what has become of a case, so that the latest ones stand in a body together.
const LONGEST_LINE: usize = 2_000;
/// The most characters of a task's title.
const LONGEST_SUBJECT: usize = 255;
const PARAGRAPH_ENDS: &str = "</p>";
/// Records that are looked through for one's own at once.
const LOOK: usize = 100;
/// How HubSpot numbers the associations of a note and of a task.
const NOTE: Kind = Kind { object: "notes", body: "hs_note_body", to_contact: 202, to_company: 190 };
const TASK: Kind = Kind { object: "tasks", body: "hs_task_body", to_contact: 204, to_company: 192 };

/// Notes or tasks.
struct Kind {
    object: &'static str,
    body: &'static str,
    to_contact: u32,
    to_company: u32,
}

/// Under which records something is written: at least one of them.
struct About {
    company: Option<String>,
    contact: Option<String>,
}

impl HubSpot {
    /// Writes those of the entry's note and tasks that are not there yet.
    pub(super) async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        let about = self.about(&entry.account, &entry.contact).await?;
        let notes = self.own(&about, &NOTE, &entry.id, entry.day).await?;
        if !notes.contains_key(&0) {
            let (subject, note) = (entry.subject.reveal(), entry.note.reveal());
            let body = body(&format!("{subject}\n\n{note}"), &mark(&entry.id, 0));
            self.write_note(&about, &body, entry.day, entry.owner.as_ref()).await?;
        }
        if entry.tasks.is_empty() {
            return Ok(());
        }
        let known = self.own(&about, &TASK, &entry.id, entry.day).await?;
        let missing: Vec<Value> = (1..)
            .zip(&entry.tasks)
            .filter(|(number, _)| !known.contains_key(number))
            .map(|(number, task)| self.task(&about, entry, number, task))
            .collect();
        for inputs in missing.chunks(LOOK) {
            let answer =
                self.api.write(Method::POST, "crm/v3/objects/tasks/batch/create", &json!({ "inputs": inputs })).await?;
            whole(answer)?;
        }
        Ok(())
    }

    /// Adds a line to the entry's note, and completes its tasks where nothing is left to do.
    pub(super) async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        let about = self.about(&state.account, &state.contact).await?;
        let line = line_of(state);
        let note = self.own(&about, &NOTE, &state.entry, state.logged).await?.remove(&0);
        match &note {
            Some(note) => self.add_line(note, &mark(&state.entry, 0), &line).await?,
            None => self.note_of_state(&about, state, &line).await?,
        }
        if state.ended {
            self.complete(self.own(&about, &TASK, &state.entry, state.logged).await?.into_values()).await?;
        }
        Ok(())
    }

    async fn add_line(&self, note: &Record, mark: &str, line: &str) -> Result<(), CrmError> {
        let body = note.raw(NOTE.body);
        if plain(body).lines().any(|known| known == line) {
            return Ok(());
        }
        let body = json!({ "properties": { NOTE.body: with_line(body, mark, line) } });
        self.api.write(Method::PATCH, &format!("crm/v3/objects/notes/{}", note.id), &body).await?;
        Ok(())
    }

    /// The note was deleted, or never written: the state has one of its own.
    async fn note_of_state(&self, about: &About, state: &LogState, line: &str) -> Result<(), CrmError> {
        let id = DeliveryId::of(&[state.entry.as_str(), state.words.reveal()]);
        if self.own(about, &NOTE, &id, state.day).await?.contains_key(&0) {
            return Ok(());
        }
        let body = body(&format!("{line}\n\nCase {}", state.case), &mark(&id, 0));
        self.write_note(about, &body, state.day, None).await
    }

    async fn complete(&self, tasks: impl Iterator<Item = Record>) -> Result<(), CrmError> {
        let open = tasks.filter(|task| task.text("hs_task_status") != "COMPLETED");
        let inputs: Vec<Value> =
            open.map(|task| json!({ "id": task.id, "properties": { "hs_task_status": "COMPLETED" } })).collect();
        for inputs in inputs.chunks(LOOK) {
            let answer =
                self.api.write(Method::POST, "crm/v3/objects/tasks/batch/update", &json!({ "inputs": inputs })).await?;
            whole(answer)?;
        }
        Ok(())
    }

    /// Of a contact that was deleted since it is written under the company, and of one that was merged under the record that answers
    /// to its id now.
    async fn about(&self, account: &AccountId, contact: &ContactId) -> Result<About, CrmError> {
        let company = self.api.batch("companies", &[account.as_str()], None, &["hs_object_id"]).await?.pop();
        let person = self.api.batch("contacts", &[contact.as_str()], None, &["hs_object_id"]).await?.pop();
        match (company, person) {
            (None, None) => Err(CrmError::Unusable(format!(
                "HubSpot has neither the contact {contact} nor the company {account} any more, so there is nothing to write under"
            ))),
            (company, person) => Ok(About { company: company.map(|it| it.id), contact: person.map(|it| it.id) }),
        }
    }

    /// The records of an entry that are there, by their numbers; of the note, which has none, nothing older is looked at than the
    /// note itself.
    async fn own(
        &self,
        about: &About,
        kind: &Kind,
        id: &DeliveryId,
        since: Date,
    ) -> Result<BTreeMap<usize, Record>, CrmError> {
        let (from, of) = match (&about.contact, &about.company) {
            (Some(contact), _) => ("contacts", contact.as_str()),
            (None, company) => ("companies", company.as_deref().unwrap_or_default()),
        };
        let mut ids = self.api.associated(from, kind.object, &[of]).await?.remove(of).unwrap_or_default();
        // The newest first.
        ids.reverse();
        let mut own = BTreeMap::new();
        let since =
            since.yesterday().and_then(|day| day.to_zoned(TimeZone::UTC)).map_or(Timestamp::MIN, |day| day.timestamp());
        for some in ids.chunks(LOOK) {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            let properties = [kind.body, "hs_task_status", "hs_createdate"];
            let records = self.api.batch(kind.object, &some, None, &properties).await?;
            let oldest = records.iter().filter_map(|record| values::time(record.text("hs_createdate"))).min();
            for record in records {
                if let Some(number) = number(&plain(record.raw(kind.body)), id) {
                    own.entry(number).or_insert(record);
                }
            }
            if oldest.is_some_and(|oldest| oldest < since) || own.contains_key(&0) {
                break;
            }
        }
        Ok(own)
    }

    async fn write_note(&self, about: &About, body: &str, day: Date, owner: Option<&UserId>) -> Result<(), CrmError> {
        let mut properties = json!({ "hs_timestamp": self.morning(day), NOTE.body: body });
        own_by(&mut properties, owner);
        let note = json!({ "properties": properties, "associations": associations(about, &NOTE) });
        self.api.write(Method::POST, "crm/v3/objects/notes", &note).await?;
        Ok(())
    }

    fn task(&self, about: &About, entry: &LogEntry, number: usize, task: &LogTask) -> Value {
        let subject: String = task.subject.reveal().chars().take(LONGEST_SUBJECT).collect();
        let body = body(&format!("{}\n\nCase {}", task.why, entry.case), &mark(&entry.id, number));
        let mut properties = json!({
            "hs_timestamp": self.morning(task.due),
            "hs_task_subject": subject,
            "hs_task_body": body,
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": "MEDIUM",
            "hs_task_type": "TODO",
        });
        own_by(&mut properties, task.owner.as_ref());
        json!({ "properties": properties, "associations": associations(about, &TASK) })
    }

    /// Nine in the morning of a day, where working days are reckoned.
    fn morning(&self, day: Date) -> String {
        let zone = self.config.calendar.zone.clone();
        let at = day.to_datetime(time(9, 0, 0, 0)).to_zoned(zone).map(|at| at.timestamp());
        at.unwrap_or_else(|_| self.api.now()).to_string()
    }
}

/// The mark of an entry's note, or of one of its tasks.
fn mark(id: &DeliveryId, number: usize) -> String {
    if number == 0 { format!("Baton {id}") } else { format!("Baton {id}-{number}") }
}

/// Which of the entry's records this is, if it is one. The mark stands in a line of its own; whoever quotes it writes more than that.
fn number(plain: &str, id: &DeliveryId) -> Option<usize> {
    plain.lines().find_map(|line| {
        let behind = line.trim().strip_prefix("Baton ")?.strip_prefix(id.as_str())?;
        if behind.is_empty() { Some(0) } else { behind.strip_prefix('-')?.parse().ok() }
    })
}

/// A text as a body, the mark at its end whatever its length.
fn body(text: &str, mark: &str) -> String {
    let text: String = text.chars().take(LONGEST_BODY / 8).collect();
    let paragraphs: String =
        text.split("\n\n").map(|part| format!("<p>{}</p>", escaped(part).replace('\n', "<br>"))).collect();
    format!("{paragraphs}<p>{mark}</p>")
}

/// What has become of a case, in one line.
fn line_of(state: &LogState) -> String {
    let words = format!("{}: {}", state.day, state.words.reveal());
    let line: String = plain(&escaped(&words)).replace('\n', " ").chars().take(LONGEST_LINE).collect();
    line.trim_end().to_owned()
}

/// A body with a line at its end. Where that is more than HubSpot keeps, the oldest lines behind the mark go first; what people have
/// made too long by themselves is kept as text, from its beginning.
fn with_line(body: &str, mark: &str, line: &str) -> String {
    let line = format!("<p><strong>{}</strong></p>", escaped(line));
    let fits = |kept: usize| kept + line.chars().count() <= LONGEST_BODY;
    let end = body.find(mark).and_then(|at| Some(at + body.get(at..)?.find(PARAGRAPH_ENDS)? + PARAGRAPH_ENDS.len()));
    let (head, mut lines) = body.split_at(end.unwrap_or(body.len()));
    while let Some((_, later)) = lines.split_once(PARAGRAPH_ENDS)
        && !fits(head.chars().count() + lines.chars().count())
    {
        lines = later;
    }
    if fits(head.chars().count() + lines.chars().count()) {
        return format!("{head}{lines}{line}");
    }
    let text: Vec<String> = plain(head).lines().filter(|text| *text != mark).map(str::to_owned).collect();
    format!("{}{line}", self::body(&text.join("\n"), mark))
}

fn own_by(properties: &mut Value, owner: Option<&UserId>) {
    if let Some(owner) = owner {
        properties["hubspot_owner_id"] = owner.as_str().into();
    }
}

fn associations(about: &About, kind: &Kind) -> Value {
    let one = |id: &str, kind: u32| json!({ "to": { "id": id }, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind }] });
    let contact = about.contact.iter().map(|id| one(id, kind.to_contact));
    contact.chain(about.company.iter().map(|id| one(id, kind.to_company))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_a_line_of_its_own_and_nowhere_else() {
        let (id, other) = (DeliveryId::of(&["a"]), DeliveryId::of(&["b"]));
        let written = body("Dana has left.\nTwo lines.\n\nCase C-1", &mark(&id, 2));
        assert_eq!((number(&plain(&written), &id), number(&plain(&written), &other)), (Some(2), None));
        assert_eq!(number(&plain(&body("x", &mark(&id, 0))), &id), Some(0));
        assert_eq!(number(&format!("see Baton {id}"), &id), None);
        assert_eq!(number(&format!("Baton {id} was here"), &id), None);
    }

    #[test]
    fn what_is_written_is_text_and_as_long_as_hubspot_takes_it() {
        let hostile = body("<script>alert(1)</script> & \"you\"", "Baton d-1");
        assert_eq!(hostile, "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;you&quot;</p><p>Baton d-1</p>");
        let long = body(&"&".repeat(100_000), "Baton d-1");
        assert!(long.chars().count() <= LONGEST_BODY && long.ends_with("<p>Baton d-1</p>"));
    }

    #[test]
    fn a_body_that_is_full_loses_its_oldest_lines_and_never_its_mark_nor_the_latest() {
        let mut full = body("Dana has left.", "Baton d-1");
        for number in 0..100 {
            full = with_line(&full, "Baton d-1", &format!("{number}: {}", "&".repeat(LONGEST_LINE - 10)));
            assert!(full.chars().count() <= LONGEST_BODY);
        }
        let text = plain(&full);
        let starts: Vec<&str> = text.lines().map(|line| line.split('&').next().unwrap()).collect();
        assert_eq!(starts, ["Dana has left.", "Baton d-1", "94: ", "95: ", "96: ", "97: ", "98: ", "99: "]);

        for edited in [format!("<div>{}</div>", "<b>x</b> ".repeat(10_000)), format!("{}Baton d-1", "x".repeat(66_000))]
        {
            let cut = with_line(&edited, "Baton d-1", "99: closed");
            let text = plain(&cut);
            assert!(cut.chars().count() <= LONGEST_BODY && text.starts_with('x'));
            assert!(text.ends_with("Baton d-1\n99: closed"), "{}", &text[text.len() - 100..]);
        }
    }
}
