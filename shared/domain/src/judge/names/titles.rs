//! What stands around a person's name without being part of it: forms of address, degrees, generations.

/// Forms of address in front of a name, folded, without dots.
pub(super) fn is_honorific(word: &str) -> bool {
    HONORIFICS.contains(&word)
}

/// Degrees and memberships behind a name that are no surname anywhere we know of.
pub(super) fn is_degree(word: &str) -> bool {
    DEGREES.contains(&word)
}

/// Degrees that are also names, so that only a comma tells.
pub(super) fn is_degree_after_comma(word: &str) -> bool {
    is_degree(word) || DEGREES_OR_NAMES.contains(&word)
}

/// Which of several people of one name: 1 for senior, 2 for junior and second, 3 for third and so on.
pub(super) fn generation(word: &str) -> Option<u8> {
    match word {
        "sr" | "snr" | "senior" => Some(1),
        "jr" | "jnr" | "junior" | "ii" | "2nd" | "filho" => Some(2),
        "iii" | "3rd" | "neto" => Some(3),
        "iv" | "4th" => Some(4),
        _ => None,
    }
}

/// Small words that belong to the surname behind them.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

const HONORIFICS: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "doctor",
    "sir",
    "madam",
    "dame",
    "lord",
    "lady",
    "rev",
    "reverend",
    "fr",
    "father",
    "hon",
    "capt",
    "captain",
    "col",
    "colonel",
    "gen",
    "general",
    "lt",
    "maj",
    "major",
    "sgt",
    "herr",
    "frau",
    "hr",
    "fru",
    "ing",
    "dipl",
    "mag",
    "monsieur",
    "madame",
    "mme",
    "mlle",
    "mademoiselle",
    "m.",
    "sr",
    "sra",
    "srta",
    "senor",
    "senora",
    "don",
    "dona",
    "dott",
    "dottssa",
    "sig",
    "signor",
    "signora",
    "dhr",
    "mevr",
    "drs",
    "ir",
    "pan",
    "pani",
    "shri",
    "smt",
    "sri",
    "sheikh",
    "eng",
    "engr",
    "ca",
    "adv",
    "bc",
    "mgr",
    "mudr",
    "rndr",
    "judr",
    "doc",
    "dring",
];

const DEGREES: &[&str] = &[
    "phd", "dphil", "md", "mba", "msc", "bsc", "bsee", "msee", "meng", "beng", "btech", "mtech", "jd", "llm", "llb",
    "esq", "esquire", "cpa", "cfa", "pmp", "cissp", "cisa", "cism", "rn", "dds", "dmd", "pharmd", "edd", "dba", "mph",
    "mpa", "mfa", "ccie", "csm", "cspo", "acca", "fcca", "aca", "fca", "shrm", "sphr", "phr", "pe", "obe", "mbe",
    "cbe", "kbe", "qc", "kc", "csc", "mdiv", "rhia", "faia", "aia", "leed", "ret", "itil", "cscp", "cpim", "prince2",
    "emba", "bba", "bcom", "mcom", "usmc", "usn", "usaf",
];

const DEGREES_OR_NAMES: &[&str] = &[
    "ma", "ba", "bs", "ms", "do", "pt", "ca", "mr", "mrs", "dr", "prof", "np", "pa", "ra", "rd", "ot", "sc", "b", "m",
    "a", "ph", "d", "md", "se", "ing",
];

const PARTICLES: &[&str] = &[
    "van", "von", "vom", "zu", "zum", "zur", "de", "del", "della", "dello", "degli", "dei", "delle", "di", "da", "do",
    "dos", "das", "du", "des", "der", "den", "ten", "ter", "te", "la", "las", "los", "le", "el", "al", "bin", "ibn",
    "bint", "binti", "ben", "bar", "abu", "af", "av", "san", "santa", "st", "y", "e", "und", "dal", "dalla", "lo",
    "mac", "mc", "o", "op", "het", "in", "t",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_told_apart() {
        let check = |word, expected| assert_eq!(generation(word), expected, "{word}");
        check("jr", Some(2));
        check("sr", Some(1));
        check("iii", Some(3));
        check("smith", None);
    }
}
