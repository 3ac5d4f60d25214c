//! First names that one person goes by: short forms, pet names and spellings of one name.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Whether one person may be called both. Both folded.
pub(super) fn may_be_one(a: &str, b: &str) -> bool {
    match (LINES_OF.get(a), LINES_OF.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|line| b.contains(line)),
        _ => false,
    }
}

static LINES_OF: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut lines_of: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, line) in GROUPS.lines().enumerate() {
        for name in line.split_whitespace() {
            lines_of.entry(name).or_default().push(index);
        }
    }
    lines_of
});

/// One line a name. A short form of several names stands on several lines, so that it joins each of them without
/// joining them to each other (Alex: Alexander, Alexandra).
const GROUPS: &str = "\
aaron ron ronnie
abigail abby abbie gail
abraham abe bram avraham
adam ad
adrian ade
albert al bert bertie albie
alberto beto al
alexander alex al alec sandy xander sasha aleksandr aleksander alexandre alessandro alejandro sascha lex alexandr oleksandr
alexandra alex sandra sandy sasha lexi aleksandra alessandra alejandra
alexis alex lexi
alexey aleksey aleksei alexei alyosha lyosha oleksiy alex
alfred al fred freddie alf
alice ali allie alicia
alison allison ali allie
allan alan allen al
alvin al
amanda mandy
amelia amy millie
anastasia nastya ana stacy anastasiya
andrew andy drew andrei andrey andrej andre andreas andres andrea andriy andrzej
andrei andrey andrej andriy
anatoly anatoliy tolya
angela angie angelika
ann anne anna annie anya ana hannah nancy
annemarie annie
anthony tony antony ant anton antonio
antonio tony toni antonino
archibald archie
arnold arnie
arthur art artie arturo
artem artyom tema
augustus gus august
barbara barb babs barbie
barnabas barney
bartholomew bart barth
beatrice bea trixie beatrix beatriz
benedict ben benny
benjamin ben benji benny benjy
bernard bernie barney bernhard
bernadette bernie
beth elizabeth
bradley brad
brandon brand
brian bryan bryon brayan
bridget biddy bridie brigid
bruce brucie
calvin cal
cameron cam
carl karl carlo
carlos charlie
caroline carol carrie caro lina carolina karolina
cassandra cassie sandra cass
catherine cathy kate katie kathy cat cath katherine katharine kathryn kathleen kat kitty kay catharine cathryn katarina katerina ekaterina katya katja catarina catalina kateryna yekaterina
cecilia cece celia cissy
charles charlie chuck chas chip charley carl carlos karl
charlotte lottie charlie char lotte
chester chet
christian chris christiaan kristian cristian
christina chris tina chrissy christine kristina kristine cristina christy kirsten kristin kristen
christopher chris topher kit kris christoph christophe cristobal kristof kristoffer
clarence clary
clifford cliff
clinton clint
connor conor con
constance connie
cornelius neil corneel cees kees cor
craig greg
curtis curt kurt
cynthia cindy cyndi
daniel dan danny daniil danilo danny dani
daniela dani danielle
david dave davey davy dawid davide
deborah deb debbie debra debby
dennis denny denis den
derek derrick dirk
diana di diane dianna
dimitri dmitri dmitry dmitriy dima dimitrij dmytro mitya dimitrios
dominic dom nick dominik dominick dominique
donald don donny donnie
dorothy dot dottie dolly dora
douglas doug
duncan dunc
dustin dusty
edgar ed eddie
edmund ed eddie ned ted
eduardo edu ed lalo
edward ed eddie ned ted teddy edoardo eduard eduardo edouard
edwin ed eddie
eleanor ellie nell nora ella elinor eleonora lenora
elena lena helena yelena olena alyona
elizabeth liz beth betty lizzie eliza bess betsy lisa libby elisabeth elise ella elisa lizbeth lis isabel elspeth elizaveta
emily em emmy emilie
emma em
emmanuel manny manu emanuel
enrique quique kike rick
eric erik rick ricky erich
ernest ernie ernst ernesto
esther essie
eugene gene evgeny evgeniy yevgeny evgeni zhenya yevhen
evelyn evie eve lynn
ferdinand ferdi fernando nando
florence flo florrie
frances fran francie franny francesca
francis frank fran franz
francisco paco pancho fran frank kiko cisco
frank franklin francis franz
francois fran
franklin frank
frederick fred freddy freddie fritz friedrich frederik fredrik frederic fredric rick
gabriel gabe gaby
gabriela gabby gaby gabrielle gabriella
gareth gary garth
geoffrey jeff geoff jeffrey jeffery geoffroy
george georgie jorge georg jurgen yuri giorgio georges
georgina georgie gina georgia
gerald gerry jerry gerard gerhard
gilbert gil bert
giovanni gianni nino vanni
giuseppe beppe peppe pino
gordon gord
grace gracie
gregory greg gregg grigory gregor grzegorz grisha gregorio
guillermo memo guille
gustav gus gustavo
hannah anna hanna
harold harry hal
harriet hattie
harrison harry
heather heath
heinrich heinz heiner hinrich
helen nell nellie helena lena ellen
henry harry hank hal henri hendrik henrik
herbert herb bert
hiroshi hiro
howard howie
hubert bert hugh
hugh hughie hugo huw
ian iain
ignacio nacho
igor ihor
irene rena irina ira
isaac ike zac
isabella bella izzy isabel isabelle isa isobel
ivan vanya
jacob jake jakob jakub jaap coby
jacqueline jackie jacqui jacquelyn
jacques jack
james jim jimmy jamie jem jaime jas
jan johan
jane janie jenny jean
janet jan
janice jan
jason jay jase
jayden jay
jeanette jean
jeffrey jeff geoff jeffery
jennifer jen jenny jenn jenna
jeremy jerry jez jeremiah
jeremiah jerry jem
jerome jerry
jessica jess jessie
jesus chuy chucho
joan joanie
joanna jo joanne joann asia
johannes johann hans jan johan hannes hannu jo
john jack johnny jon johnnie jock
jonathan jon johnathan jonny nathan jonathon john johnathon jonatan
jorge george
jose pepe joe
joseph joe joey josef jozef jos josephe josep yosef yusuf youssef
josephine jo josie
joshua josh joss
joyce joy
juan juanito
judith judy judi jude
julia julie jules juliet
julian jules
justin jus
karen kaz
kenneth ken kenny
kevin kev
kimberly kim kimberley
konstantin kostya kostas
krzysztof krzys chris
kristopher kris chris
laura laurie lori lora
lauren laurie ren
lawrence larry laurence lars laurie laurent lorenzo law
leonard len lenny leo leon
leonardo leo
leopold leo poldi
leslie les lesley
lewis lew louis
lillian lily lil lilly
linda lindy lyn
louis lou louie luis ludwig lewis
louise lou lulu luisa
lucas luke luc lukas lukasz luca
lucille lucy
lucy lucia lu
luis lucho lou
luke luc lucas
lynn lynne lyn linda
madeline maddie maddy madeleine
malcolm mal malc
manuel manny manolo manu lolo
marcus mark marc marco marcos markus marek
margaret maggie meg peg peggy marge margie rita greta daisy madge margarita margarete margot marguerite margaretha gretchen
maria marie mary mariya mia masha
mariana mari
marilyn mary
mark marc marcus marco marko
martha marty mattie
martin marty marten martijn maarten
marvin marv
mary molly polly mae may mamie maria marie
mathias matt matthias mats mathis matthieu
matthew matt matty mat mathew matteo mateo matthieu mathieu matej mateusz matvey
maurice moe mo maury moritz
maximilian max maxim
maxim max maksim maksym
maxwell max
megan meg meghan
melanie mel
melissa mel missy lissa
melvin mel
mercedes merche
michael mike mick mickey mitch micky micheal michel mikhail miguel michal mikael mikkel michele mischa misha mihai mykhailo michail mike
michaela micki kayla
michelle shelly shell micky
miguel mike migue
mikhail misha michael mykhailo
mildred millie
mitchell mitch
mohammed mohammad muhammad mohamed mohamad muhammed mo mehmet mohd md
mohandas mohan
montgomery monty
morris mo morrie
moses moe moshe
nancy nan
natalie nat natasha nataliya natalia natalya
nathan nate nat
nathaniel nate nathan nat nathanael
neil neal niall
nicholas nick nicky nico nicolas nikolas nikolai nikolay klaus niels niklas mykola nikola nicola nik nikos
nicole nicky nikki nic
nikita nik
nikolai nikolay kolya mykola
nina antonina
noah noe
nora eleonora
norbert bert
norman norm
oleg oleh
oliver ollie olly olivier
olivia liv livvy ollie
oscar oskar ozzie
oswald ozzie oz
otto otis
owen eoin
pamela pam
pascal pasquale
patricia pat patty tricia trish patsy tish pattie
patrick pat paddy rick patrik padraig patryk
paul paulie pavel pablo paulo paolo pawel pavlo
paula polly pauline
pedro peter perico
penelope penny
peter pete petr piotr pieter petros pjotr pyotr pierre petri petro
philip phil phillip pip philipp philippe felipe filip
phyllis phyl
prudence prue
rachel rach rachael rae
ralph ralf raoul
randall randy randolph
raymond ray ramon
rebecca becky becca bex rebekah
reginald reg reggie
rene renee
richard rick dick rich ricky richie ricardo riccardo rik dickie
robert bob rob bobby robbie bert robin roberto rupert bobbie
roberta bobbie robbie
roderick rod roddy
rodney rod
roger rog rodger rogelio
roland rollie roly orlando
ronald ron ronnie
rosalind roz ros
rose rosie rosa
rosemary rosie rose
roxanne roxy
rudolf rudy rolf rudi rudolph
russell russ rusty
ruth ruthie
ryan rian
sabrina brina
salvatore sal tore salvador
samantha sam sammy
samuel sam sammy
sara sarah sally sadie zara
scott scotty
sean shaun shawn
sebastian seb bastian sebastien bas
sergei sergey serhiy sergiy serge sergio sergej
shannon shan
sharon shaz
sheila shelagh
shirley shirl
sidney sid sydney
silvester sly
simon si simeon
siobhan shiv
sofia sophie sophia sonya zofia sofie
spencer spence
stanislav stas stan slava stanislaw
stanley stan
stephanie steph steffi stefanie stephany
stephen steve steven stefan stephan stevie esteban etienne stefano stepan szczepan stefanos
stewart stu stuart stew
susan sue susie suzie suzy suzanne susanna susanne sanna susana suzanna
svetlana sveta lana svitlana
sylvia sylvie silvia
takahiro taka
tamara tammy toma
tatiana tanya tania tatyana tetiana
teresa terry tess tessa theresa terri teri therese resi
terence terry terrence
thaddeus tad thad
theodore ted teddy theo theodor fyodor fedor
thomas tom tommy thom tomas tommaso tomasz thompson toma
tiffany tiff
timothy tim timmy timo timofey timothee
tobias toby tobi
todd tod
tyler ty
ulrich uli ulli
valentina valya val
valerie val
vera veronika
veronica ronnie vera veronika
victor vic vick viktor vitya
victoria vicky vicki tori viktoria vika
vincent vince vinny vinnie vincenzo vicente vinzenz
viktor victor vitya
virginia ginny ginger
vitaly vitaliy vitalii vitali
vladimir vlad volodymyr vova volodya wladimir
vladislav vlad vladyslav
vyacheslav slava viacheslav
walter walt wally
warren wren
wendy gwendolyn
wesley wes
wilfred will wilf fred
wilhelm willi willy helm
willem wim pim
william bill will billy willie liam wm wilhelm guillaume guillermo willem bil
winifred winnie
winston win
wolfgang wolf wolfie
xavier javier xavi javi
yevgeniya evgenia zhenya
yuri yuriy yury iurii jurij yurii
yolanda yoli
yulia julia iuliia yuliya
zachary zach zack zac zachariah zak
zoe zoey
abdul abdullah abdel
ahmed ahmad achmed
ali aly
hassan hasan
hussein hossein husain husein
ibrahim ebrahim
mustafa mostafa moustafa
omar umar
osama usama
yasmin yasmine jasmine jasmin
jiri george
jaroslav jarda
milan mila
vaclav vasek
frantisek franta
jindrich jindra
ladislav lada laci
miroslav mirek mira
zdenek zdenko
malgorzata gosia
wojciech wojtek
jerzy jurek
tadeusz tadek
laszlo laci
istvan stephen
sandor alexander
gyorgy george
ferenc feri
bjorn bjoern
soren soeren
jorgen joergen
juergen jurgen
gunther gunter guenther guenter
joachim jochen achim joaquin
hans hansi johann
johann hannes
matthaus matthias
annegret anne
rainer reiner
dieter dietrich
sepp josef
lorenz lars
guadalupe lupe
dolores lola
consuelo chelo
concepcion concha
rosario charo
pilar pili
ramon moncho
rafael rafa raphael
roberto beto
sergio checo
teresa tere
alfonso poncho
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_they_are_folded() {
        let odd = |name: &&str| name.bytes().any(|b| !b.is_ascii_lowercase());
        assert_eq!(GROUPS.split_whitespace().find(odd), None);
    }

    #[test]
    fn short_forms_join_a_name_and_not_each_other() {
        let check = |a, b, expected| {
            assert_eq!((may_be_one(a, b), may_be_one(b, a)), (expected, expected), "{a} {b}");
        };
        check("bob", "robert", true);
        check("alex", "alexandra", true);
        check("alexander", "alexandra", false);
        check("john", "jane", false);
        check("zyx", "zyx", false);
    }
}
