//! What a title says about the person's standing in the job: gone, filling in, away.

use super::tokens::Token;

/// How the person stands to the job named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    pub is_former: bool,
    pub is_interim: bool,
    pub is_on_leave: bool,
}

/// Takes the words about standing out of the tokens.
pub(super) fn take(tokens: &mut Vec<Token<'_>>) -> Status {
    let mut status = Status::default();
    status.is_former |= take_phrases(tokens, GONE);
    status.is_on_leave |= take_phrases(tokens, AWAY);
    status.is_interim |= take_phrases(tokens, FILLING_IN);
    status
}

const GONE: &[&[&str]] = &[
    &["no", "longer", "company"],
    &["no", "longer", "here"],
    &["no", "longer", "employed"],
    &["no", "longer", "there"],
    &["no", "longer"],
    &["has", "left", "company"],
    &["has", "left"],
    &["left", "company"],
    &["left", "organization"],
    &["left", "organisation"],
    &["left", "business"],
    &["left", "firm"],
    &["left", "job"],
    &["left", "role"],
    &["open", "work"],
    &["open", "opportunities"],
    &["seeking", "new", "opportunities"],
    &["seeking", "opportunities"],
    &["seeking", "employment"],
    &["looking", "new", "opportunities"],
    &["between", "jobs"],
    &["career", "break"],
    &["a", "d"],
    &["former"],
    &["formerly"],
    &["previously"],
    &["ex"],
    &["past", "president"],
    &["past", "chair"],
    &["retired"],
    &["retiree"],
    &["emeritus"],
    &["emerita"],
    &["departed"],
    &["deceased"],
    &["unemployed"],
    &["terminated"],
    &["resigned"],
    &["ehemaliger"],
    &["ehemalige"],
    &["ehem"],
    &["ruhestand"],
    &["ausgeschieden"],
    &["ancien"],
    &["ancienne"],
    &["retraite"],
    &["retraitee"],
    &["jubilado"],
    &["jubilada"],
    &["aposentado"],
    &["pensionato"],
    &["gepensioneerd"],
    &["voormalig"],
    &["pensionerad"],
    &["pensjonert"],
    &["emerytowany"],
];

const AWAY: &[&[&str]] = &[
    &["maternity", "leave"],
    &["paternity", "leave"],
    &["parental", "leave"],
    &["sick", "leave"],
    &["medical", "leave"],
    &["family", "leave"],
    &["mat", "leave"],
    &["garden", "leave"],
    &["leave", "absence"],
    &["sabbatical"],
    &["elternzeit"],
    &["mutterschutz"],
];

const FILLING_IN: &[&[&str]] = &[
    &["interim"],
    &["acting"],
    &["ad", "interim"],
    &["temporary"],
    &["designate"],
    &["elect"],
    &["incoming"],
    &["kommissarischer"],
    &["kommissarische"],
    &["interino"],
    &["interina"],
];

fn take_phrases(tokens: &mut Vec<Token<'_>>, phrases: &[&[&str]]) -> bool {
    let mut taken = false;
    let mut at = 0;
    while at < tokens.len() {
        match phrases.iter().find(|phrase| stands_at(tokens, at, phrase)) {
            Some(phrase) => {
                taken = true;
                let keeps_rank = phrase.first() == Some(&"past");
                let end = at + if keeps_rank { 1 } else { phrase.len() };
                tokens.drain(at..end);
                if let Some(next) = tokens.get_mut(at) {
                    next.opens_part |= at == 0;
                }
            }
            None => at += 1,
        }
    }
    taken
}

fn stands_at(tokens: &[Token<'_>], at: usize, phrase: &[&str]) -> bool {
    phrase.iter().enumerate().all(|(offset, word)| tokens.get(at + offset).is_some_and(|token| token.text == *word))
}
