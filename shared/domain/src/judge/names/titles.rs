//! What stands around a person's name without being part of it: forms of address, degrees, generations.

/// Forms of address in front of a name, folded, without dots.
pub(super) fn is_honorific(word: &str) -> bool {
    HONORIFICS.contains(&word)
}

/// Whether a form of address is a man's or a woman's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sex {
    Man,
    Woman,
}

pub(super) fn sex_of_address(word: &str) -> Option<Sex> {
    if MEN.contains(&word) {
        Some(Sex::Man)
    } else if WOMEN.contains(&word) {
        Some(Sex::Woman)
    } else {
        None
    }
}

const MEN: &[&str] = &[
    "mr",
    "sir",
    "herr",
    "herrn",
    "hr",
    "monsieur",
    "sr",
    "senor",
    "don",
    "senhor",
    "sig",
    "signor",
    "dhr",
    "meneer",
    "pan",
    "shri",
    "господин",
    "гн",
    "κυριος",
    "κος",
];

const WOMEN: &[&str] = &[
    "mrs",
    "ms",
    "miss",
    "madam",
    "lady",
    "dame",
    "frau",
    "fraulein",
    "fru",
    "froken",
    "frk",
    "madame",
    "mme",
    "mlle",
    "mademoiselle",
    "sra",
    "srta",
    "senora",
    "senorita",
    "dona",
    "senhora",
    "sigra",
    "signora",
    "signorina",
    "mevr",
    "mevrouw",
    "mw",
    "pani",
    "panna",
    "slecna",
    "smt",
    "shrimati",
    "kumari",
    "госпожа",
    "гжа",
    "κυρια",
    "κα",
];

/// What a doctorate is in, behind “Dr.”: “Dr. rer. nat.”.
pub(super) fn is_field_of_degree(word: &str) -> bool {
    FIELDS.contains(&word)
}

const FIELDS: &[&str] = &[
    "med", "rer", "nat", "phil", "jur", "habil", "hab", "dent", "vet", "h", "c", "hc", "pol", "oec", "theol", "ing",
    "biol", "techn", "iur", "univ", "mult", "paed", "agr", "psych", "sc", "inz", "lek", "fh", "tu", "eth", "spec",
];

/// Courtesy written behind a name in East Asia: “様”, “님”.
pub(super) fn is_courtesy_ending(c: char) -> bool {
    matches!(c, '様' | '殿' | '님' | '씨')
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
        "sr" | "snr" | "senior" | "i" | "1st" => Some(1),
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
    "maam",
    "dame",
    "lord",
    "lady",
    "rev",
    "reverend",
    "revd",
    "fr",
    "father",
    "hon",
    "honorable",
    "honourable",
    "rabbi",
    "imam",
    "pastor",
    "bishop",
    "capt",
    "captain",
    "cpt",
    "col",
    "colonel",
    "ltcol",
    "gen",
    "general",
    "lt",
    "lieut",
    "lieutenant",
    "maj",
    "major",
    "sgt",
    "sergeant",
    "cmdr",
    "commander",
    "adm",
    "admiral",
    "brig",
    "cpl",
    "ambassador",
    "amb",
    "senator",
    "sen",
    "congressman",
    "chancellor",
    "herr",
    "herrn",
    "frau",
    "fraulein",
    "hr",
    "fru",
    "froken",
    "frk",
    "ing",
    "dipl",
    "diplom",
    "diplkfm",
    "diplbetrw",
    "mag",
    "magister",
    "ddr",
    "univ",
    "priv",
    "habil",
    "rer",
    "jur",
    "monsieur",
    "madame",
    "mme",
    "mlle",
    "mademoiselle",
    "maitre",
    "docteur",
    "professeur",
    "veuve",
    "sr",
    "sra",
    "srta",
    "senor",
    "senora",
    "senorita",
    "dona",
    "lic",
    "licenciado",
    "licenciada",
    "arq",
    "ingeniero",
    "doctora",
    "profesor",
    "profesora",
    "dra",
    "profa",
    "senhor",
    "senhora",
    "engo",
    "enga",
    "doutor",
    "doutora",
    "exmo",
    "exma",
    "dott",
    "dottssa",
    "dottor",
    "dottore",
    "dottoressa",
    "sig",
    "sigra",
    "signor",
    "signora",
    "signorina",
    "avv",
    "avvocato",
    "cav",
    "arch",
    "onorevole",
    "dhr",
    "mevr",
    "mevrouw",
    "meneer",
    "mijnheer",
    "mw",
    "drs",
    "ir",
    "ds",
    "pan",
    "pani",
    "panna",
    "mgr",
    "inz",
    "dypl",
    "hab",
    "mudr",
    "rndr",
    "judr",
    "phdr",
    "paedr",
    "thdr",
    "pharmdr",
    "mvdr",
    "mddr",
    "rsdr",
    "bc",
    "bca",
    "mga",
    "doc",
    "slecna",
    "shri",
    "smt",
    "sri",
    "shrimati",
    "kumari",
    "sheikh",
    "shaikh",
    "sheik",
    "eng",
    "engr",
    "ca",
    "adv",
    "pandit",
    "hajji",
    "haji",
    "hadji",
    "hajj",
    "dato",
    "datuk",
    "puan",
    "encik",
    "cik",
    "bayan",
    "sayin",
    "uzm",
    "opr",
    "kyrios",
    "kyria",
    "kirios",
    "kiria",
    "гн",
    "гжа",
    "господин",
    "госпожа",
    "пан",
    "пані",
    "доктор",
    "профессор",
    "професор",
    "инж",
    "др",
    "κος",
    "κα",
    "κυριος",
    "κυρια",
    "δρ",
    "don",
    "г",
    "κ",
];

const DEGREES: &[&str] = &[
    "phd", "dphil", "md", "mba", "msc", "bsc", "bsee", "msee", "meng", "beng", "btech", "mtech", "jd", "llm", "llb",
    "llmm", "esq", "esquire", "cpa", "cfa", "pmp", "cissp", "cisa", "cism", "rn", "dds", "dmd", "pharmd", "edd", "dba",
    "mph", "mpa", "mfa", "ccie", "csm", "cspo", "acca", "fcca", "aca", "fca", "shrm", "sphr", "phr", "pe", "obe",
    "mbe", "cbe", "kbe", "qc", "kc", "csc", "mdiv", "rhia", "faia", "aia", "leed", "ret", "itil", "cscp", "cpim",
    "prince2", "emba", "bba", "bcom", "mcom", "usmc", "usn", "usaf", "scd", "drph", "dvm", "dnp", "psyd", "dsc",
    "engd", "mres", "mphil", "mlis", "mls", "mha", "mhsa", "msw", "lcsw", "lpc", "bsn", "msn", "crna", "facs", "facp",
    "frcs", "frcp", "mrcp", "mbbs", "mbchb", "frsa", "fcma", "cma", "cgma", "cima", "fcipd", "cipd", "mcips", "fcips",
    "cips", "cgeit", "crisc", "ceh", "cbap", "csp", "cmc", "cfp", "cfe", "chrp", "chrl", "gphr", "scp", "cpsm", "cpp",
    "cpcu", "clu", "chfc", "frm", "caia", "pgmp", "acp", "spc", "togaf", "ccna", "ccnp", "mcse", "cka", "peng", "ceng",
    "mciob", "friba", "riba", "mrics", "frics", "csci", "cphys", "dipl", "dipling", "diplkfm", "diplinf", "drsc",
    "drmed", "drphil", "bacc", "mmm", "sj", "osb", "ofm", "cssr", "mgr", "artd", "thd", "bca",
];

const DEGREES_OR_NAMES: &[&str] = &[
    "ma", "ba", "bs", "ms", "do", "pt", "ca", "mr", "mrs", "dr", "prof", "np", "pa", "ra", "rd", "ot", "sc", "b", "m",
    "a", "ph", "d", "md", "se", "ing", "csc", "drsc", "dis", "lic", "mag", "dipl", "arm", "safe", "aws", "op", "hons",
    "retd", "bw", "fh", "tu", "eth", "oec", "bc", "mgr", "mb", "chb",
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
