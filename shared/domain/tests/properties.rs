//! What must hold of the judgement for any text whatever: it never panics, folding twice is folding once, what is silent in
//! one direction is silent in the other, and a rise seen backwards is a fall.

use domain::Personal;
use domain::crm::Seen;
use domain::finding::Verdict;
use domain::judge::{self, Around, text};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Words as they stand in CRMs, damaged ones among them, to be strung together in ways that nobody thought of.
const WORDS: [&str; 40] = [
    "VP",
    "Senior",
    "Director",
    "of",
    "Sales",
    "&",
    "and",
    "Leiter",
    "Einkauf",
    "directrice",
    "adjointe",
    "ehem.",
    "Acme",
    "GmbH",
    "Inc.",
    "S.A. de C.V.",
    "(UK)",
    "the",
    "O'Brien",
    "van den",
    "Müller",
    "MÃ¼ller",
    "&amp;",
    "%20",
    "<b>",
    "III",
    "Jr.",
    "n/a",
    "-",
    "retired",
    "阿里云",
    "Γεώργιος",
    "Мария",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "ﬁ",
    "１２３",
    "@",
    "😀",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..6).prop_map(|words| words.join(" ")),
        2 => "\\PC{0,40}",
        1 => any::<String>(),
        1 => "[a-zé&;#%<>/0-9 ]{0,60}",
        1 => (prop::sample::select(WORDS.to_vec()), 500_usize..2_000).prop_map(|(word, times)| word.repeat(times)),
    ]
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{1,5}(\\.[a-z]{1,5})?@(acme|contoso|gmail)\\.(com|de|example)",
        1 => words(),
        1 => Just(String::new()),
    ]
}

prop_compose! {
    fn seen()(
        name in words(), title in words(), company in words(), department in words(), email in address(),
        phone in "[+0-9 /()-]{0,16}", bounced in any::<bool>(), left in any::<bool>(), inactive in any::<bool>(),
    ) -> Seen {
        Seen {
            name: Personal::new(name), title, company, department, email: Personal::new(email), phone: Personal::new(phone),
            bounced, left, inactive, active: true, ..Seen::default()
        }
    }
}

fn judged(before: &Seen, after: &Seen) -> domain::finding::Finding {
    judge::contact(before, after, &Around::default())
}

fn titled(title: &str) -> Seen {
    Seen { title: title.to_owned(), active: true, ..Seen::default() }
}

fn named(name: &str) -> Seen {
    Seen { name: Personal::new(name), active: true, ..Seen::default() }
}

fn employed(company: &str) -> Seen {
    Seen { company: company.to_owned(), active: true, ..Seen::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, rng_seed: RngSeed::Fixed(26), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_two_sights_are_judged_with_a_confidence_that_is_one(before in seen(), after in seen()) {
        let finding = judged(&before, &after);
        prop_assert!((0.0..=0.99).contains(&finding.confidence), "{}", finding.confidence);
        prop_assert!(!finding.evidence.is_empty());
        prop_assert!(finding.verdict != Verdict::Away, "nobody has told of an absence");
    }

    #[test]
    fn a_contact_that_is_the_same_to_the_letter_alerts_nobody(one in seen()) {
        prop_assert_eq!(judged(&one, &one).verdict, Verdict::Cosmetic);
    }

    #[test]
    fn folding_twice_is_folding_once(raw in words()) {
        let once = text::fold(&raw);
        prop_assert_eq!(text::fold(&once), once);
    }

    #[test]
    fn a_title_that_is_respelled_is_respelled_in_both_directions(one in words(), other in words()) {
        let (there, back) = (judged(&titled(&one), &titled(&other)), judged(&titled(&other), &titled(&one)));
        let mirrored = match there.verdict {
            Verdict::Promoted => Verdict::Demoted,
            Verdict::Demoted => Verdict::Promoted,
            same => same,
        };
        // A title that says `former` is a departure in the one direction only.
        if there.verdict != Verdict::Departed && back.verdict != Verdict::Departed {
            prop_assert_eq!(mirrored, back.verdict, "{} / {}", one, other);
        }
    }

    #[test]
    fn who_a_person_is_does_not_depend_on_which_name_came_first(one in words(), other in words()) {
        let (there, back) = (judged(&named(&one), &named(&other)), judged(&named(&other), &named(&one)));
        // A note such as `retired` in the name is a departure in the one direction only.
        if there.verdict != Verdict::Departed && back.verdict != Verdict::Departed {
            prop_assert_eq!(there.verdict, back.verdict, "{} / {}", one, other);
        }
    }

    #[test]
    fn whether_two_names_are_one_company_does_not_depend_on_which_came_first(one in words(), other in words()) {
        let (there, back) = (judged(&employed(&one), &employed(&other)), judged(&employed(&other), &employed(&one)));
        // Somebody who has no company any more has left one; the way back is another matter.
        let ended = |v: Verdict| matches!(v, Verdict::Departed | Verdict::Unclear);
        if !ended(there.verdict) && !ended(back.verdict) {
            prop_assert_eq!(there.verdict, back.verdict, "{} / {}", one, other);
        }
    }
}
