//! Writes one field of one record, if it still holds what it held when a person was asked.

use domain::Personal;
use domain::ports::{CrmError, FieldUpdate, Updated, UpdatedRecord};
use https::Method;
use https::header::LAST_MODIFIED;
use serde_json::{Value, json};

use super::api::{Request, unintelligible};
use super::cells::Cells;
use super::fault::Fault;
use super::schema::Field;
use super::write::pause;
use super::{Org, Ready, soql};

/// How often it is looked again where somebody holds or changes the record at the same moment.
const TRIES: u32 = 4;
const WHAT: &str = "the confirmed change of a field";

/// Writes the field.
pub(super) async fn update(org: &Org, ready: &Ready, update: &FieldUpdate) -> Result<Updated, CrmError> {
    let (object, id) = match &update.record {
        UpdatedRecord::Contact(id) => ("Contact", id.as_str()),
        UpdatedRecord::Account(id) => ("Account", id.as_str()),
    };
    let name = ready.schema.named(object, &update.field);
    let field = name.and_then(|name| Some((name, ready.schema.field(object, name)?)));
    let Some((name, field)) = field.filter(|(_, field)| field.updateable && soql::is_id(id)) else {
        return Err(CrmError::Unusable(format!(
            "Salesforce does not let Baton's user write {object}.{}: give the user Edit on the field, or leave the proposal",
            update.field
        )));
    };
    let _alone = org.alone(id).await;
    let path = org.api.path(&format!("sobjects/{object}/{id}"));
    for attempt in 0..TRIES {
        let (now, modified) = read(org, &path, name).await?;
        if same(field, now.reveal(), update.after.reveal()) {
            return Ok(Updated::Written);
        }
        if !same(field, now.reveal(), update.before.reveal()) {
            return Ok(Updated::Changed { now });
        }
        let body = json!({ name: value(field, update.after.reveal()) });
        let request = Request::json(Method::PATCH, path.as_str(), &body).unmodified_since(modified.as_deref());
        match org.api.send(&request).await {
            Ok(_) => return Ok(Updated::Written),
            // Somebody was faster, or holds the record: what does it hold now?
            Err(Fault::Locked | Fault::Refused { status: 412, .. }) if attempt + 1 < TRIES => pause(attempt).await,
            Err(fault) => return Err(told(fault)),
        }
    }
    Err(Fault::Locked.about(WHAT))
}

/// What a field holds, and when its record was changed last, as it is told to whoever wants to change it.
async fn read(org: &Org, path: &str, field: &str) -> Result<(Personal, Option<String>), CrmError> {
    let answer = org.api.send(&Request::get(format!("{path}?fields={field}"))).await.map_err(told)?;
    let record: Value = serde_json::from_slice(&answer.body).map_err(|_| unintelligible().about(WHAT))?;
    let modified = answer.header(&LAST_MODIFIED).map(str::to_owned);
    Ok((Personal::new(record.cell(field).into_owned()), modified))
}

/// A record that is not there is no reason to begin a pass again.
fn told(fault: Fault) -> CrmError {
    match fault {
        Fault::Gone { code } => CrmError::Unusable(format!(
            "the record was deleted or merged in Salesforce ({code}), so its field was not written"
        )),
        fault => fault.about(WHAT),
    }
}

/// Whether two texts are the same value of a field.
fn same(field: &Field, one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    let numbers = || Some(one.parse::<f64>().ok()? == other.parse::<f64>().ok()?);
    match field.kind.as_str() {
        "boolean" => is_yes(one) == is_yes(other),
        "double" | "currency" | "percent" | "int" => numbers().unwrap_or(one == other),
        "date" | "datetime" => one.get(..10) == other.get(..10) && one.len().min(10) == other.len().min(10),
        // The same record, with or without the characters that guard against a lost capital.
        "reference" | "id" => one.get(..15).unwrap_or(one) == other.get(..15).unwrap_or(other),
        _ => one == other,
    }
}

fn value(field: &Field, text: &str) -> Value {
    let text = text.trim();
    match field.kind.as_str() {
        "boolean" => json!(is_yes(text)),
        _ if text.is_empty() => Value::Null,
        "double" | "currency" | "percent" | "int" => {
            text.parse::<serde_json::Number>().map_or_else(|_| json!(text), Value::Number)
        }
        _ => json!(text),
    }
}

fn is_yes(text: &str) -> bool {
    ["true", "1", "yes"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str) -> Field {
        Field { kind: kind.to_owned(), ..Field::default() }
    }

    #[test]
    fn values_are_compared_and_written_as_their_field_holds_them() {
        for (kind, one, other) in [
            ("boolean", "false", ""),
            ("boolean", "true", "Yes"),
            ("currency", "184000.0", "184000"),
            ("string", " Dana ", "Dana"),
            ("reference", "003000000000001", "003000000000001AAA"),
            ("date", "2026-11-02", "2026-11-02T00:00:00Z"),
        ] {
            assert!(same(&field(kind), one, other), "{kind} {one:?} {other:?}");
        }
        for (kind, one, other) in [("boolean", "true", ""), ("string", "Dana", "dana"), ("date", "2026-11-02", "")] {
            assert!(!same(&field(kind), one, other), "{kind} {one:?} {other:?}");
        }
        assert_eq!(value(&field("boolean"), "yes"), json!(true));
        assert_eq!(value(&field("string"), " "), Value::Null);
        assert_eq!(value(&field("double"), "12.5"), json!(12.5));
    }
}
