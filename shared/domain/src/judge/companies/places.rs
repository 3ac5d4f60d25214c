//! Countries, regions and cities that companies append to their names.

/// Folded single words; a place of several words is listed by its words where each says “place” on its own.
pub(super) const PLACES: &str = "
    afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus
    belgium bolivia bosnia botswana brazil brasil bulgaria cambodia cameroon canada chile china colombia congo croatia
    cuba cyprus czech czechia denmark ecuador egypt emirates england estonia ethiopia finland france georgia germany
    ghana greece guatemala honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan kazakhstan
    kenya korea kosovo kuwait latvia lebanon libya liechtenstein lithuania luxembourg macau macao macedonia madagascar malaysia malta
    mauritius mexico moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal netherlands holland
    nicaragua nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar romania russia
    rwanda scotland senegal serbia singapore slovakia slovenia spain sudan sweden switzerland syria taiwan tanzania
    thailand tunisia turkey uganda ukraine uruguay usa uk uae us u.s. venezuela vietnam wales yemen zambia zimbabwe
    deutschland osterreich schweiz suisse svizzera italia espana espanola mexicana polska cesko ceska slovensko magyarorszag
    romanien danmark norge sverige suomi nederland belgie belgique hellas turkiye rossiya nippon zhongguo eesti latvija
    hrvatska srbija slovenija oesterreich frankreich allemagne
    europe european asia africa america americas oceania scandinavia nordic nordics baltic balkans benelux iberia
    iberica dach emea apac apj latam mena anz asean gcc pacific caribbean gulf
    hong kong hongkong zealand guinea lanka arabia saudi africa rica rico salvador leone ivory coast kingdom states
    amsterdam ankara antwerp athens atlanta auckland austin bangalore bengaluru bangkok barcelona basel beijing peking belfast belgrade
    berlin bern birmingham bogota boston bratislava brisbane bristol brno brussels bucharest budapest
    cairo calgary cambridge canberra cardiff caracas casablanca changsha chengdu chennai chicago chongqing
    cincinnati cleveland cologne koln colombo columbus copenhagen cork curitiba dalian dallas darmstadt delhi denver detroit
    dhaka dongguan dortmund dresden dubai dublin dusseldorf duesseldorf edinburgh edmonton eindhoven essen florence foshan
    frankfurt fukuoka fuzhou gdansk geneva genoa ghent glasgow gothenburg goteborg graz grenoble guadalajara guangdong guangxi
    guangzhou guizhou guiyang gurgaon gurugram hague haifa hainan hamburg hangzhou hanoi hanover hannover harbin
    hebei hefei heidelberg helsinki henan hiroshima hokkaido hokuriku houston hubei hunan hyderabad istanbul izmir jaipur jakarta jeddah
    jerusalem jiangsu jiangxi jinan johannesburg kansai kanto karachi karlsruhe karlsruher katowice kazan kharkiv kiev kyiv kobe kolkata krakow kuala kunming
    kyoto kyushu lagos lahore lausanne leeds leipzig lille lima lisbon lisboa liverpool ljubljana lodz london
    lumpur luzern lyon madrid malaga manchester manila mannheim marseille melbourne memphis miami milan milano
    minneapolis minsk monterrey montreal montpellier moscow mumbai munich munchen muenchen nagoya nairobi nanjing naples
    nantes newcastle nice ningbo noida novosibirsk nurnberg nuremberg odessa okinawa osaka oslo ottawa oxford palermo paris perth philadelphia
    pittsburgh portland porto poznan prague praha pretoria pune qingdao quebec quito reykjavik riga rio riyadh rome roma
    rotterdam salzburg sapporo seattle seoul sendai seville shandong shanghai shanxi shaanxi shenyang shenzhen sichuan
    sofia stockholm strasbourg stuttgart suzhou sydney taipei tallinn tashkent tbilisi tehran tianjin tijuana tokyo toronto toulouse
    trondheim tunis turin torino utrecht valencia vancouver venice vienna wien vilnius warsaw warszawa wellington wroclaw
    wuhan wuxi xiamen xian yokohama zagreb zaragoza zhejiang zhengzhou zhuhai zurich
    alabama alaska arizona arkansas california carolina colorado connecticut delaware florida hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
    montana nebraska nevada hampshire jersey ohio oklahoma oregon pennsylvania dakota tennessee texas utah
    vienne firenze geneve genf napoli sevilla bruxelles brussel antwerpen kobenhavn moskva prag praha bombay madras calcutta cracow lucerne berne szeged venezia genova bucuresti beograd
    vermont virginia washington wisconsin wyoming ontario alberta manitoba saskatchewan queensland victoria tasmania
    bavaria bayern saxony catalonia andalusia tuscany lombardy bretagne brittany normandy flanders ulster";

/// Places of two words of which at least one is no place alone.
pub(super) fn is_pair(first: &str, second: &str) -> bool {
    PAIRS.iter().any(|pair| pair.0 == first && pair.1 == second)
}

const PAIRS: &[(&str, &str)] = &[
    ("united", "kingdom"),
    ("united", "states"),
    ("great", "britain"),
    ("united", "arab"),
    ("new", "zealand"),
    ("south", "africa"),
    ("south", "korea"),
    ("north", "america"),
    ("south", "america"),
    ("latin", "america"),
    ("central", "america"),
    ("middle", "east"),
    ("far", "east"),
    ("asia", "pacific"),
    ("hong", "kong"),
    ("sri", "lanka"),
    ("saudi", "arabia"),
    ("costa", "rica"),
    ("puerto", "rico"),
    ("el", "salvador"),
    ("czech", "republic"),
    ("dominican", "republic"),
    ("northern", "ireland"),
    ("new", "york"),
    ("new", "jersey"),
    ("new", "delhi"),
    ("new", "orleans"),
    ("new", "england"),
    ("new", "mexico"),
    ("new", "south"),
    ("san", "francisco"),
    ("san", "diego"),
    ("san", "jose"),
    ("san", "antonio"),
    ("los", "angeles"),
    ("las", "vegas"),
    ("salt", "lake"),
    ("kuala", "lumpur"),
    ("tel", "aviv"),
    ("abu", "dhabi"),
    ("sao", "paulo"),
    ("buenos", "aires"),
    ("rio", "janeiro"),
    ("mexico", "city"),
    ("cape", "town"),
    ("north", "carolina"),
    ("south", "carolina"),
    ("north", "dakota"),
    ("south", "dakota"),
    ("west", "virginia"),
    ("rhode", "island"),
    ("british", "columbia"),
    ("nova", "scotia"),
    ("den", "haag"),
    ("south", "australia"),
    ("western", "australia"),
    ("baden", "wurttemberg"),
    ("nordrhein", "westfalen"),
    ("north", "africa"),
    ("west", "africa"),
    ("east", "africa"),
    ("western", "europe"),
    ("eastern", "europe"),
    ("central", "europe"),
    ("northern", "europe"),
    ("southern", "europe"),
    ("south", "east"),
];

#[cfg(test)]
mod tests {
    use super::PLACES;

    #[test]
    fn places_are_folded_words() {
        let odd = |word: &&str| word.chars().any(|c| !(c.is_ascii_lowercase() || c == '.'));
        assert_eq!(PLACES.split_whitespace().find(odd), None);
    }
}
