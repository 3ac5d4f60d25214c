//! What a title says about the person's standing in the job: gone, filling in, away.

use std::collections::HashMap;
use std::sync::LazyLock;

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
    if !tokens.iter().any(|token| PHRASES.contains_key(&*token.text)) {
        return status;
    }
    status.is_former |= take_once(tokens);
    status.is_former |= take_phrases(tokens, Kind::Gone);
    status.is_on_leave |= take_phrases(tokens, Kind::Away);
    status.is_interim |= take_phrases(tokens, Kind::FillingIn);
    status
}

/// What a phrase says of the person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Once,
    Gone,
    Away,
    FillingIn,
}

/// By their first word, what they mean and all of their words.
type Phrases = HashMap<&'static str, Vec<(Kind, Vec<&'static str>)>>;

/// The phrases by their first word, the longest first.
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases: HashMap<&'static str, Vec<(Kind, Vec<&'static str>)>> = HashMap::new();
    for (kind, lists) in [(Kind::Once, ONCE), (Kind::Gone, GONE), (Kind::Away, AWAY), (Kind::FillingIn, FILLING_IN)] {
        for phrase in lists.iter().flat_map(|list| list.split(',')).map(str::trim) {
            let words: Vec<&'static str> = phrase.split(' ').collect();
            phrases.entry(words.first().copied().unwrap_or_default()).or_default().push((kind, words));
        }
    }
    for listed in phrases.values_mut() {
        listed.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
    }
    phrases
});

/// Words that call the job named after them a past one.
const ONCE: &[&str] = &[
    "former, formerly, ex, previously, erstwhile, onetime",
    "ehemaliger, ehemalige, ehemaligen, ehemals, ehemalig, ehem, fruherer, fruhere, frueherer, fruher, frueher, vormals, \
     vormalig, vormaliger, vormalige",
    "ancien, ancienne, anciennement, antiguo, antigua, exdirector, exgerente, antigo, antiga, precedente",
    "voormalig, voormalige, vml, voorheen, oud",
    "fd, fore detta, tidigare, tidligere, tidl, forhenvaerende, forhenv, fhv, tidlegare",
    "entinen, entisen, aiempi, byly, byla, dawny, dawna, dawniej",
];

/// Words and phrases for somebody who is no longer there. Linking words were dropped.
const GONE: &[&str] = &[
    "no longer company, no longer here, no longer employed, no longer there, no longer, has left company, has left, \
     left company, left organization, left organisation, left business, left firm, left job, left role, open work, \
     open opportunities, seeking new opportunities, seeking opportunities, seeking employment, looking new opportunities, \
     between jobs, career break, a d, past president, past chair, retired, retiree, emeritus, emerita, departed, \
     deceased, unemployed, terminated, resigned, laid off, pensioner, passed away, retd, ret, quit, dismissed, not company",
    "ruhestand, ausgeschieden, pensioniert, pensionar, rentner, verstorben, gekundigt, nicht mehr unternehmen, \
     nicht mehr, unternehmen verlassen, firma verlassen, ausser dienst, altersrente, freigestellt, entlassen",
    "retraite, retraitee, n'est plus, quitte societe, quitte entreprise, quitte, licencie, licenciee, demissionnaire, \
     decede, decedee, plus entreprise, plus poste",
    "jubilado, jubilada, retirado, retirada, ya no trabaja, ya no, cesado, cesada, fallecido, fallecida, despedido, \
     despedida, exempleado, dado baja, desvinculado, desvinculada, pensionado, pensionada",
    "aposentado, aposentada, reformado, reformada, desligado empresa, desligada empresa, desligado, desligada, demitido, \
     demitida, saiu empresa, saiu, nao trabalha mais, nao trabalha, nao esta mais, falecido, falecida, exonerado, \
     exonerada, dispensado, dispensada",
    "pensionato, pensionata, pensione, quiescenza, cessato, cessata, dimesso, dimessa, dimissionario, dimissionaria, \
     non piu azienda, non piu, non lavora piu, deceduto, deceduta, licenziato, licenziata",
    "gepensioneerd, pensioen, uit dienst, niet meer werkzaam, niet meer, vertrokken, ontslagen, overleden, ontslag",
    "pensionerad, pensionar, gatt i pension, gatt pension, pension, slutat, har slutat, avgatt, avgangen, avliden, \
     uppsagd, ej kvar, inte kvar, anstallning avslutad",
    "pensjonert, pensjonist, gatt i pensjon, gatt av pensjon, pensjon, sluttet, har sluttet, fratradt, gatt av, avgatt, \
     pensioneret, pensionist, stoppet, opsagt, fratraadt, fratradt, gaet pension, sagt opp, slutta, oppsagt, dod",
    "elakkeella, elakelainen, jaanyt elakkeelle, elakkeelle, lahtenyt, lopettanut, eronnut, irtisanottu, \
     ei enaa, emerita",
    "emerytowany, emerytowana, emeryt, emerytka, emeryturze, emerytura, odszedl, odeszla, nie pracuje, juz nie, \
     zwolniony, zwolniona",
];

const AWAY: &[&str] = &[
    "maternity leave, paternity leave, parental leave, sick leave, medical leave, family leave, mat leave, garden leave, \
     adoption leave, leave absence, leave, loa, sabbatical, elternzeit, mutterschutz, karenz, beurlaubt, \
     mutterschaftsurlaub, conge maternite, conge parental, conge paternite, conge, arret maladie, disponibilite",
    "baja maternal, baja maternidad, permiso maternidad, permiso parental, excedencia, baja, licencia maternidad, licencia, \
     licenca maternidade, licenca, baixa, baixa medica, maternita, congedo parentale, congedo, aspettativa",
    "zwangerschapsverlof, ouderschapsverlof, bevallingsverlof, verlof, langdurig ziek, ziek, krankgeschrieben, foraldraledig, foraldraledighet, tjanstledig, \
     mammaledig, pappaledig, permisjon, foreldrepermisjon, sykmeldt, sjukskriven, barsel, barselsorlov, orlov",
    "vanhempainvapaa, vanhempainvapaalla, aitiysloma, aitiyslomalla, hoitovapaa, hoitovapaalla, perhevapaa, \
     perhevapaalla, opintovapaa, opintovapaalla, virkavapaa, virkavapaalla, urlop macierzynski, urlopie macierzynskim, \
     urlop rodzicielski, urlop wychowawczy, urlopie, urlop",
];

const FILLING_IN: &[&str] = &[
    "interim, acting, ad interim, temporary, designate, elect, incoming, per interim, par interim, provisional, pro tem",
    "kommissarischer, kommissarische, kommissarisch, komm leiter, interimistisch, interimistischer, ubergangsweise",
    "interino, interina, interinamente, funciones, funcoes, exercicio, faisant fonction, provisoire, ff, \
     facente funzione, facente funzioni, provisorio, provisoria",
    "waarnemend, waarn, wnd, tijdelijk, ai interim",
    "tillforordnad, tilforordnad, tf, vikarierande, vikarie, vik, fungerende, fung, konstituert, konst, konstitueret, \
     midlertidig, vikar, vikarierende, tillfallig",
    "virkaatekeva, vt, vs, valiaikainen, viransijainen, po, pelniacy obowiazki, pelniaca obowiazki, tymczasowy, \
     tymczasowa, pelnomocny czasowo",
];

/// Short forms of acting that mean much else; they count where they come first and a job follows.
const FIRST_ONLY: &[&str] = &["vt", "vs", "po", "tf", "vik", "konst"];

/// Takes "former CEO" and the like. "CFO (formerly VP Finance)" and "CFO, ex-Acme" name an earlier post beside the present
/// one: that part goes, and the person stays.
fn take_once(tokens: &mut Vec<Token<'_>>) -> bool {
    let mut is_former = false;
    while let Some((at, length)) = (0..tokens.len()).find_map(|at| longest_at(tokens, at, Kind::Once).map(|n| (at, n)))
    {
        let end = (at + length..tokens.len())
            .find(|next| tokens.get(*next).is_some_and(|token| token.opens_part))
            .unwrap_or(tokens.len());
        let opens_part = tokens.get(at).is_some_and(|token| token.opens_part);
        let names_earlier_post = at > 0 && opens_part && end > at + length;
        if names_earlier_post {
            tokens.drain(at..end);
        } else {
            is_former = true;
            take_at(tokens, at, length);
        }
    }
    is_former
}

fn take_phrases(tokens: &mut Vec<Token<'_>>, kind: Kind) -> bool {
    let mut taken = false;
    let mut at = 0;
    while at < tokens.len() {
        match longest_at(tokens, at, kind) {
            Some(length) => {
                taken = true;
                let keeps_rank = tokens.get(at).is_some_and(|token| token.text == "past");
                take_at(tokens, at, if keeps_rank { 1 } else { length });
            }
            None => at += 1,
        }
    }
    taken
}

fn take_at(tokens: &mut Vec<Token<'_>>, at: usize, length: usize) {
    tokens.drain(at..at + length);
    if let Some(next) = tokens.get_mut(at) {
        next.opens_part |= at == 0;
    }
}

/// How many tokens the longest phrase that stands at a place covers.
fn longest_at(tokens: &[Token<'_>], at: usize, kind: Kind) -> Option<usize> {
    let first = &*tokens.get(at)?.text;
    if FIRST_ONLY.contains(&first) && (at > 0 || tokens.len() < 2) {
        return None;
    }
    // "Ex works" is a term of delivery, "ex officio" one of law.
    let next = tokens.get(at + 1).map_or("", |token| &token.text);
    if first == "ex" && matches!(next, "works" | "work" | "officio" | "post") {
        return None;
    }
    let rest = tokens.get(at..).unwrap_or_default();
    PHRASES.get(first)?.iter().find_map(|(of, words)| {
        let stands = words.len() <= rest.len() && words.iter().zip(rest).all(|(word, token)| token.text == *word);
        (*of == kind && stands).then_some(words.len())
    })
}
