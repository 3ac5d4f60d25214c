//! What answers of one kind are verified with, or why there is nothing.

/// What answers of one kind are verified with.
#[derive(Debug)]
pub enum Verifier<'a, T> {
    /// It is there.
    With(&'a T),
    /// It should be there and cannot be read, so that no answer of this kind can be taken for now.
    Missing,
    /// No answers of this kind are taken, by choice.
    NotTaken,
}

impl<'a, T> Verifier<'a, T> {
    /// Of a deployment, whose secret is to hold it.
    pub fn needed(found: Option<&'a T>) -> Self {
        found.map_or(Self::Missing, Self::With)
    }

    /// Of one machine, where whoever starts it says what is taken.
    pub fn chosen(found: Option<&'a T>) -> Self {
        found.map_or(Self::NotTaken, Self::With)
    }
}
