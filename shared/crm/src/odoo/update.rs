//! Writes one field that a person has confirmed, if it still holds what it held when that was proposed.

use domain::Personal;
use domain::ports::{CrmError, FieldUpdate, Updated, UpdatedRecord};
use serde_json::{Value, json};

use super::row::Row;
use super::{OdooCrm, PARTNER, number};

/// Reads, compares, writes.
pub(super) async fn write(odoo: &OdooCrm, update: &FieldUpdate) -> Result<Updated, CrmError> {
    let id = match &update.record {
        UpdatedRecord::Contact(id) => number(id.as_str())?,
        UpdatedRecord::Account(id) => number(id.as_str())?,
    };
    let field = update.field.as_str();
    let fields = odoo.partner_fields().await?;
    let kind = fields.get(field).map(|field| field.kind.as_str()).ok_or_else(|| {
        CrmError::Unusable(format!("partners of this Odoo have no field {field}, so it cannot be updated"))
    })?;
    let rows = odoo.rpc.read(PARTNER, json!([["id", "=", id]]), &[field], 1).await?;
    let row = rows.first().ok_or_else(|| {
        CrmError::Unusable(format!("the partner {id}, of which {field} was to be updated, is not in Odoo any more"))
    })?;
    let now = held(row, field, kind);
    if is_same(&now, update.after.reveal(), kind) {
        return Ok(Updated::Written);
    }
    if !is_same(&now, update.before.reveal(), kind) {
        return Ok(Updated::Changed { now: Personal::new(now) });
    }
    let value = value(update.after.reveal().trim(), field, kind)?;
    let _: Value = odoo.rpc.call(PARTNER, "write", json!([[id], { field: value }]), json!({})).await?;
    Ok(Updated::Written)
}

/// What a field holds, as text: of another record its number.
fn held(row: &Row, field: &str, kind: &str) -> String {
    match kind {
        "many2one" => row.link(field).map(|id| id.to_string()).unwrap_or_default(),
        "boolean" => row.flag(field).to_string(),
        _ => row.text(field),
    }
}

/// White space around a text is nothing that a person has decided about; numbers may be written in more than one way.
fn is_same(one: &str, other: &str, kind: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    let is_number = matches!(kind, "integer" | "float" | "monetary");
    one == other
        || is_number && matches!((one.parse::<f64>(), other.parse::<f64>()), (Ok(one), Ok(other)) if one == other)
}

/// A text as the type of field takes it.
fn value(text: &str, field: &str, kind: &str) -> Result<Value, CrmError> {
    let wrong = |what: &str| CrmError::Unusable(format!("{field} takes {what}, and the update holds something else"));
    if text.is_empty() && kind != "boolean" {
        return Ok(Value::Bool(false));
    }
    Ok(match kind {
        "char" | "text" | "selection" => Value::from(text.replace('\0', "")),
        "date" => Value::from(text.parse::<jiff::civil::Date>().map_err(|_| wrong("a day"))?.to_string()),
        "boolean" => Value::from(text.parse::<bool>().map_err(|_| wrong("true or false"))?),
        "integer" | "many2one" => Value::from(text.parse::<i64>().map_err(|_| wrong("a number"))?),
        "float" | "monetary" => Value::from(text.parse::<f64>().map_err(|_| wrong("a number"))?),
        _ => return Err(CrmError::Unusable(format!("{field} is of the type {kind}, which Baton does not write"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_in_the_type_of_its_field_and_nothing_else() {
        assert_eq!(value("Director", "function", "char").unwrap(), json!("Director"));
        assert_eq!(value("", "parent_id", "many2one").unwrap(), json!(false));
        assert_eq!(value("12", "parent_id", "many2one").unwrap(), json!(12));
        assert_eq!(value("false", "active", "boolean").unwrap(), json!(false));
        for (text, kind) in [("Acme", "many2one"), ("soon", "date"), ("maybe", "boolean"), ("x", "html")] {
            assert!(value(text, "field", kind).is_err(), "{text} {kind}");
        }
    }
}
