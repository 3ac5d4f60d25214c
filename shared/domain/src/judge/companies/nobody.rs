//! Entries in a company field that name no company: retired, self-employed, “n/a”.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::text::{fold, words};
use super::NoCompany;

/// What an entry says instead of a company; None if it may be one.
pub fn no_company(raw: &str) -> Option<NoCompany> {
    if raw.len() > LONGEST { None } else { no_company_folded(&fold(raw)) }
}

/// The same for an entry that was folded already.
pub(super) fn no_company_folded(folded: &str) -> Option<NoCompany> {
    if folded.len() > LONGEST {
        return None;
    }
    let spaced = words(folded).collect::<Vec<_>>().join(" ");
    if spaced.is_empty() {
        return (!folded.is_empty()).then_some(NoCompany::Placeholder);
    }
    meaning(&spaced).or_else(|| in_parts(folded)).or_else(|| retired_from(folded))
}

/// The entry itself, or without the words that people put around it.
fn meaning(spaced: &str) -> Option<NoCompany> {
    let whole = MEANINGS.get(spaced).copied();
    whole.or_else(|| {
        let mut bare = spaced;
        while let Some(rest) = AROUND.iter().find_map(|word| bare.strip_prefix(word)?.strip_prefix(' ')) {
            bare = rest;
        }
        if bare == spaced { None } else { MEANINGS.get(bare).copied() }
    })
}

/// “Laid off - open to work”: every part names no company, and the first that says why decides.
fn in_parts(folded: &str) -> Option<NoCompany> {
    if !folded.contains(SEPARATORS) {
        return None;
    }
    let parts: Option<Vec<NoCompany>> = folded
        .split(SEPARATORS)
        .map(|part| words(part).collect::<Vec<_>>().join(" "))
        .filter(|part| !part.is_empty())
        .map(|part| meaning(&part))
        .collect();
    let parts = parts?;
    parts.iter().find(|said| **said != NoCompany::Placeholder).or(parts.first()).copied()
}

/// “Retired from Acme”, “Retired (Acme)”; but Retired Teachers Association is one.
fn retired_from(folded: &str) -> Option<NoCompany> {
    let rest = folded.strip_prefix("retired")?.trim_start();
    let says_so = ["from ", "(", "- ", ", ", "/", "as of ", "since "].iter().any(|start| rest.starts_with(start));
    says_so.then_some(NoCompany::Retired)
}

const SEPARATORS: [char; 8] = ['-', '/', '|', ',', ';', '(', ')', '.'];

/// What stands before the entry proper.
const AROUND: &[&str] = &[
    "currently",
    "actively",
    "now",
    "presently",
    "recently",
    "fully",
    "happily",
    "newly",
    "temporarily",
    "proudly",
    "i am",
    "i m",
    "am",
    "is",
    "at present",
    "aktuell",
    "derzeit",
    "zurzeit",
    "actuellement",
    "actualmente",
    "atualmente",
    "attualmente",
    "obecnie",
    "in",
];

static MEANINGS: LazyLock<HashMap<String, NoCompany>> = LazyLock::new(|| {
    ENTRIES.iter().flat_map(|(said, entries)| entries.split(',').map(move |entry| (fold(entry), *said))).collect()
});

/// Longer texts are none of the entries.
const LONGEST: usize = 60;

/// Whole entries, punctuation as one space. Words that are also company names are left out.
const ENTRIES: &[(NoCompany, &str)] = &[
    (
        NoCompany::Retired,
        "retired, retiree, semi retired, retirement, early retirement, retd, ret d, pensioner, rentner, rentnerin,
        in rente, im ruhestand, ruhestand, pensionist, pensionistin, pensioniert, in pension, pensionar, emeritus, emerita,
        retraite, retraitee, a la retraite, en retraite, jubilado, jubilada, retirado, retirada, pensionista, pensionado,
        aposentado, aposentada, reformado, reformada, pensionato, pensionata, in pensione, gepensioneerd, met pensioen,
        pensioen, pensjonist, pensjonert, pensionerad, pensioneret, pa pension, elakelainen, elakkeella, emeryt, emerytka, na emeryturze,
        emerytura, duchodce, v duchodu, dochodca, na dochodku, nyugdijas, pensionar, umirovljenik, penzioner, upokojenec,
        emekli, pensioner, pensionarka, пенсионер, на пенсии, 退休, 已退休, 退職, 定年退職, 은퇴, متقاعد, συνταξιουχος",
    ),
    (
        NoCompany::Independent,
        "independent, independent consultant, independent contractor, independent professional, individual, self,
        self employed, selfemployed, self employment, self employed consultant, selfemployed consultant, freelance, freelancer,
        freelancing, freelance consultant, freelance writer, freelance designer, freelance developer, sole trader,
        sole proprietor, sole proprietorship, contractor, consultant, own business, my own business, my own company,
        entrepreneur, private, private person, private individual, privat, privatperson, prive, particulier, personal, hobbyist,
        selbstandig, selbststandig, selbstaendig, selbststaendig, selbstandige, selbststandige, freiberufler, freiberuflerin,
        freiberuflich, freelancerin, independant, independante, travailleur independant, auto entrepreneur, autoentrepreneur,
        micro entrepreneur, a mon compte, autonomo, autonoma, trabajador autonomo, por cuenta propia, cuenta propia, independiente,
        trabalhador independente, independente, por conta propria, conta propria, profissional liberal, libero professionista,
        lavoratore autonomo, partita iva, in proprio, zzp, zzper, zzp er, zelfstandige, zelfstandig, egen foretagare,
        egenforetagare, egen virksomhet, selvstendig, selvstaendig, selvstendig naeringsdrivende, yrittaja,
        samozatrudnienie, samozatrudniony, dzialalnosc gospodarcza, wlasna dzialalnosc, osvc, szco, zivnostnik, egyeni vallalkozo,
        liber profesionist, serbest, serbest meslek, самозанятый, фрилансер, ип, 自由职业, 自由职业者, 自営業, フリーランス,
        個人事業主, 프리랜서, 자영업",
    ),
    (
        NoCompany::Student,
        "student, studentin, students, studying, phd student, phd candidate, doctoral student, graduate student, grad student,
        undergraduate, undergraduate student, mba student, full time student, university student, college student,
        etudiant, etudiante, estudiante, estudante, studente, studentessa, studierende, studierender, doktorand, doktorandin,
        doctorant, doctorante, opiskelija, studerende, studerande, studentka, ogrenci, egyetemista, hallgato, студент, студентка,
        学生, 大学生, 학생",
    ),
    (
        NoCompany::Unemployed,
        "unemployed, not employed, not working, no job, jobless, out of work, between jobs, in between jobs,
        between roles, in between roles, between opportunities, between positions, in transition, career transition, job seeker, jobseeker, job seeking,
        seeking, seeking employment, seeking work, seeking new role, seeking a new role, seeking new position, job hunting, job search,
        looking, looking for work, looking for a job, looking for new job, looking for a new job, looking for a new role,
        looking for new role, looking for job, looking for opportunities, looking for new opportunities, looking for next opportunity,
        looking for a new opportunity, looking for my next role, open to work, opentowork, open to opportunities,
        open to new opportunities, open for work, available, available for work, available immediately, seeking opportunities,
        seeking new opportunities, seeking next opportunity, seeking a new opportunity, exploring opportunities,
        exploring new opportunities, laid off, made redundant, redundant, terminated, housewife, homemaker, stay at home mom, stay at home dad,
        stay at home parent, arbeitslos, arbeitssuchend, arbeitsuchend, auf jobsuche, auf arbeitssuche, auf stellensuche,
        stellensuchend, ohne beschaftigung, erwerbslos, hausfrau, sans emploi, au chomage, chomage, en recherche d emploi,
        recherche d emploi, demandeur d emploi, a la recherche d un emploi, en recherche active, a l ecoute du marche, desempleado,
        desempleada, en paro, en busca de empleo, buscando empleo, buscando trabajo, en busqueda de empleo, en busqueda activa,
        desempregado, desempregada, em busca de emprego, a procura de emprego, procurando emprego, em transicao,
        disoccupato, disoccupata, in cerca di lavoro, in cerca di occupazione, inoccupato, werkloos, werkzoekend,
        op zoek naar werk, arbetslos, arbetssokande, arbeidsledig, arbeidssoker, arbejdslos, ledig, jobsogende, tyoton,
        tyonhakija, bezrobotny, bezrobotna, szukam pracy, poszukuje pracy, nezamestnany, nezamestnana, hledam praci, hladam pracu,
        munkanelkuli, allaskereso, somer, in cautarea unui loc de munca, nezaposlen, nezaposlena, issiz, is ariyor, is ariyorum,
        безработный, ищу работу, в поиске работы, 待业, 求职中, 無職, 求職中, 무직, 구직중, 구직 중",
    ),
    (
        NoCompany::OnLeave,
        "career break, on career break, sabbatical, on sabbatical, sabbatical leave, sabbatjahr, sabattical, auszeit, gap year,
        on leave, leave of absence, parental leave, on parental leave, maternity leave, on maternity leave, paternity leave,
        on paternity leave, family leave, medical leave, sick leave, garden leave, gardening leave, elternzeit, mutterschutz,
        conge maternite, conge parental, conge sabbatique, baja maternal, excedencia, licenca maternidade, maternita,
        zwangerschapsverlof, foraldraledig, urlop macierzynski, materska dovolena, rodicovska dovolena, sabatico, anno sabbatico",
    ),
    (
        NoCompany::Placeholder,
        "n a, na, n k, k a, nil, nan, null, none, no, void, empty, blank, no company, no company name, no employer, no account, no affiliation,
        unaffiliated, not applicable, not available, not provided, not specified, not given, not known, not listed, not set,
        no data, no value, no name, noname, none given, none provided, missing, pending, to be determined, to be confirmed, to be advised, unspecified, undefined,
        undisclosed, confidential, private company, unknown, unknown company, unknown account, unbekannt, nicht bekannt, keine angabe,
        keine angaben, ohne angabe, inconnu, inconnue, non renseigne, non applicable, non communique, sans objet, aucun, aucune, desconocido,
        desconocida, no aplica, no disponible, sin empresa, sin datos, sin informacion, desconhecido, nao informado, nao aplicavel,
        nao se aplica, sem empresa, sconosciuto, non disponibile, non specificato, nessuno, nessuna, onbekend, niet van toepassing,
        nvt, n v t, geen, okand, ukjent, ukendt, ingen, tuntematon, nieznany, nieznana, brak, brak danych, nie dotyczy, neznamy,
        neznama, neuvedeno, neuvedene, ismeretlen, nincs, necunoscut, nepoznato, bilinmiyor, yok, keine, kein, ninguna, ninguno, nenhuma,
        nenhum, неизвестно, нет, не указано, 无, 未知, 暂无, 不明, なし, 該当なし, 없음, 미상,
        tbd, tba, tbc, test, tests, test company, test account, test inc, test ltd, test gmbh, testfirma, test firma, test co, test test, testing,
        company, company name, my company, your company, firma, empresa, entreprise, azienda, account, other, others, misc,
        miscellaneous, various, divers, diverse, sonstige, sonstiges, autre, autres, otro, otros, outro, outros, altro, dummy, dummy account, sample, sample account, example,
        example company, do not use, duplicate, delete, delete me, to delete, to be deleted, asdf, asdfasdf, asdfgh, qwerty, qwertz, foo, foobar, lorem ipsum, x, xx, xxx, xxxx, xxxxx,
        0, 00, 000, 123, 1234, 12345, 999, former employee",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_are_no_company_say_what_they_are() {
        let check = |raw, expected| assert_eq!(no_company(raw), expected, "{raw}");
        check("Retired", Some(NoCompany::Retired));
        check(" Self-Employed ", Some(NoCompany::Independent));
        check("Freelance", Some(NoCompany::Independent));
        check("student", Some(NoCompany::Student));
        check("N/A", Some(NoCompany::Placeholder));
        check("-", Some(NoCompany::Placeholder));
        check("", None);
        check("Laid off - open to work", Some(NoCompany::Unemployed));
        check("en recherche d’emploi", Some(NoCompany::Unemployed));
        check("Currently self-employed", Some(NoCompany::Independent));
        check("Retired from Zyxwv", Some(NoCompany::Retired));
        check("На пенсии", Some(NoCompany::Retired));
        check("退休", Some(NoCompany::Retired));
        check("On sabbatical", Some(NoCompany::OnLeave));
        check("Retired Teachers Association", None);
        check("Independent Bank", None);
        check("Test Systems Ltd", None);
    }
}
