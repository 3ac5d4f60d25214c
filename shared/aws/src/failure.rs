//! What a failed call means to whoever made it, whatever the service.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::handler::told;
use domain::ports::{BusError, CrmError, QueueError, StoreError};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Try later.
    #[error(transparent)]
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help; the text says with what.
    #[error("{0}")]
    Unusable(String),
}

/// What was called, for the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// As IAM names it: `dynamodb:GetItem`.
    pub(crate) action: &'a str,
    /// What it was about: `table baton`.
    pub(crate) on: &'a str,
    /// Where its name is set.
    pub(crate) set_in: &'a str,
}

/// What a service said, without the addresses and contents that its own error carries.
#[derive(Debug, thiserror::Error)]
#[error("{action} on the {on}: {code}{}", .said.as_ref().map_or_else(String::new, |said| format!(": {said}")))]
pub(crate) struct Answer {
    action: String,
    on: String,
    code: String,
    said: Option<String>,
}

impl Call<'_> {
    /// What this error means. A service that says no for good names what is missing and what to do.
    pub(crate) fn failed<E>(&self, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let Self { action, on, set_in } = self;
        let code = error.code().unwrap_or_default();
        // Some services put a name space before the code, and older ones have names of their own.
        match code.rsplit(['#', '.']).next().unwrap_or_default() {
            "ResourceNotFoundException"
            | "NonExistentQueue"
            | "QueueDoesNotExist"
            | "NoSuchBucket"
            | "NotFoundException" => Failure::Unusable(format!(
                "the {on} does not exist: deploy the stack of this function again, or correct {set_in}"
            )),
            "AccessDenied"
            | "AccessDeniedException"
            | "KmsAccessDenied"
            | "AuthorizationErrorException"
            | "AllAccessDisabled" => Failure::Unusable(format!(
                "{action} on the {on} is not allowed: add this permission to the role that runs this, or deploy the \
                     stack again{}",
                error
                    .message()
                    .filter(|said| said.contains("kms"))
                    .map_or("", |_| "; the key's policy must allow it too")
            )),
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch" => Failure::Unusable(format!(
                "the credentials are not accepted for {action} ({code}): sign in again, or check the machine's clock"
            )),
            "ValidationException" | "InvalidParameterValue" | "InvalidParameterValueException" | "MalformedDetail" => {
                Failure::Unusable(format!(
                    "{action} on the {on} was refused as invalid: {}",
                    error.message().unwrap_or("no reason was given")
                ))
            }
            _ => Failure::Unavailable(Box::new(self.answer(error))),
        }
    }

    fn answer<E>(&self, error: &SdkError<E, HttpResponse>) -> Answer
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let code = match (error.code(), error) {
            (Some(code), _) => code.to_owned(),
            (None, SdkError::ServiceError(service)) => format!("status {}", service.raw().status()),
            (None, SdkError::ResponseError(response)) => {
                format!("status {} and no answer that can be read", response.raw().status())
            }
            (None, SdkError::TimeoutError(_)) => "no answer in time".to_owned(),
            (None, other) => told(other),
        };
        let said = error.message().map(str::to_owned);
        Answer { action: self.action.to_owned(), on: self.on.to_owned(), code, said }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(source) => Self::Unavailable(source),
            Failure::Unusable(text) => Self::Unusable(text),
        }
    }
}

impl From<Failure> for QueueError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(source) => Self::Unavailable(source),
            Failure::Unusable(text) => Self::Unusable(text),
        }
    }
}

impl From<Failure> for BusError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(source) => Self::Unavailable(source),
            Failure::Unusable(text) => Self::Unusable(text),
        }
    }
}

impl From<Failure> for CrmError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(source) => Self::Unavailable(source),
            Failure::Unusable(text) => Self::Unusable(text),
        }
    }
}
