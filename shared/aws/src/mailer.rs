//! `Mailer` on SES: one message, one recipient, one request. SES has no token by which a repetition would be recognised, so
//! nothing is ever sent twice by itself; what may have been sent is told apart from what was not.

use async_trait::async_trait;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::address::{mailbox, without_addresses};
use domain::feedback;
use domain::handler::told;
use domain::ports::{Mailer, MailerError, OutgoingMail};

use crate::Failure;
use crate::failure::Call;

/// The mail service, in SES.
pub struct SesMailer {
    client: aws_sdk_sesv2::Client,
    region: String,
    configuration_set: Option<String>,
}

/// What SES or the way to it said, in words without addresses.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

impl SesMailer {
    pub(crate) fn new(client: aws_sdk_sesv2::Client, region: &str, configuration_set: Option<&str>) -> Self {
        Self { client, region: region.to_owned(), configuration_set: configuration_set.map(str::to_owned) }
    }

    /// Opens the connection and finds out whether the account may send.
    pub async fn warm(&self) -> Result<(), Failure> {
        let about = Call { action: "ses:GetAccount", on: "SES account", set_in: "AWS_REGION" };
        let account = self.client.get_account().send().await.map_err(|e| about.failed(&e))?;
        if account.sending_enabled() {
            return Ok(());
        }
        Err(Failure::Unusable(
            "SES has paused sending for this account in this region: see the account's reputation in the SES console"
                .into(),
        ))
    }
}

#[async_trait]
impl Mailer for SesMailer {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError> {
        let to = mailbox(mail.to.reveal()).map_err(|why| {
            MailerError::Refused(format!(
                "the recipient's address is refused: {why}; correct it in the CRM or in the configuration"
            ))
        })?;
        let built = |e: aws_sdk_sesv2::error::BuildError| MailerError::Refused(e.to_string());
        let raw = RawMessage::builder().data(Blob::new(mail.mime.clone())).build().map_err(built)?;
        // By these its events are told from those of any other mail.
        let tags = feedback::tags(mail).into_iter();
        let tags = tags.map(|(name, value)| MessageTag::builder().name(name).value(value).build().map_err(built));
        let call = self
            .client
            .send_email()
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_email_tags(Some(tags.collect::<Result<_, _>>()?))
            .set_configuration_set_name(self.configuration_set.clone());
        let answer = call.send().await.map_err(|e| self.failed(&e))?;
        Ok(answer.message_id.map(|id| feedback::reference(&id, &self.region)))
    }
}

impl SesMailer {
    fn failed(&self, error: &SdkError<SendEmailError, HttpResponse>) -> MailerError {
        let said =
            |text: String| -> Box<dyn std::error::Error + Send + Sync> { Box::new(Said(without_addresses(&text))) };
        match error {
            SdkError::ConstructionFailure(_) => MailerError::Unavailable(said(told(error))),
            SdkError::DispatchFailure(failure) if failure.as_connector_error().is_some_and(never_connected) => {
                MailerError::Unavailable(said(told(error)))
            }
            SdkError::ServiceError(service) => {
                let code = error.code().unwrap_or_default();
                let message = error.message().unwrap_or("no reason was given");
                let status = service.raw().status().as_u16();
                self.answered(service.err(), status, code, without_addresses(message))
            }
            _ => MailerError::Unknown(said(told(error))),
        }
    }

    /// SES has answered, and with an error of the 4xx range it has not taken the mail.
    fn answered(&self, error: &SendEmailError, status: u16, code: &str, message: String) -> MailerError {
        let text = |remedy: &str| format!("SES refuses the mail ({code}): {message}; {remedy}");
        let (refused, unusable) =
            (|remedy: &str| MailerError::Refused(text(remedy)), |remedy: &str| MailerError::Unusable(text(remedy)));
        match error {
            SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_) => {
                MailerError::Unavailable(Box::new(Said(format!("{code}: {message}"))))
            }
            SendEmailError::MailFromDomainNotVerifiedException(_) => {
                unusable("verify the MAIL FROM domain of the sender's identity in SES")
            }
            SendEmailError::MessageRejected(_) => {
                unusable("verify the sender's address in SES, and leave the sandbox to write to people outside")
            }
            SendEmailError::AccountSuspendedException(_) | SendEmailError::SendingPausedException(_) => {
                unusable("see the account's reputation in the SES console")
            }
            SendEmailError::NotFoundException(_) => match &self.configuration_set {
                Some(name) => {
                    unusable(&format!("make the configuration set {name}, or correct BATON_CONFIGURATION_SET"))
                }
                None => unusable("verify the sender's address in SES"),
            },
            SendEmailError::BadRequestException(_) => refused("this is a fault of Baton, please report it"),
            _ if code.contains("AccessDenied") => {
                unusable("add ses:SendEmail and ses:SendRawEmail to the role that runs this")
            }
            _ if status == 429 || code.contains("Throttling") => {
                MailerError::Unavailable(Box::new(Said(format!("{code}: {message}"))))
            }
            // Credentials that have run out and the like: not taken, and later it may be.
            _ if (400..500).contains(&status) => MailerError::Unavailable(Box::new(Said(format!("{code}: {message}")))),
            _ => MailerError::Unknown(Box::new(Said(format!("status {status} {code}: {message}")))),
        }
    }
}

/// Whether it failed before there was a connection on which anything could have been written. The HTTP client tells this in
/// words alone; where it says nothing of connecting, the mail may have gone out.
fn never_connected(error: &aws_smithy_runtime_api::client::result::ConnectorError) -> bool {
    error.connection_metadata().is_none() && told(error).contains("client error (Connect)")
}
