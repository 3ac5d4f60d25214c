//! The fields of a form or a query. A field that is there twice could be read in two ways, so it is none.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// Fields by their names.
pub(crate) struct Fields(BTreeMap<String, Option<String>>);

impl Fields {
    /// Reads what is encoded as a form.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            let value = Some(value.into_owned());
            fields.entry(name.into_owned()).and_modify(|known| *known = None).or_insert(value);
        }
        Self(fields)
    }

    /// A field that is there once.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }

    /// The text of a field without white space around it; blank where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }
}
