//! Nouns for what one person does, without saying over whom: an engineer, a nurse, an account executive.

/// True if the word names a doer. Words outside the list are judged by their ending.
pub(super) fn is_doer(word: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    word.len() >= 6
        && ends(&["ist", "ian", "eer", "yst", "tor", "der", "ger", "ker", "ner", "per", "ter", "ver", "zer", "yer"])
        && !NOT_DOERS.contains(&word)
}

/// Everyday words that end like a doer and are none.
const NOT_DOERS: &[&str] = &[
    "center",
    "career",
    "computer",
    "consumer",
    "customer",
    "cyber",
    "member",
    "partner",
    "border",
    "folder",
    "gender",
    "leader",
    "order",
    "powder",
    "tender",
    "vendor",
    "rider",
    "danger",
    "ledger",
    "charter",
    "cluster",
    "disaster",
    "filter",
    "letter",
    "matter",
    "monitor",
    "motor",
    "quarter",
    "sector",
    "shelter",
    "theater",
    "theatre",
    "water",
    "winter",
    "master",
    "chapter",
    "factor",
    "reactor",
    "corner",
    "container",
    "copper",
    "paper",
    "cover",
    "driver",
    "server",
    "silver",
    "river",
    "never",
    "over",
    "power",
    "tower",
    "weather",
    "rather",
    "other",
    "tractor",
    "vector",
    "semiconductor",
    "volunteer",
    "under",
    "semester",
    "print",
    "printer",
    "transfer",
    "super",
    "upper",
    "stakeholder",
    "shareholder",
    "newsletter",
    "register",
    "router",
    "scooter",
    "december",
    "september",
    "october",
    "november",
];

/// Nouns of doers, by field of work.
pub(super) const WORDS: &[&str] = &[
    "specialist, representative, analyst, engineer, consultant, advisor, agent, clerk, officer, expert, professional, \
     practitioner, worker, operator, technician, technologist, administrator, planner, strategist, generalist, member, employee, \
     staffer, contributor, freelancer, contractor, researcher, scientist, associate, buyer, broker, dealer, trader",
    "developer, programmer, architect, designer, tester, modeler, drafter, webmaster, hacker, modeller",
    "accountant, auditor, bookkeeper, cashier, teller, actuary, underwriter, economist, adjuster, appraiser, banker, \
     estimator, examiner, assessor, collector, processor",
    "attorney, lawyer, counsel, paralegal, solicitor, judge, notary, barrister, investigator, inspector, magistrate",
    "recruiter, trainer, coach, facilitator, instructor, teacher, tutor, lecturer, professor, educator, librarian, \
     counselor, mentor, fellow, scholar, student, curator, archivist, historian, proctor, grader, paraprofessional",
    "salesperson, seller, merchandiser, marketer, copywriter, writer, editor, author, journalist, reporter, blogger, \
     translator, interpreter, photographer, videographer, producer, artist, animator, illustrator, announcer, host, \
     spokesperson, publicist, actor, musician, dancer, singer, model, player, performer",
    "nurse, physician, doctor, surgeon, dentist, pharmacist, therapist, psychologist, psychiatrist, pathologist, \
     hygienist, midwife, paramedic, veterinarian, caregiver, dietitian, nutritionist, phlebotomist, radiologist, \
     sonographer, audiologist, optician, optometrist, chiropractor, anesthesiologist, cardiologist, pediatrician, \
     hospitalist, provider, rn, lpn, lvn, np, crna, cna, emt, aprn, lcsw",
    "electrician, plumber, carpenter, welder, machinist, mechanic, painter, mason, roofer, installer, assembler, \
     fabricator, repairer, builder, surveyor, driver, pilot, captain, courier, loader, packer, picker, stocker, \
     dispatcher, conductor, machinist, laborer, handyperson, craftsperson, servicer, fitter, millwright, lineman, \
     groundskeeper, gardener, landscaper, farmer, rancher, janitor, custodian, housekeeper, cleaner, guard, cook, \
     chef, baker, butcher, bartender, barista, waiter, server, steward, dishwasher, firefighter, detective, trooper, \
     soldier, sergeant, lieutenant, deputy, chaplain, pastor, priest, minister, rabbi",
    "secretary, receptionist, typist, transcriptionist, scheduler, expediter, buyer, controller, comptroller, treasurer, \
     registrar, scrum, evangelist, ambassador, liaison, advocate, negotiator, organizer, fundraiser, ombudsman, \
     biologist, chemist, physicist, geologist, geophysicist, mathematician, statistician, sociologist, anthropologist, \
     ecologist, forester, botanist, zoologist, toxicologist, epidemiologist, microbiologist, meteorologist, astronomer",
    "mitarbeiter, sachbearbeiter, verkaufer, referent, conseiller, berater, ombudsperson, lawyer",
    "sdr, bdr, swe, sde, sre, dba, csr, fae, ae, ba, se, ta, pa, pt, ot, slp, cpa, msw, ot",
];
