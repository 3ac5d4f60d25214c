//! Every function of Baton in one process, over SQLite and files: the same handlers, fed the same events as on AWS.

pub mod adapters;
pub mod plant;
pub mod review;
