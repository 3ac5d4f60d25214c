//! The bot token, and where it is kept.

use std::error::Error;

use async_trait::async_trait;

/// Where the bot token is kept.
#[async_trait]
pub trait BotToken: Send + Sync {
    /// The token in force. `refused` is one that Slack has just refused: a newer one, if there is any.
    async fn token(&self, refused: Option<&str>) -> Result<String, Box<dyn Error + Send + Sync>>;
}

/// A token that stays as it is, such as one from the environment.
pub struct FixedToken(String);

/// Why a text is no bot token. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no bot token of Slack: copy the Bot User OAuth Token, which begins with xoxb-")]
pub struct NoToken;

impl FixedToken {
    /// Reads a token; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, NoToken> {
        let text = text.trim();
        match text.starts_with("xoxb-") && is_token(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(NoToken),
        }
    }
}

#[async_trait]
impl BotToken for FixedToken {
    async fn token(&self, _refused: Option<&str>) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok(self.0.clone())
    }
}

/// Whether a header can hold it.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_bot_token_is_refused_and_never_repeated() {
        assert!(FixedToken::parse(" xoxb-1-abc\n").is_ok());
        for text in ["", "xoxp-1-secret", "xapp-1", "xoxb-1 2", "xoxb-1\r\nX-Evil: 1", "bearer xoxb-1", "xoxb-ö"] {
            assert_eq!(FixedToken::parse(text).err(), Some(NoToken), "{text}");
        }
        assert!(!NoToken.to_string().contains("secret"));
    }
}
