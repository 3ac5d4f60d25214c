//! Baton over a real Odoo with its demo data: people edit it as they do, and what Baton makes of that is looked up in it.
//!
//! `BATON_ODOO` says where it is (`http://127.0.0.1:18069`, database `crm`, login and password `admin`), and its database is as
//! it was installed. Without it nothing is tested here, which is told.

#![cfg(test)]

mod adapter;
mod app;
mod journey;
mod office;
