//! Addresses that a mail may go to: one plain mailbox, nothing that a mail server could read as two or as a header. This is
//! the one rule for it, whoever sends.

use std::fmt;

/// Why an address is refused. It never repeats the address, which is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is none.
    #[error("there is no address")]
    Empty,
    /// More than SMTP carries.
    #[error("an address has at most 254 characters")]
    TooLong,
    /// No `@`, or more than one: a list, a quoted name, a slip.
    #[error("an address has exactly one @")]
    NotOneAt,
    /// Quotes, spaces, commas, line breaks, letters outside ASCII.
    #[error("the part before the @ may hold letters, digits and .!#$%&'*+/=?^_`{{|}}~- only")]
    Local,
    /// Not a host name; an international one has to be written `xn--…`, so that no look-alike passes.
    #[error("the part after the @ is no host name in ASCII letters, digits, dots and hyphens")]
    Domain,
}

/// The address of exactly one mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox(String);

/// Reads an address such as `dana+crm@northwind.example`; spaces around it are dropped.
pub fn mailbox(address: &str) -> Result<Mailbox, AddressError> {
    let address = address.trim_matches(' ');
    if address.is_empty() {
        return Err(AddressError::Empty);
    }
    if address.len() > 254 {
        return Err(AddressError::TooLong);
    }
    let Some((local, domain)) = address.split_once('@').filter(|(_, domain)| !domain.contains('@')) else {
        return Err(AddressError::NotOneAt);
    };
    if !is_local_part(local) {
        return Err(AddressError::Local);
    }
    if !domain.split('.').all(is_host_label) {
        return Err(AddressError::Domain);
    }
    Ok(Mailbox(address.to_owned()))
}

impl Mailbox {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox(•••@{})", self.domain())
    }
}

/// What a mail server says, without the addresses it names: a log and a record must not hold them.
pub fn without_addresses(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(|word| if word.contains('@') { "••• " } else { word }).collect()
}

fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty() && atom.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c))
    };
    local.len() <= 64 && local.split('.').all(is_atom)
}

fn is_host_label(label: &str) -> bool {
    let is_inside = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_inside && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_read() {
        for address in [
            "dana@northwind.example",
            "dana+crm@northwind.example",
            "csm@localhost",
            "o'neil@x.example",
            "a@xn--bcher-kva.example",
        ] {
            assert_eq!(mailbox(address).as_ref().map(Mailbox::as_str), Ok(address));
        }
        assert_eq!(mailbox(" dana@x.example ").map(|mailbox| mailbox.domain().to_owned()), Ok("x.example".to_owned()));
    }

    #[test]
    fn whatever_could_be_two_mailboxes_or_a_header_is_refused() {
        let check = |address: &str, error| assert_eq!(mailbox(address), Err(error), "{address:?}");
        check("", AddressError::Empty);
        check("   ", AddressError::Empty);
        check("dana", AddressError::NotOneAt);
        check("a@x.com,b@y.com", AddressError::NotOneAt);
        check("a@x.com\nBcc: b@y.com", AddressError::NotOneAt);
        check("a@x.com\nBcc:", AddressError::Domain);
        check("a@x.com\r\n", AddressError::Domain);
        check("\"<b@y>\"@x", AddressError::NotOneAt);
        check("\"b\"@x.com", AddressError::Local);
        check("Dana Fox <dana@x.com>", AddressError::Local);
        check("a b@x.com", AddressError::Local);
        check(".a@x.com", AddressError::Local);
        check("a..b@x.com", AddressError::Local);
        check("dаna@x.com", AddressError::Local);
        check("dana@nоrthwind.example", AddressError::Domain);
        check("dana@x.com\u{0}", AddressError::Domain);
        check("dana@x.com\u{2028}", AddressError::Domain);
        check("dana@", AddressError::Domain);
        check("dana@x..com", AddressError::Domain);
        check("dana@-x.com", AddressError::Domain);
        check("dana@[127.0.0.1]", AddressError::Domain);
        check(&format!("{}@x.com", "a".repeat(65)), AddressError::Local);
        check(&format!("a@{}.com", "x".repeat(300)), AddressError::TooLong);
    }

    #[test]
    fn what_a_server_says_names_no_address() {
        let said = "Email address is not verified. The following identities failed: Maya <maya@us.example>, x@y";
        assert_eq!(
            without_addresses(said),
            "Email address is not verified. The following identities failed: Maya ••• ••• "
        );
    }

    #[test]
    fn an_address_prints_masked() {
        assert_eq!(format!("{:?}", mailbox("dana@x.example")), "Ok(Mailbox(•••@x.example))");
    }
}
