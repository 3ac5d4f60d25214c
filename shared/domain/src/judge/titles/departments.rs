//! Departments, and the words that give them away.

use std::fmt;

/// The part of the company a title belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Department {
    /// The management of the whole company.
    Executive,
    /// Sales, accounts, business development.
    Sales,
    /// Customer success and experience.
    CustomerSuccess,
    /// Marketing, brand, content, events.
    Marketing,
    /// Engineering, software, technology.
    Engineering,
    /// Product management.
    Product,
    /// Information technology, networks, systems.
    It,
    /// Security of information and of places.
    Security,
    /// Finance, accounting, tax, audit.
    Finance,
    /// Law, compliance, contracts.
    Legal,
    /// People, talent, training.
    HumanResources,
    /// Operations, projects, processes.
    Operations,
    /// Purchasing, sourcing.
    Procurement,
    /// Supply chain, logistics, warehouse.
    SupplyChain,
    /// Production, plants.
    Manufacturing,
    /// Quality assurance and control.
    Quality,
    /// Customer service, help desk.
    Support,
    /// Data, analytics.
    Data,
    /// Research, science, laboratories.
    Research,
    /// Design, creative work.
    Design,
    /// Buildings, maintenance, property.
    Facilities,
    /// Offices, secretaries.
    Administration,
    /// Public relations, press.
    Communications,
    /// Care of patients.
    Health,
    /// Teaching.
    Education,
}

impl fmt::Display for Department {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Executive => "executive management",
            Self::Sales => "sales",
            Self::CustomerSuccess => "customer success",
            Self::Marketing => "marketing",
            Self::Engineering => "engineering",
            Self::Product => "product",
            Self::It => "information technology",
            Self::Security => "security",
            Self::Finance => "finance",
            Self::Legal => "legal",
            Self::HumanResources => "human resources",
            Self::Operations => "operations",
            Self::Procurement => "procurement",
            Self::SupplyChain => "supply chain",
            Self::Manufacturing => "manufacturing",
            Self::Quality => "quality",
            Self::Support => "support",
            Self::Data => "data",
            Self::Research => "research",
            Self::Design => "design",
            Self::Facilities => "facilities",
            Self::Administration => "administration",
            Self::Communications => "communications",
            Self::Health => "health care",
            Self::Education => "education",
        })
    }
}

/// Words and word pairs that name a department. A pair outranks a single word; otherwise the first to occur decides.
pub(super) const WORDS: &[(Department, &str)] = &[
    (
        Department::Sales,
        "sales, account, presales, business development, territory, revenue, commercial, channel, retail, \
         seller, salesperson, salesman, partnership, alliance, key account",
    ),
    (
        Department::CustomerSuccess,
        "customer success, client success, customer experience, client service, customer onboarding, customer, client",
    ),
    (
        Department::Marketing,
        "marketing, brand, advertising, campaign, seo, content, social media, demand generation, growth, marketer, \
         media, event, promotion, merchandising, product marketing",
    ),
    (
        Department::Engineering,
        "engineering, engineer, software, developer, dev, development, devops, programmer, architect, architecture, \
         technology, hardware, firmware, embedded, frontend, backend, mechanical, electrical, site reliability, \
         chief technology, chief technical",
    ),
    (Department::Product, "product, product management"),
    (
        Department::It,
        "information technology, information system, chief information, infrastructure, network, database, helpdesk, \
         system administrator, cloud, desktop, telecommunication, erp, crm, sap",
    ),
    (Department::Security, "security, cybersecurity, cyber, information security, cyber security"),
    (
        Department::Finance,
        "finance, accounting, accountant, treasury, treasurer, controller, comptroller, tax, audit, auditor, payroll, \
         credit, bookkeeper, bookkeeping, investment, investor, billing, pricing, actuary, actuarial, collection, \
         underwriter, underwriting, banking, account payable, account receivable, chief accounting",
    ),
    (
        Department::Legal,
        "legal, counsel, attorney, lawyer, law, paralegal, compliance, litigation, privacy, regulatory, contract, \
         solicitor, notary, judge",
    ),
    (
        Department::HumanResources,
        "human resource, people, talent, recruiting, recruitment, recruiter, benefit, compensation, personnel, \
         training, learning, diversity, culture, hrbp, workforce, talent acquisition, employee relation",
    ),
    (
        Department::Operations,
        "operation, operating, business operation, sales operation, sales enablement, marketing operation, \
         revenue operation, product operation, process, project, program, transformation, continuous improvement",
    ),
    (Department::Procurement, "procurement, purchasing, buyer, buying, sourcing, vendor, supplier"),
    (
        Department::SupplyChain,
        "supply chain, logistic, warehouse, inventory, distribution, shipping, transportation, fleet, freight, \
         dispatch, dispatcher, import, export, fulfillment, driver",
    ),
    (
        Department::Manufacturing,
        "manufacturing, production, plant, assembly, factory, machinist, welder, fabrication, tooling",
    ),
    (Department::Quality, "quality, quality assurance, quality control"),
    (
        Department::Support,
        "support, customer service, customer support, technical support, help desk, customer care, service desk, \
         call center, contact center",
    ),
    (
        Department::Data,
        "data, analytic, business intelligence, artificial intelligence, machine learning, statistician",
    ),
    (Department::Research, "research, scientist, science, laboratory, innovation, researcher, chemist, biologist"),
    (Department::Design, "design, designer, creative, user experience, user interface, art, graphic"),
    (
        Department::Facilities,
        "facility, maintenance, janitor, custodian, custodial, real estate, property, building, housekeeping, grounds",
    ),
    (Department::Administration, "admin, office, secretary, receptionist, clerical"),
    (Department::Communications, "communication, public relation, press, public affair, corporate affair"),
    (
        Department::Health,
        "nurse, nursing, clinical, patient, medical, physician, surgeon, surgical, pharmacy, pharmacist, therapist, \
         therapy, dental, health, hospital, hospice, radiology, rehabilitation",
    ),
    (
        Department::Education,
        "teacher, professor, school, lecturer, academic, faculty, student, curriculum, instructor, tutor, classroom",
    ),
];
