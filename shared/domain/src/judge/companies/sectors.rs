//! Lines of business: they tell two companies of one family or place apart, and say nothing alone.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Whether the word names a line of business.
pub(super) fn is_sector(word: &str) -> bool {
    SECTORS.contains_key(word)
}

/// Whether two words name lines of business that one company hardly ever follows under one name.
pub(super) fn far_apart(a: &str, b: &str) -> bool {
    matches!((SECTORS.get(a), SECTORS.get(b)), (Some(a), Some(b)) if a != b)
}

/// The industry of each word, as the place of its line.
static SECTORS: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let industries = INDUSTRIES.split(';').enumerate();
    industries.flat_map(|(at, words)| words.split_whitespace().map(move |word| (word, at))).collect()
});

/// One industry up to each semicolon, in the languages of the names one meets; folded, in the standard spelling.
const INDUSTRIES: &str = "
    bank banking bancorp bancshares insurance assurance mutual financial finance capital investment investments securities
    sparkasse volksbank raiffeisenbank raiffeisen sparbank sparkasser caixa caja cassa caisse kreditbank leasing versicherung
    versicherungen assurances assurance seguros assicurazioni verzekeringen forsakring forsikring ubezpieczenia pojistovna
    poistovna biztosito sigorta brokers brokerage wealth savings lending mortgage bausparkasse finanz finanzas finanza
    payments treasury reinsurance underwriting equity;
    airline airlines airways air aviation aerospace luftfahrt aerolineas flughafen airport airports;
    university college school academy schule ecole escuela scuola scuole szkola skola gymnasium lyceum lycee polytechnic
    hochschule fachhochschule uni egyetem akademie academie academia accademia kindergarten universiteti universitatea
    education campus faculty seminary;
    hospital hospitals clinic clinics medical health healthcare pharma pharmaceutical pharmaceuticals pharmacy apotheke
    apotek apteka farmacia pharmacie klinik klinikum kliniken krankenhaus hopital clinique hospitalier ospedale clinica
    ziekenhuis sykehus sygehus sjukhus szpital nemocnice korhaz hastanesi praxis arztpraxis zahnarzt dental dentistry
    dentist biotech biosciences therapeutics diagnostics surgical oncology veterinary wellness care optik optician optometry
    physiotherapie hospice nursing;
    energy power electric gas oil petroleum water utilities stadtwerke energie energia energi wasser strom elektrizitat
    solar wind renewables nuclear hydro drilling pipeline refining petrochemical electricity;
    mining steel aluminum aluminium metals metal metall stahl iron acier aceros acciaio foundry copper zinc bergbau
    minerals coal stahlbau;
    motor motors automotive auto autohaus cars trucks tyres tires fahrzeugbau automobile automobiles autos garage
    carrosserie;
    railway railways rail railroad bahn ferrovie ferrocarriles logistics logistik logistique logistica transport
    transportation transporte transportes trasporti spedition shipping freight cargo trucking courier haulage maritime
    reederei ferries cruises transit moving;
    telecom telekom telefon telefonica television tv radio media news times post press publishing verlag editions editorial
    editores books magazine zeitung broadcasting newspapers advertising werbung cinema pictures records music;
    food foods beverage beverages brewing brewery brewers brauerei brouwerij brasserie cerveceria winery weingut vineyards
    distillery dairy molkerei meat fleischerei metzgerei butcher bakery baeckerei backerei boulangerie panaderia panificio
    bakkerij piekarnia pekarstvi bageri restaurant restaurants ristorante restaurante cafe coffee pizza pizzeria catering
    lebensmittel alimentos agro farms seafood chocolate konditorei patisserie pasticceria gelateria kitchen diner grill;
    hotels hotel resorts casino inn inns suites hostel lodging tours travel reisen viajes viaggi voyages tourism reiseburo;
    retail stores store supermarkets supermarket market markets fashion apparel shoes clothing textiles textil tessuti mode
    moda furniture mobel meubles muebles jewelry jewelers juwelier bijouterie cosmetics beauty toys florist blumen
    fleurs flores flowers bloemen boutique outfitters sporting;
    realty properties property estate immobilien immobilier inmobiliaria immobiliare vastgoed fastigheter homes housing
    construction builders bau baugesellschaft construcciones construction costruzioni construtora budownictwo stavby
    bouw byggeri roofing plumbing dachdecker maler elektro installation heating tischlerei schreinerei menuiserie
    carpentry concrete cement;
    chemical chemicals chemie chimie quimica chimica plastics paints coatings;
    paper packaging printing druckerei imprimerie imprenta tipografia drukarnia tiskarna;
    faucet faucets appliances aircraft turbines elevators cranes bearings valves pumps tools;
    law lawyers solicitors attorneys kanzlei rechtsanwalte avocats abogados avvocati advocaten advokater notariat notaire
    accountants accounting steuerberater tax audit;
    church ministry county city state federal government council police army navy museum library theatre theater opera
    union club kirche eglise iglesia chiesa gemeinde kreis landkreis rathaus
    comune ayuntamiento commune charity court parliament embassy;
    security guards cleaning janitorial staffing recruitment recruiting";
