//! The seal of a form: only a page that was shown here, for this very link and not long ago, can send an answer.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};

use crate::Signer;

/// So long a page may be left open.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(12);

const FORM: &[u8] = b"baton form 1:";

/// Why a form is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It has no seal, or that of another link.
    #[error("the form did not come from this page")]
    Forged,
    /// The page was open for too long.
    #[error("the page was open for too long")]
    Old,
}

impl Signer {
    /// The seal of a form that is shown at `now` for this link, as it stands in the address.
    pub fn seal(&self, link: &str, now: Timestamp) -> String {
        let at = now.as_second();
        let signature = self.keys.current().sign(FORM, format!("{at}:{link}").as_bytes());
        format!("{at}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    /// Checks the seal of a form that has come back.
    pub fn check_seal(&self, link: &str, seal: &str, now: Timestamp) -> Result<(), FormError> {
        let (at, signature) = seal.split_once('.').ok_or(FormError::Forged)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| FormError::Forged)?;
        self.keys.signer_of(FORM, format!("{at}:{link}").as_bytes(), &signature).ok_or(FormError::Forged)?;
        let shown = at.parse().ok().and_then(|at| Timestamp::from_second(at).ok()).ok_or(FormError::Forged)?;
        if now.duration_since(shown) > GOOD_FOR { Err(FormError::Old) } else { Ok(()) }
    }
}
