//! HTTPS to the services Baton works with: which addresses may be reached, and whether a failed request can have been received.
//!
//! No redirect is followed, no proxy is read from the environment, and every answer has an end.

#![forbid(unsafe_code)]

mod reach;
mod call;
mod client;
mod sign;
mod tls;

pub use call::{Answer, Broken, Call, form};
pub use client::Https;
pub use hyper::body::Bytes;
pub use hyper::header;
pub use hyper::{HeaderMap, Method};
pub use reach::{BadAddress, Blocked, Reach};
pub use sign::{BadKey, PrivateKey};
pub use url::Url;
