//! Who knows where people work, one file each: a list that somebody keeps, and People Data Labs over HTTP.

mod dates;
mod jobs;
#[cfg(feature = "http")]
mod pdl;

pub use jobs::JobsCsv;
#[cfg(feature = "http")]
pub use pdl::{ApiKey, BadAddress, BadKey, PeopleDataLabs};
