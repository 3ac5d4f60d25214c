//! SES as far as a look at it goes, which moto does not go: the account, an identity, a configuration set.

use crate::stand_in::{self, Answer};

/// What SES says of the account and of the domain `us.example`.
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    pub out_of_sandbox: bool,
    pub verified: bool,
}

/// Starts it and returns where it listens.
pub(crate) fn start(standing: Standing) -> u16 {
    stand_in::start(move |path| answer(path, standing))
}

fn answer(path: &str, Standing { out_of_sandbox, verified }: Standing) -> Answer {
    match path.strip_prefix("/v2/email/").unwrap_or_default() {
        "account" => (200, "", format!(r#"{{"ProductionAccessEnabled":{out_of_sandbox},"SendingEnabled":true}}"#)),
        "identities/us.example" => (200, "", format!(r#"{{"VerifiedForSendingStatus":{verified}}}"#)),
        "configuration-sets/good" => (200, "", r#"{"SendingOptions":{"SendingEnabled":true}}"#.to_owned()),
        _ => (404, "x-amzn-ErrorType: NotFoundException\r\n", r#"{"message":"there is none"}"#.to_owned()),
    }
}
