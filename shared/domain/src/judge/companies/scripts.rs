//! Company names in other than Latin letters, put into Latin ones so that they can be compared at all.

use std::borrow::Cow;

use deunicode::deunicode;
use unicode_normalization::UnicodeNormalization;

/// A Latin rendering: business words are translated, the rest is transliterated. None if the name is Latin already.
/// Two names that agree only in this rendering are weak evidence.
pub(super) fn romanised(raw: &str) -> Option<String> {
    if raw.is_ascii() || !raw.chars().any(is_foreign) {
        return None;
    }
    let mut text: Cow<str> = raw.nfkc().collect::<String>().replace(['ъ', 'Ъ'], "а").replace('ё', "е").into();
    for (word, english) in BUSINESS_WORDS {
        if text.contains(word) {
            text = text.replace(word, &format!(" {english} ")).into();
        }
    }
    Some(deunicode(&text))
}

fn is_foreign(c: char) -> bool {
    c.is_alphabetic()
        && !matches!(c, '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{ff21}'..='\u{ff5a}')
}

/// Longer words stand before their parts. Legal forms, lines of business and the largest places; no names.
const BUSINESS_WORDS: &[(&str, &str)] = &[
    ("股份有限公司", "co ltd"),
    ("有限责任公司", "co ltd"),
    ("有限公司", "co ltd"),
    ("株式会社", "kk"),
    ("有限会社", "kk"),
    ("合同会社", "gk"),
    ("合名会社", "kk"),
    ("合資会社", "kk"),
    ("一般社団法人", ""),
    ("股份公司", "co ltd"),
    ("有限責任公司", "co ltd"),
    ("有限责任合伙", "llp"),
    ("有限合伙", "lp"),
    ("유한책임회사", "co ltd"),
    ("合资公司", "co ltd"),
    ("(株)", "kk"),
    ("주식회사", "co ltd"),
    ("(주)", "co ltd"),
    ("유한회사", "co ltd"),
    ("ООО", "ooo"),
    ("ОАО", "oao"),
    ("ЗАО", "zao"),
    ("ПАО", "pao"),
    ("ТОВ ", "tov "),
    ("АО ", "ooo "),
    ("จํากัด", "ltd"),
    ("มหาชน", ""),
    ("บริษัท", ""),
    ("ش.م.م", "ltd"),
    ("شركة", ""),
    ("集团", "group"),
    ("集團", "group"),
    ("グループ", "group"),
    ("ホールディングス", "holding"),
    ("그룹", "group"),
    ("控股", "holding"),
    ("公司", "company"),
    ("总部", "headquarters"),
    ("分公司", "branch"),
    ("信息技术", "information technology"),
    ("信息科技", "information technology"),
    ("科学技术", "science technology"),
    ("计算机", "computer"),
    ("云计算", "cloud computing"),
    ("云数据", "cloud data"),
    ("半导体", "semiconductor"),
    ("互联网", "internet"),
    ("研究所", "research institute"),
    ("研究院", "research institute"),
    ("实验室", "lab"),
    ("大学", "university"),
    ("大學", "university"),
    ("대학교", "university"),
    ("학교", "school"),
    ("学院", "college"),
    ("银行", "bank"),
    ("銀行", "bank"),
    ("은행", "bank"),
    ("保险", "insurance"),
    ("证券", "securities"),
    ("通信", "communication"),
    ("电信", "telecom"),
    ("電信", "telecom"),
    ("移动", "mobile"),
    ("电子", "electronics"),
    ("電子", "electronics"),
    ("电力", "power"),
    ("汽车", "automotive"),
    ("自動車", "automotive"),
    ("工業所", "industry"),
    ("铁路", "railway"),
    ("航空", "airline"),
    ("医院", "hospital"),
    ("技术", "technology"),
    ("技術", "technology"),
    ("科技", "technology"),
    ("信息", "information"),
    ("資訊", "information"),
    ("网络", "network"),
    ("網路", "network"),
    ("数据", "data"),
    ("软件", "software"),
    ("軟體", "software"),
    ("系统", "system"),
    ("系統", "system"),
    ("システム", "system"),
    ("サービス", "service"),
    ("ソフトウェア", "software"),
    ("テクノロジー", "technology"),
    ("服务", "service"),
    ("国际", "international"),
    ("國際", "international"),
    ("发展", "development"),
    ("中心", "center"),
    ("云", "cloud"),
    ("雲", "cloud"),
    ("中国", "china"),
    ("中國", "china"),
    ("日本", "japan"),
    ("香港", "hong kong"),
    ("台湾", "taiwan"),
    ("北京", "beijing"),
    ("上海", "shanghai"),
    ("深圳", "shenzhen"),
    ("广州", "guangzhou"),
    ("杭州", "hangzhou"),
    ("南京", "nanjing"),
    ("苏州", "suzhou"),
    ("成都", "chengdu"),
    ("武汉", "wuhan"),
    ("西安", "xian"),
    ("天津", "tianjin"),
    ("重庆", "chongqing"),
    ("贵州", "guizhou"),
    ("浙江", "zhejiang"),
    ("江苏", "jiangsu"),
    ("广东", "guangdong"),
    ("山东", "shandong"),
    ("四川", "sichuan"),
    ("湖南", "hunan"),
    ("湖北", "hubei"),
    ("東京", "tokyo"),
    ("大阪", "osaka"),
    ("技研", "research"),
    ("工业", "industry"),
    ("工業", "industry"),
    ("банк", "bank"),
    ("Банк", "bank"),
    ("банка", "bank"),
    ("университет", "university"),
    ("Университет", "university"),
    ("Группа", "group"),
    ("группа", "group"),
    ("система", "system"),
    ("Технологии", "technology"),
    ("технологии", "technology"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_scripts_become_latin_and_latin_ones_are_left_alone() {
        let check = |raw, expected: Option<&str>| {
            let latin = romanised(raw).map(|latin| latin.split_whitespace().collect::<Vec<_>>().join(" "));
            assert_eq!(latin.as_deref(), expected, "{raw}");
        };
        check("Größe SE", None);
        check("ООО Ромашка", Some("ooo Romashka"));
        check("北京大学", Some("beijing university"));
    }
}
