//! How much a single word says about which company is meant, and which spelling of it stands for all.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::alignment::is_typo;
use super::sectors::is_sector;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nobody else is called that, as far as we know: the default.
    Own,
    /// An ordinary word or family name that many companies carry.
    Common,
    /// A line of business: tells two companies of one place or family apart, and says nothing alone.
    Sector,
    /// What a company appends without becoming another one: group, solutions, research.
    Generic,
    /// What carries a company's name and is an employer of its own: foundation, ventures.
    Offshoot,
    /// A country, region or city.
    Place,
    /// A small word between others.
    Link,
    /// A legal form, or the top-level domain in a name like “acme.io”.
    Legal,
}

/// The spelling that stands for all spellings of a word, if it is not the word itself.
pub(super) fn canonical(word: &str) -> Option<&'static str> {
    SPELLINGS.get(word).copied()
}

/// A plural says as much as its singular.
pub(super) fn kind(word: &str) -> Kind {
    let listed = |word: &str| KINDS.get(word).copied().or_else(|| is_sector(word).then_some(Kind::Sector));
    listed(word).or_else(|| listed(word.strip_suffix('s').filter(|stem| stem.len() > 3)?)).unwrap_or(Kind::Own)
}

/// The long general word or legal form that a word is a likely slip for.
pub(super) fn mistyped(word: &str) -> Option<&'static str> {
    OFTEN_MISTYPED.iter().copied().find(|right| is_typo(word, right))
}

static KINDS: LazyLock<HashMap<&'static str, Kind>> = LazyLock::new(|| {
    [
        (COMMON, Kind::Common),
        (GENERIC, Kind::Generic),
        (OFFSHOOTS, Kind::Offshoot),
        (super::places::PLACES, Kind::Place),
        (LINKS, Kind::Link),
    ]
    .into_iter()
    .flat_map(|(list, kind)| list.split_whitespace().map(move |word| (word, kind)))
    .collect()
});

static SPELLINGS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    ALIKE
        .lines()
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(standard, others)| others.split_whitespace().map(move |other| (other, standard)))
        .collect()
});

/// Long enough for a slip to be seen, and on so many names that slips are common.
const OFTEN_MISTYPED: &[&str] = &[
    "technologies",
    "technology",
    "corporation",
    "limited",
    "incorporated",
    "international",
    "communications",
    "communication",
    "solutions",
    "services",
    "software",
    "systems",
    "enterprises",
    "consulting",
    "university",
    "engineering",
    "industries",
    "networks",
    "development",
    "management",
    "information",
    "company",
    "insurance",
    "financial",
    "pharmaceutical",
    "pharmaceuticals",
    "construction",
    "logistics",
    "holdings",
    "partners",
    "foundation",
    "healthcare",
];

/// A general word written onto the name before it: “ZyxwvSolutions”. Shorter names before it are left alone, since
/// they may be one word with it.
pub(super) fn run_on(word: &str) -> Option<(&str, &str)> {
    let tail = RUN_ON.iter().find(|tail| word.len() >= tail.len() + 4 && word.ends_with(**tail))?;
    let (stem, tail) = word.split_at_checked(word.len() - tail.len())?;
    let whole = tail != "tech" || stem.len() > 4;
    (whole && stem.is_ascii() && kind(word) == Kind::Own && canonical(word).is_none()).then_some((stem, tail))
}

const RUN_ON: &[&str] = &[
    "solutions",
    "solution",
    "systems",
    "technologies",
    "technology",
    "software",
    "consulting",
    "networks",
    "services",
    "holdings",
    "holding",
    "group",
    "gruppe",
    "international",
    "industries",
    "engineering",
    "communications",
    "enterprises",
    "university",
    "tech",
    "corp",
    "gmbh",
];

const LINKS: &str = "of for de du des del della di da do dos das la le les el los al at in on am an im der die das den
    van von zu zur y e i te by von's l d no the a an og och und et and";

/// Names of units and tails. Lines of business stand in `sectors.rs`: there they decide.
const GENERIC: &str =
    "group holding international technology system solution software service network lab hosting cloud
    global worldwide enterprises industry venture partner associate consulting consultant consultancy digital
    online web internet it ict information infotech tech data computer computing communication telecommunication
    development research engineering innovation product professional managed management operation division department
    dept unit center branch office headquarters hq team subsidiary affiliate company firm brand business
    interactive platform application app mobility networking storage support security infrastructure
    europe emea apac latam regional shared delivery
    company's studio agency organization
    groupe grupa gruppe gruppo grupo koncern gruppen konzern holdco
    it-services services-it it's rd rnd opensource open source team's america's semiconductor electronics electronic
    corporate manufacturing";

const OFFSHOOTS: &str =
    "foundation trust institute institut association federation society fund endowment stiftung stichting
    fondation fundacion fundacao fondazione alumni chamber council league party";

const COMMON: &str = "first second third united general national american british english french german italian
    spanish dutch swiss swedish danish norwegian finnish russian chinese japanese indian korean canadian australian
    brazilian mexican european african asian arab arabian irish scottish deutsche francaise nippon royal
    north south east west northern southern eastern western northeast northwest southeast southwest central
    atlantic pacific arctic mediterranean alpine coastal continental universal metropolitan metro urban rural
    new old big great grand super mega micro mini macro nano multi omni pan trans inter intra meta neo pro prime premier
    premium select elite royal imperial crown king queen prince noble knight castle tower fortress shield guardian
    sentinel liberty freedom independence patriot eagle falcon hawk phoenix lion tiger bear wolf fox
    bull horse deer dolphin shark owl raven swan bee ant spider dragon griffin unicorn pegasus titan atlas apollo
    zeus hermes mercury venus mars jupiter saturn neptune orion sirius vega nova star stars sun moon sky earth world planet galaxy
    cosmos space lunar solar stellar polar aurora horizon summit peak pinnacle apex zenith vertex crest ridge hill
    hills mountain valley river lake ocean sea bay harbor port island beach shore coast forest wood woods oak pine
    cedar maple elm willow ash birch rose lily garden field fields meadow spring springs stone rock granite iron
    silver gold golden bronze copper diamond emerald ruby sapphire pearl crystal amber jade red blue green
    black white grey gray orange yellow purple violet scarlet crimson
    alpha beta gamma delta epsilon zeta theta kappa lambda sigma omega one two three four five six seven eight nine
    ten hundred thousand advanced applied integrated intelligent smart bright clear pure simple easy quick fast rapid
    swift agile dynamic active creative modern future next new innovative progressive strategic tactical critical
    vital core central key master main base point line edge link bridge gate gateway path way road street
    wave stream flow cross crossroads circle square cube sphere ring loop net mesh grid matrix vector pixel
    digital cyber virtual quantum logic logical code byte bit bits chip circuit signal sonic sound vision visual
    optic optical light spark flash fire flame ice snow storm thunder lightning wind rain
    life living human people person family home house care caring hope faith grace trust unity harmony peace joy
    happy best better good quality value choice fair true real right direct express speed mobile move motion
    drive driven travel trip journey voyage venture quest discovery explorer pioneer frontier voyager navigator
    compass anchor pilot captain beacon lighthouse signature standard classic heritage legacy tradition century
    millennium generation genesis origin source root roots seed growth harvest farm farms fresh natural nature organic bio eco
    geo thermo hydro aero astro chem med medi tele
    community public private independent cooperative allied alliance associated consolidated combined
    common commerce commercial trade trading traders industrial innovations design designs studio works
    workshop factory foundry forge mill tool tools machine machines robot robotics automation control controls
    instruments devices equipment supply supplies materials resource resources sciences science scientific research
    learning education training knowledge wisdom insight insights analytics intelligence think mind brain idea ideas
    concept concepts concept strategy advisors advisory planning marketing sales content brand social
    play game games gaming sport sports fitness music art arts film pictures entertainment
    apple oracle amazon target shell gap sprint visa block square zoom slack box stripe
    smith johnson williams brown jones garcia miller davis rodriguez martinez anderson taylor thomas moore jackson
    martin lee thompson white harris clark lewis robinson walker young allen wright scott green baker adams nelson
    hill carter mitchell roberts turner phillips campbell parker evans edwards collins stewart morris murphy cook
    rogers morgan cooper peterson reed bailey kelly howard ward cox richardson wood watson brooks bennett gray james
    hughes price myers long foster sanders ross powell sullivan russell hamilton graham wallace west cole hayes
    ford henry jordan alexander mason lincoln washington franklin madison jefferson monroe kennedy marshall grant
    mueller muller schmidt schneider fischer weber meyer wagner becker hoffmann koch bauer richter klein wolf
    singh kumar sharma patel gupta wang li zhang liu chen yang huang zhao wu zhou kim park tanaka suzuki sato
    john david michael robert william mary paul peter george charles daniel max sam victoria elizabeth
    saint san santa santo st credit debit allgemeine societe compagnie lloyd christian catholic
    mount mt fort enterprise technical tower partners";

/// Numerals, shortened and foreign spellings of generic words; plurals of words in the lists above.
const ALIKE: &str = "\
zero:0
one:1
two:2
three:3
four:4
five:5
six:6
seven:7
eight:8
nine:9
ten:10
group:grp groups
holding:holdings hldg hldgs
international:intl int'l internationales internazionali internacional internationale internazionale internasional
technology:technologies technologie technologien tecnologia tecnologias tecnologie teknologi tech techs
system:systems sys systemes sistemas sistemi systeme
solution:solutions soln solns soluciones solucoes soluzioni
software:softwares sw
service:services svc svcs servicios servicos servizi dienste
network:networks netwk
lab:labs laboratory laboratories laboratoire laboratorio laboratorios labor
hosting:hostings
cloud:clouds
global:globally
industry:industries inds industrie industrias industria
venture:ventures
partner:partners
associate:associates assoc assocs asociados associados associati associes associe
consulting:conseil
consultant:consultants
information:informacion informatik informatica informatique informations
computer:computers
communication:communications comms comm comunicaciones comunicacoes comunicazioni
telecommunication:telecommunications telecomunicaciones telecoms telecomms
development:developments dev
engineering:engineers engrg
innovation:innovations
product:products produkte
management:mgmt mgt
operation:operations ops
division:div divisions
center:centre centers centres ctr centro zentrum
office:offices
application:applications
app:apps
studio:studios
agency:agencies
institute:institutes inst instituto istituto
foundation:fdn fndn foundations
organization:organisation organizations organisations org
association:assn asociacion
semiconductor:semiconductors semi
electronics:elektronik electronica
manufacturing:mfg
platform:platforms
enterprises:entreprises entreprise
university:univ universitat universite universidad universita universiteit universitet univerzita uniwersytet universitatea
national:natl nacional nationale nazionale
bank:bk banco banque banca
saint:st ste sankt
mount:mt
brothers:bros
department:dept
railway:railways railroad
airline:airlines
hospital:hospitals
hotel:hotels
insurance:ins
eleven:11
twelve:12
twenty:20
twentyfirst:21st
ministry:min minist ministerium ministere ministerio ministero ministerie
polytechnic:politecnico polytechnique politecnica politechnika
technical:technische technisches teknisk tekniska techniczny
hundred:100
first:1st
second:2nd
third:3rd
fourth:4th
fifth:5th
government:govt
pharmaceutical:pharma pharmaceuticals pharm
marketing:mktg
construction:constr
equipment:equip
distribution:distr distrib
investment:investments invt
property:properties
security:securite sicherheit seguridad
defence:defense
color:colour colors colours
harbor:harbour
aluminum:aluminium
theatre:theater
jewelry:jewellery
fiber:fibre
program:programme
motor:motors
brewery:breweries
restaurant:restaurants
logistics:logistik logistique logistica
energy:energie energia energi
telecom:telekom
electrical:elec
federation:fedn federacion
commission:comm'n
vienna:wien vienne viena
munich:munchen muenchen
cologne:koln koeln colonia
zurich:zuerich
geneva:geneve genf ginevra ginebra
basel:basle bale
berne:bern
lucerne:luzern
milan:milano mailand
rome:roma
turin:torino
florence:firenze
venice:venezia venedig
naples:napoli
genoa:genova
lisbon:lisboa lissabon
porto:oporto
seville:sevilla
brussels:bruxelles brussel bruessel
antwerp:antwerpen anvers
ghent:gent
copenhagen:kobenhavn kopenhagen
gothenburg:goteborg goeteborg
warsaw:warszawa varsovie warschau
krakow:cracow cracovia krakau
wroclaw:breslau
prague:praha prag
bratislava:pressburg
bucharest:bucuresti bukarest
belgrade:beograd belgrad
athens:athina athen
moscow:moskva moskau moscou
kyiv:kiev kiew
nuremberg:nurnberg nuernberg
hanover:hannover
dusseldorf:duesseldorf
frankfurt:francfort
strasbourg:strassburg
beijing:peking
bangalore:bengaluru
mumbai:bombay
chennai:madras
kolkata:calcutta
gurgaon:gurugram
szeged:szegedi
germany:deutschland allemagne alemania germania
austria:oesterreich osterreich autriche
switzerland:schweiz suisse svizzera suiza
france:frankreich francia
italy:italia italie italien
spain:espana spanien espagne
brazil:brasil bresil
poland:polska polen pologne
netherlands:nederland niederlande holland
belgium:belgie belgique belgien
denmark:danmark
sweden:sverige schweden
norway:norge norwegen
finland:suomi
hungary:magyarorszag ungarn
czech:cesko ceska
slovakia:slovensko
croatia:hrvatska
serbia:srbija
turkey:turkiye
romania:romanien
mexico:mexique mexiko
japan:nippon
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_as_much_as_its_list() {
        let check = |word, expected| assert_eq!(kind(word), expected, "{word}");
        check("zyxwvu", Kind::Own);
        check("delta", Kind::Common);
        check("airline", Kind::Sector);
        check("solution", Kind::Generic);
        check("india", Kind::Place);
        check("of", Kind::Link);
    }

    #[test]
    fn spellings_of_one_word_share_one_standard_that_is_its_own() {
        for standard in SPELLINGS.values() {
            assert_eq!(canonical(standard), None, "{standard}");
        }
        assert_eq!(canonical("4"), Some("four"));
        assert_eq!(mistyped("tehcnologies"), Some("technologies"));
        assert_eq!(mistyped("tecnhology"), Some("technology"));
        assert_eq!(mistyped("zyxwvuts"), None);
        assert_eq!(canonical("laboratories"), Some("lab"));
    }
}
