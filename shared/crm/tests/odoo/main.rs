//! What a real Odoo does not do on demand: break off, answer with pages, lose a session, hold more people than one page has.

#![cfg(test)]

mod broken;
mod server;
mod volume;
