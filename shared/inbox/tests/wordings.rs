//! Wordings of automatic replies in every language, as people write them, and what each comes to.

#![cfg(test)]

use domain::observation::Tidings;
use inbox::Said;

/// What an automatic reply with this text says of its sender, Dana Fox of Northwind, on Monday, 2 November 2026.
fn said(text: &str) -> Option<Said> {
    let mail = format!(
        "From: Dana Fox <dana.fox@northwind.example>\r\nTo: us@ours.example\r\nDate: Mon, 2 Nov 2026 09:00:00 +0100\r\n\
         Auto-Submitted: auto-replied\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    inbox::read(mail.as_bytes()).about.into_iter().next()
}

/// Every wording that is not understood, all of them at once.
#[track_caller]
fn check(what: Tidings, texts: &[&str]) {
    let is_right = |text: &&&str| said(text).is_some_and(|said| said.statement.what == what);
    let wrong: Vec<String> = texts
        .iter()
        .filter(|text| !is_right(text))
        .map(|text| format!("{} for {text}", said(text).map_or("nothing".to_owned(), |s| s.statement.what.to_string())))
        .collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn a_departure_is_known_in_english() {
    check(
        Tidings::Left,
        &[
            "I no longer work at Northwind.",
            "Dana Fox is no longer employed by this company.",
            "Thank you for your email. Please note that I have left Northwind Traders.",
            "Dana has left the organisation.",
            "I am no longer working for the firm.",
            "My last day with the company was Friday 30 October.",
            "As of October 30th, I'm no longer part of the team here.",
            "I have moved on from Northwind to pursue other opportunities.",
            "I've retired after thirty years.",
            "Dana Fox doesn't work here anymore.",
            "Dana no longer works here. Please contact reception.",
            "Please be advised that Dana Fox is no longer with our organization.",
            "Dana Fox left Northwind on October 16.",
            "I will be leaving Northwind on 13 November.",
            "Today is my last day at Northwind.",
            "I've decided to leave Northwind and my final day in the office is 6 November.",
            "Dana is not with the company any longer.",
            "My employment with Northwind came to an end on 30 October.",
            "My position has been made redundant and I am not with Northwind any more.",
            "Dana Fox has departed. Kindly resend your message to Lee Park.",
            "This employee is no longer with us.",
            "I finished working at Northwind on 23 October.",
            "I resigned from my position in October.",
            "The person you are trying to reach is no longer employed at Northwind.",
            "I stopped working for Northwind at the end of September.",
            "I'm sorry to inform you that Dana Fox passed away last month.",
            "Dana Fox ceased to be an employee on 1 October.",
            "I have now left the business.",
            "This user has left the company and this mailbox is not monitored.",
        ],
    );
}

#[test]
fn a_departure_is_known_in_german() {
    check(
        Tidings::Left,
        &[
            "Ich bin nicht mehr bei Northwind tätig.",
            "Frau Fox arbeitet nicht mehr für unser Unternehmen.",
            "Frau Fox ist nicht mehr in unserem Hause beschäftigt.",
            "Dana Fox hat unser Unternehmen zum 31.10.2026 verlassen.",
            "Ich habe die Firma verlassen.",
            "Ich habe Northwind verlassen.",
            "Frau Fox ist aus unserem Unternehmen ausgeschieden.",
            "Mein letzter Arbeitstag war der 30. Oktober.",
            "Seit dem 1. Oktober bin ich im Ruhestand.",
            "Ich bin in Rente gegangen.",
            "Der von Ihnen angeschriebene Mitarbeiter ist nicht mehr im Unternehmen.",
            "Dana Fox gehört nicht mehr zu unserem Team.",
            "Ich arbeite seit 1. Oktober nicht mehr bei der Northwind GmbH.",
            "Ab dem 1. November stehe ich nicht mehr in Diensten der Northwind GmbH.",
            "Ich bin ab sofort nicht mehr für Northwind tätig.",
            "Mein Arbeitsverhältnis bei Northwind endete am 31. Oktober.",
            "Ich verlasse Northwind zum Jahresende.",
            "Ich habe mich beruflich verändert und bin unter dieser Adresse nicht mehr erreichbar.",
            "Ich stelle mich einer neuen beruflichen Herausforderung.",
            "Leider müssen wir Ihnen mitteilen, dass Frau Fox verstorben ist.",
            "Frau Fox ist seit Oktober nicht mehr bei uns.",
            "Ich bin nicht länger Mitarbeiterin der Northwind GmbH.",
            "Dieser Mitarbeiter ist leider nicht mehr für uns tätig.",
            "Meine Zeit bei Northwind ist zu Ende gegangen.",
        ],
    );
}

#[test]
fn a_departure_is_known_in_french_spanish_portuguese_and_italian() {
    check(
        Tidings::Left,
        &[
            "Je ne travaille plus chez Northwind.",
            "Madame Fox ne fait plus partie de notre société.",
            "Dana Fox a quitté l'entreprise le 30 octobre.",
            "J'ai quitté mes fonctions au sein de Northwind.",
            "Je ne suis plus en poste chez Northwind.",
            "Dana Fox n'est plus salariée de notre entreprise.",
            "Je suis désormais à la retraite.",
            "Mon dernier jour de travail était le vendredi 30 octobre.",
            "Dana Fox ne fait plus partie des effectifs.",
            "Je ne fais plus partie de l'entreprise depuis le 1er octobre.",
            "Cette personne ne travaille plus dans notre société.",
            "Je vous informe que j'ai quitté la société.",
            "Mme Fox nous a quittés pour de nouveaux horizons.",
            "J'ai fait valoir mes droits à la retraite.",
            "Mon contrat chez Northwind a pris fin le 31 octobre.",
            "Dana Fox n'exerce plus au sein de notre groupe.",
            "Ya no trabajo en Northwind.",
            "Dana Fox ya no forma parte de la empresa.",
            "Le informamos que Dana Fox ha dejado de trabajar en nuestra compañía.",
            "He dejado la empresa.",
            "Dana Fox ya no labora en esta empresa.",
            "Mi último día en Northwind fue el 30 de octubre.",
            "Me he jubilado.",
            "Desde el 1 de octubre ya no pertenezco a la empresa.",
            "Dana Fox causó baja en la empresa el 30 de septiembre.",
            "Esta persona ya no trabaja con nosotros.",
            "Dejé de trabajar en Northwind el pasado mes.",
            "La persona a la que intenta contactar ya no está en la empresa.",
            "He finalizado mi relación laboral con Northwind.",
            "Já não trabalho na Northwind.",
            "Não faço mais parte da equipe da Northwind.",
            "Dana Fox deixou a empresa em 30 de outubro.",
            "Informo que não trabalho mais na Northwind.",
            "A Dana Fox já não colabora com a nossa empresa.",
            "O meu último dia na empresa foi 30 de outubro.",
            "Estou aposentada desde outubro.",
            "Desliguei-me da empresa no dia 30 de outubro.",
            "Dana Fox não faz mais parte do nosso quadro de colaboradores.",
            "Deixei de trabalhar na Northwind.",
            "Cessei funções na empresa no passado dia 30.",
            "Non lavoro più per Northwind.",
            "Dana Fox non fa più parte dell'azienda.",
            "La dottoressa Fox ha lasciato l'azienda.",
            "Dal 1 ottobre non sono più in Northwind.",
            "Il mio ultimo giorno di lavoro è stato il 30 ottobre.",
            "Sono andata in pensione.",
            "Il mio rapporto di lavoro con Northwind è terminato il 31 ottobre.",
            "Dana Fox non è più dipendente della nostra società.",
            "La persona che cercate non lavora più qui.",
            "Dana Fox non collabora più con la nostra società.",
            "Ho cessato la mia attività presso Northwind.",
        ],
    );
}

#[test]
fn a_departure_is_known_in_dutch_polish_and_the_nordic_languages() {
    check(
        Tidings::Left,
        &[
            "Ik werk niet meer bij Northwind.",
            "Dana Fox is niet meer werkzaam bij ons bedrijf.",
            "Dana Fox is per 1 oktober uit dienst.",
            "Ik heb Northwind verlaten.",
            "Mijn laatste werkdag was 30 oktober.",
            "Ik ben met pensioen.",
            "Deze medewerker is niet langer in dienst.",
            "Sinds 1 oktober ben ik niet langer verbonden aan Northwind.",
            "Dana heeft onze organisatie verlaten.",
            "Ik ben niet meer in dienst van Northwind.",
            "Nie pracuję już w firmie Northwind.",
            "Dana Fox nie jest już pracownikiem naszej firmy.",
            "Informuję, że zakończyłam współpracę z firmą Northwind.",
            "Pani Fox odeszła z firmy.",
            "Mój ostatni dzień pracy to 30 października.",
            "Przeszłam na emeryturę.",
            "Od 1 października już nie pracuję w Northwind.",
            "Osoba, z którą próbujesz się skontaktować, nie pracuje już w naszej firmie.",
            "Z dniem 31 października zakończyłam pracę w Northwind.",
            "Jag har slutat på Northwind.",
            "Jag arbetar inte längre på företaget.",
            "Dana Fox är inte längre anställd hos oss.",
            "Min sista arbetsdag var den 30 oktober.",
            "Jag har gått i pension.",
            "Dana Fox har lämnat företaget.",
            "Dana jobbar inte kvar på Northwind.",
            "Jag har slutat min anställning på Northwind.",
            "Personen du söker har slutat.",
            "Jeg har sluttet i Northwind.",
            "Jeg jobber ikke lenger i Northwind.",
            "Dana Fox er ikke lenger ansatt hos oss.",
            "Min siste arbeidsdag var 30. oktober.",
            "Jeg har gått av med pensjon.",
            "Dana har forlatt selskapet.",
            "Dana Fox arbeider ikke lenger her.",
            "Jeg er fratrådt min stilling hos Northwind.",
            "Jeg arbejder ikke længere hos Northwind.",
            "Dana Fox er ikke længere ansat i virksomheden.",
            "Min sidste arbejdsdag var den 30. oktober.",
            "Jeg er gået på pension.",
            "Jeg er stoppet hos Northwind.",
            "Dana har forladt firmaet.",
            "Dana Fox er fratrådt.",
            "En työskentele enää Northwindillä.",
            "Dana Fox ei ole enää yrityksen palveluksessa.",
            "Työsuhteeni Northwindillä on päättynyt.",
            "Olen jäänyt eläkkeelle.",
            "Viimeinen työpäiväni oli 30.10.",
            "Olen siirtynyt pois Northwindin palveluksesta.",
            "En ole enää töissä Northwindillä.",
            "Dana Fox on lähtenyt yrityksestä.",
            "Dana Fox ei enää työskentele meillä.",
        ],
    );
}

#[test]
fn a_departure_is_known_however_it_is_put() {
    check(
        Tidings::Left,
        &[
            "Dana is not a Northwind employee anymore.",
            "Unfortunately this address is no longer monitored as I have left the company.",
            "I hung up my boots and retired last month.",
            "Dana Fox has left us to pursue new challenges.",
            "The recipient of your message has left Northwind and will not receive it.",
            "Effective immediately, I am no longer employed with Northwind.",
            "Frau Fox hat uns leider verlassen.",
            "Ich habe zum 30.09. gekündigt und bin nicht mehr da.",
            "Ich genieße jetzt meinen Ruhestand.",
            "Frau Fox ist zum 30. September in den wohlverdienten Ruhestand gegangen.",
            "Die Empfängerin Ihrer Nachricht ist nicht mehr bei der Northwind GmbH beschäftigt.",
            "Dana Fox est partie à la retraite.",
            "Dana Fox ne fait plus partie de nos équipes.",
            "J'ai pris ma retraite le 1er octobre.",
            "Votre correspondante a quitté notre établissement.",
            "Me he desvinculado de la compañía.",
            "Dana Fox ha terminado su etapa en Northwind.",
            "Dana Fox ya no presta servicios en nuestra empresa.",
            "Terminei a minha colaboração com a Northwind.",
            "Dana Fox deixou de exercer funções nesta empresa.",
            "Saí da empresa no final de setembro.",
            "Ho terminato la mia collaborazione con Northwind.",
            "Dana Fox è andata in pensione.",
            "Vi informo che ho lasciato Northwind.",
            "Dana heeft afscheid genomen van Northwind.",
            "Ik ben per 1 november met pensioen gegaan.",
            "Ik ben gestopt met werken bij Northwind.",
            "Dana Fox har avslutat sin anställning.",
            "Jag lämnade Northwind den 30 september.",
            "Dana Fox har avsluttet sitt arbeidsforhold hos oss.",
            "Jeg har gått ut i pensjon.",
            "Jeg slutter i Northwind den 30. november.",
            "Dana Fox har forladt sin stilling.",
            "Jeg er ikke ansat i Northwind længere.",
            "Dana Fox on lopettanut työt Northwindillä.",
            "Olen siirtynyt muualle töihin.",
            "En työskentele enää yrityksessä.",
            "Zakończyłam pracę w Northwind.",
            "Dana Fox nie jest już z nami.",
            "Rozstałam się z firmą Northwind.",
            "Nie jestem już zatrudniona w Northwind.",
        ],
    );
}

#[test]
fn a_move_to_another_organisation_is_known() {
    check(
        Tidings::Moved,
        &[
            "I have left Northwind and joined Beta Corp.",
            "I now work for Beta Corp.",
            "I've started a new job at Beta Corp.",
            "I have taken up a new position with Beta Corp.",
            "Dana Fox has moved to another company.",
            "I am now with Beta Corp; please use my new address.",
            "I have left Northwind to join Beta Corp as CFO.",
            "Ich bin zur Beta AG gewechselt.",
            "Ich habe Northwind verlassen und arbeite jetzt bei der Beta AG.",
            "Ich habe den Arbeitgeber gewechselt und bin nun für die Beta AG tätig.",
            "J'ai rejoint la société Beta.",
            "Je travaille désormais chez Beta.",
            "J'ai quitté Northwind pour rejoindre Beta.",
            "Me he incorporado a la empresa Beta.",
            "Ahora trabajo en Beta.",
            "Agora trabalho na Beta.",
            "Mudei de empresa e agora estou na Beta.",
            "Ora lavoro presso Beta.",
            "Sono passata a un'altra azienda.",
            "Ik ben overgestapt naar Beta BV.",
            "Ik werk nu bij Beta BV.",
            "Jag har börjat hos Beta AB.",
            "Jag arbetar numera på Beta AB.",
            "Jeg har begynt i Beta AS.",
            "Jeg arbejder nu hos Beta A/S.",
            "Olen siirtynyt toisen työnantajan palvelukseen.",
            "Pracuję teraz w firmie Beta.",
            "Dołączyłam do firmy Beta.",
        ],
    );
}

#[test]
fn a_long_leave_is_known() {
    check(
        Tidings::OnLeave,
        &[
            "I am on maternity leave until June 2027.",
            "I'm currently on parental leave and will be back in April.",
            "I am on sabbatical until 1 March 2027.",
            "I'm taking an extended leave of absence.",
            "Dana is on long-term sick leave.",
            "I am on leave until 15 March 2027.",
            "I am out of the office until 1 April 2027.",
            "I'm on medical leave for the foreseeable future.",
            "I am on family leave through February 28.",
            "Ich bin bis zum 31. August 2027 in Elternzeit.",
            "Ich befinde mich im Mutterschutz.",
            "Ich nehme bis Ende März ein Sabbatical.",
            "Frau Fox ist längerfristig erkrankt.",
            "Ich bin bis auf Weiteres krankgeschrieben.",
            "Ich bin für längere Zeit abwesend.",
            "Je suis en congé maternité jusqu'au 30 mars 2027.",
            "Je suis en congé parental.",
            "Je suis en arrêt maladie pour une durée indéterminée.",
            "Actuellement en congé sabbatique, je serai de retour en septembre 2027.",
            "Estoy de baja por maternidad hasta el 1 de marzo de 2027.",
            "Estoy de excedencia.",
            "Me encuentro de baja médica de larga duración.",
            "Estoy con licencia de maternidad.",
            "Estou de licença de maternidade até março de 2027.",
            "Estou em licença-maternidade.",
            "Encontro-me de baixa prolongada.",
            "Sono in maternità fino al 31 marzo 2027.",
            "Sono in congedo parentale.",
            "Sono in aspettativa.",
            "Ik ben met zwangerschapsverlof tot 1 maart 2027.",
            "Ik ben met ouderschapsverlof.",
            "Ik ben langdurig afwezig wegens ziekte.",
            "Jag är föräldraledig till och med mars 2027.",
            "Jag är tjänstledig.",
            "Jag är långtidssjukskriven.",
            "Jeg er i foreldrepermisjon.",
            "Jeg er langtidssykemeldt.",
            "Jeg er på barsel.",
            "Jeg er på barselsorlov til 1. marts 2027.",
            "Jeg er sygemeldt på ubestemt tid.",
            "Olen vanhempainvapaalla 31.3.2027 asti.",
            "Olen äitiyslomalla.",
            "Olen pitkällä sairauslomalla.",
            "Jestem na urlopie macierzyńskim.",
            "Przebywam na urlopie wychowawczym do 31 marca 2027.",
            "Przebywam na długotrwałym zwolnieniu lekarskim.",
        ],
    );
}

#[test]
fn a_short_absence_is_no_leave() {
    check(
        Tidings::OutOfOffice,
        &[
            "I am out of the office until 9 November.",
            "I'm on annual leave until 16 November.",
            "I am on leave until Friday.",
            "I left for vacation and will be back on Monday.",
            "I have left the office for the day.",
            "I'm off sick today.",
            "Our offices are closed for the public holiday.",
            "I'm travelling with limited access to email.",
            "I will be in meetings all day and slow to respond.",
            "My last day before the holidays is 4 November; I return on 16 November.",
            "Ich bin bis zum 9. November nicht im Büro.",
            "Ich bin im Urlaub und ab dem 16.11. wieder erreichbar.",
            "Ich habe das Büro heute bereits verlassen und bin morgen wieder da.",
            "Ich bin heute nicht mehr im Haus.",
            "Ich bin bis Freitag krank.",
            "Je suis absente du bureau jusqu'au 9 novembre.",
            "Je suis en congés jusqu'au 16 novembre inclus.",
            "J'ai quitté le bureau et serai de retour demain.",
            "Estoy fuera de la oficina hasta el 9 de noviembre.",
            "Estoy de vacaciones y vuelvo el lunes.",
            "Estou de férias até 16 de novembro.",
            "Estarei ausente do escritório até sexta-feira.",
            "Sono fuori ufficio fino al 9 novembre.",
            "Sono in ferie e rientro lunedì.",
            "Ik ben op vakantie tot en met 13 november.",
            "Ik ben vandaag niet op kantoor.",
            "Jag har semester till den 16 november.",
            "Jag är på tjänsteresa och åter på måndag.",
            "Jeg er på ferie til 16. november.",
            "Jeg er ute av kontoret i dag.",
            "Jeg holder ferie og er tilbage mandag.",
            "Olen lomalla 15.11. asti.",
            "Olen poissa tänään.",
            "Jestem na urlopie do 16 listopada.",
            "W dniach 2-6 listopada będę nieobecna.",
        ],
    );
}

#[test]
fn another_role_at_the_same_place_is_no_departure() {
    check(
        Tidings::NewRole,
        &[
            "I have moved to a new role within Northwind.",
            "I am no longer responsible for your account.",
            "I've changed roles and no longer handle procurement.",
            "I have taken on a new position in our Berlin office.",
            "I no longer work in the sales department.",
            "I have transferred to another team.",
            "Effective 1 October I have transitioned into a different role at Northwind.",
            "Dana is no longer your point of contact.",
            "I have been promoted to Head of Operations.",
            "Ich habe innerhalb von Northwind eine neue Aufgabe übernommen.",
            "Ich bin nicht mehr für den Einkauf zuständig.",
            "Ich habe in eine andere Abteilung gewechselt.",
            "Ich bin nicht mehr Ihr Ansprechpartner.",
            "Ich habe die Abteilung gewechselt.",
            "J'ai changé de poste au sein de Northwind.",
            "Je ne suis plus en charge de votre dossier.",
            "J'occupe désormais de nouvelles fonctions au sein du groupe.",
            "Je ne m'occupe plus des achats.",
            "He cambiado de puesto dentro de la empresa.",
            "Ya no soy responsable de compras.",
            "He asumido nuevas funciones en Northwind.",
            "Mudei de funções dentro da empresa.",
            "Já não sou responsável pelas compras.",
            "Ho cambiato ruolo all'interno dell'azienda.",
            "Non mi occupo più degli acquisti.",
            "Non sono più il vostro referente.",
            "Ik heb een nieuwe functie binnen Northwind.",
            "Ik ben niet meer verantwoordelijk voor inkoop.",
            "Jag har bytt tjänst inom Northwind.",
            "Jag ansvarar inte längre för inköp.",
            "Jag har fått en ny roll internt.",
            "Jeg har fått ny stilling internt.",
            "Jeg har ikke lenger ansvar for innkjøp.",
            "Jeg har skiftet stilling internt i Northwind.",
            "Jeg har ikke længere ansvaret for indkøb.",
            "Olen siirtynyt uusiin tehtäviin Northwindin sisällä.",
            "En vastaa enää hankinnoista.",
            "Zmieniłam stanowisko w ramach firmy.",
            "Nie zajmuję się już zakupami.",
        ],
    );
}

#[test]
fn another_address_is_no_departure() {
    check(
        Tidings::AddressChanged,
        &[
            "My email address has changed. Please use dana.fox@northwind-group.example from now on.",
            "This address is no longer in use; my new address is dana@northwind-group.example.",
            "Please update your records: my new email is dana.fox@northwind-group.example.",
            "Meine E-Mail-Adresse hat sich geändert.",
            "Meine neue E-Mail-Adresse lautet dana.fox@northwind-group.example.",
            "Mon adresse e-mail a changé.",
            "Mi dirección de correo ha cambiado.",
            "O meu endereço de e-mail mudou.",
            "Il mio indirizzo email è cambiato.",
            "Mijn e-mailadres is gewijzigd.",
            "Min e-postadress har ändrats.",
            "Min e-postadresse er endret.",
            "Min mailadresse er ændret.",
            "Sähköpostiosoitteeni on muuttunut.",
            "Mój adres e-mail uległ zmianie.",
        ],
    );
}

#[test]
fn what_tells_of_no_absence_is_nothing() {
    for text in [
        "Thank you for contacting us. We have received your message and will reply within two working days.",
        "Your request has been registered under number 4711.",
        "Vielen Dank für Ihre Nachricht. Wir melden uns in Kürze.",
        "Merci pour votre message, nous vous répondrons dans les meilleurs délais.",
        "Hemos recibido su mensaje y le responderemos lo antes posible.",
        "Abbiamo ricevuto la vostra richiesta.",
        "Wij hebben uw bericht ontvangen.",
        "Vi har tagit emot ditt ärende.",
        "Otrzymaliśmy Państwa wiadomość.",
        "",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
}

#[test]
fn the_end_of_an_absence_is_its_last_day_or_the_day_of_the_return() {
    for (text, until) in [
        ("I am on parental leave until 30 April 2027.", "2027-04-30"),
        ("I am on parental leave. I will return to work on Monday, May 3rd.", "2027-05-03"),
        ("I'm away from 2 to 13 November and back on the 16th.", "2026-11-13"),
        ("Ich bin in Elternzeit und ab 3. Mai 2027 wieder im Büro.", "2027-05-03"),
        ("Vom 2.11. bis 13.11. bin ich im Urlaub. Ab 16.11. bin ich wieder da.", "2026-11-13"),
        ("Je suis en congé du 2 au 13 novembre.", "2026-11-13"),
        ("Estaré de vacaciones del 2 al 13 de noviembre, ambos inclusive.", "2026-11-13"),
        ("Estou de férias de 2 a 13 de novembro.", "2026-11-13"),
        ("Sono in ferie dal 2 al 13 novembre.", "2026-11-13"),
        ("Ik ben afwezig van 2 november t/m 13 november.", "2026-11-13"),
        ("Jag är ledig 2-13 november.", "2026-11-13"),
        ("Jeg er på ferie fra 2. til 13. november.", "2026-11-13"),
        ("Jeg holder ferie til og med fredag den 13/11.", "2026-11-13"),
        ("Olen lomalla 2.11.-13.11.2026.", "2026-11-13"),
        ("Jestem na urlopie od 2 do 13 listopada.", "2026-11-13"),
        ("Wracam do biura 16 listopada 2026 r., jestem na urlopie.", "2026-11-16"),
    ] {
        let found = said(text).and_then(|said| said.statement.until).map(|day| day.to_string());
        assert_eq!(found.as_deref(), Some(until), "{text}");
    }
}

#[test]
fn whom_to_turn_to_is_named() {
    for (text, name, email) in [
        (
            "I have left Northwind. Please contact Lee Park at lee.park@northwind.example.",
            "Lee Park",
            "lee.park@northwind.example",
        ),
        (
            "I have left Northwind. My successor is Lee Park (lee.park@northwind.example).",
            "Lee Park",
            "lee.park@northwind.example",
        ),
        ("I have left Northwind. Lee Park has taken over my accounts.", "Lee Park", ""),
        (
            "I have left Northwind.\n\nContact:\nLee Park\nlee.park@northwind.example\n+1 555 0100",
            "Lee Park",
            "lee.park@northwind.example",
        ),
        ("I have left Northwind. For sales write to sales@northwind.example.", "", "sales@northwind.example"),
        (
            "I have left Northwind. Please reach out to my colleague Lee Park, Head of Sales, on lee.park@northwind.example",
            "Lee Park",
            "lee.park@northwind.example",
        ),
        (
            "I have left Northwind. Contact lee.park@northwind.example or ann.doe@northwind.example.",
            "",
            "lee.park@northwind.example",
        ),
        (
            "Ich bin nicht mehr bei Northwind tätig. Bitte wenden Sie sich an meine Kollegin Frau Sabine Krüger (sabine.krueger@northwind.example).",
            "Sabine Krüger",
            "sabine.krueger@northwind.example",
        ),
        ("Ich bin nicht mehr bei Northwind tätig. Meine Nachfolge hat Herr Jens Vogel angetreten.", "Jens Vogel", ""),
        (
            "Je ne travaille plus chez Northwind. Merci de contacter Claire DUPONT : claire.dupont@northwind.example",
            "Claire DUPONT",
            "claire.dupont@northwind.example",
        ),
        (
            "Ya no trabajo en Northwind. Por favor, póngase en contacto con María José Ruiz (mj.ruiz@northwind.example).",
            "María José Ruiz",
            "mj.ruiz@northwind.example",
        ),
        (
            "Já não trabalho na Northwind. Por favor contacte João da Silva através de joao.silva@northwind.example",
            "João da Silva",
            "joao.silva@northwind.example",
        ),
        (
            "Non lavoro più per Northwind. Potete rivolgervi a Marco Bianchi, marco.bianchi@northwind.example",
            "Marco Bianchi",
            "marco.bianchi@northwind.example",
        ),
        (
            "Ik werk niet meer bij Northwind. U kunt contact opnemen met Jan van den Berg (j.vandenberg@northwind.example).",
            "Jan van den Berg",
            "j.vandenberg@northwind.example",
        ),
        (
            "Jag har slutat på Northwind. Vänligen kontakta Åsa Öberg på asa.oberg@northwind.example.",
            "Åsa Öberg",
            "asa.oberg@northwind.example",
        ),
        (
            "Jeg har sluttet i Northwind. Ta kontakt med Kåre Bø, kare.bo@northwind.example.",
            "Kåre Bø",
            "kare.bo@northwind.example",
        ),
        (
            "Jeg er stoppet hos Northwind. Kontakt venligst Søren Ærø på soren.aero@northwind.example.",
            "Søren Ærø",
            "soren.aero@northwind.example",
        ),
        (
            "En ole enää töissä Northwindillä. Ottakaa yhteyttä Mikko Virtaseen (mikko.virtanen@northwind.example).",
            "Mikko Virtanen",
            "mikko.virtanen@northwind.example",
        ),
        (
            "Nie pracuję już w Northwind. Proszę o kontakt z Anną Nowak (anna.nowak@northwind.example).",
            "Anna Nowak",
            "anna.nowak@northwind.example",
        ),
    ] {
        let named = said(text).and_then(|said| said.statement.instead).unwrap_or_default();
        assert_eq!((named.name.reveal(), named.email.reveal()), (name, email), "{text}");
    }
}

#[test]
fn neither_the_sender_nor_we_nor_anybody_below_is_named() {
    for text in [
        "I have left Northwind. You can reach me at dana.fox@private.example.",
        "I have left Northwind. Your mail to us@ours.example was not read.",
        "I have left Northwind.\n\nKind regards\nDana Fox\nprivacy@northwind.example",
        "I have left Northwind.\n\nOn Mon, 2 Nov 2026 Kim wrote:\n> contact Lee Park (lee.park@northwind.example)",
        "I have left Northwind.\n\nFrom: Kim\nSent: Monday\nTo: Dana\n\nPlease contact Lee Park (lee.park@northwind.example)",
    ] {
        assert_eq!(said(text).map(|said| said.statement.instead), Some(None), "{text}");
    }
}

#[test]
fn what_another_person_did_is_not_what_the_sender_did() {
    for text in [
        "I am out of the office until Friday. My colleague Lee Park has left the company, so please contact Ann Doe.",
        "Ich bin bis Freitag im Urlaub. Mein Kollege Jens Vogel hat das Unternehmen verlassen.",
        "I am out of the office until Friday. Lee Park has left Northwind; please write to Ann Doe.",
    ] {
        assert_eq!(said(text).map(|said| said.statement.what), Some(Tidings::OutOfOffice), "{text}");
    }
}

#[test]
fn leaves_roles_and_absences_are_known_however_they_are_put() {
    check(
        Tidings::OnLeave,
        &[
            "I've welcomed a new family member and am on parental leave through April 2027.",
            "I will be away on a six-month sabbatical starting 2 November 2026.",
            "Dana is currently out on leave and is expected back in May 2027.",
            "I'm on leave of absence and will return on January 11, 2027.",
            "I am on secondment until July 2027.",
            "Wegen Elternzeit bin ich bis 31.12.2027 nicht im Dienst.",
            "Ich bin ab 2. November 2026 für ein Jahr in Elternzeit.",
            "Ich bin aktuell in Karenz und kehre voraussichtlich im Juni 2027 zurück.",
            "Aufgrund einer längeren Erkrankung bin ich derzeit nicht im Büro.",
            "Je suis actuellement en congé maternité et serai de retour le 3 mai 2027.",
            "Absente pour cause de congé parental jusqu'au 31 août 2027.",
            "Me encuentro de permiso por maternidad.",
            "Estoy disfrutando de un año sabático.",
            "Estou em licença sabática até julho de 2027.",
            "Encontro-me em licença parental.",
            "Sono in congedo di maternità.",
            "Sono assente per un lungo periodo.",
            "Ik geniet van mijn zwangerschaps- en bevallingsverlof tot en met 1 maart 2027.",
            "Wegens langdurige ziekte ben ik afwezig.",
            "Jag är mammaledig till augusti 2027.",
            "Jag är sjukskriven tills vidare.",
            "Jeg har pappapermisjon til 1. mars 2027.",
            "Jeg er sykemeldt inntil videre.",
            "Jeg er på forældreorlov frem til 1. maj 2027.",
            "Jeg har orlov til sommeren 2027.",
            "Olen hoitovapaalla toistaiseksi.",
            "Olen opintovapaalla 31.5.2027 saakka.",
            "Przebywam na urlopie rodzicielskim do końca czerwca 2027.",
            "Jestem na długim zwolnieniu lekarskim.",
        ],
    );
    check(
        Tidings::NewRole,
        &[
            "I've moved into a new role at Northwind and Lee Park is now your account manager.",
            "I am now working in a different department.",
            "My responsibilities have changed and I no longer look after suppliers.",
            "Please note I have changed positions within the company.",
            "I'm no longer in procurement; I now lead our logistics team.",
            "Ich habe intern eine neue Position übernommen.",
            "Meine Aufgaben haben sich geändert, ich betreue den Einkauf nicht mehr.",
            "Ich habe neue Aufgaben bei Northwind übernommen.",
            "Für dieses Thema bin ich nicht mehr zuständig.",
            "J'ai pris de nouvelles responsabilités chez Northwind.",
            "J'ai rejoint un autre service de l'entreprise.",
            "Ahora ocupo otro puesto en la empresa.",
            "Ya no llevo este departamento.",
            "Passei a desempenhar outras funções na empresa.",
            "Ho assunto un nuovo incarico all'interno di Northwind.",
            "Sono passata ad un altro ufficio.",
            "Ik werk nu op een andere afdeling.",
            "Ik ben van functie veranderd.",
            "Jag har gått vidare till en annan roll inom företaget.",
            "Jag är inte längre kontaktperson.",
            "Jeg har byttet avdeling.",
            "Jeg har fået nye opgaver i Northwind.",
            "Olen vaihtanut tehtäviä Northwindillä.",
            "Toimin nykyisin toisessa tehtävässä.",
            "Objęłam nowe stanowisko w firmie.",
            "Nie odpowiadam już za zakupy.",
        ],
    );
    check(
        Tidings::OutOfOffice,
        &[
            "Thanks for your note! I'm out Monday through Wednesday and will reply on Thursday.",
            "I am currently attending a trade fair and will only read mail in the evening.",
            "I'll be offline until the 16th.",
            "I'm OOO this week.",
            "On holiday until 16/11.",
            "I do not work on Mondays.",
            "Ich bin zurzeit auf Dienstreise und nur eingeschränkt erreichbar.",
            "Ich bin erst am 16. November wieder für Sie da.",
            "Montags bin ich nicht im Büro.",
            "Unser Büro bleibt am 2. November geschlossen.",
            "Je suis en déplacement et consulte peu mes mails.",
            "Je ne travaille pas le mercredi.",
            "Nos bureaux sont fermés du 24 décembre au 1er janvier.",
            "Hoy no estaré en la oficina.",
            "Me encuentro de viaje con acceso limitado al correo.",
            "Encontro-me de férias e regresso no dia 16.",
            "No momento estou fora e respondo na volta.",
            "Oggi non sono in ufficio.",
            "I nostri uffici resteranno chiusi fino al 9 novembre.",
            "Ik ben er niet tot 16 november.",
            "Ik werk niet op maandag.",
            "Jag är inte på kontoret idag.",
            "Jag är bortrest och svarar när jag är tillbaka.",
            "Jeg er bortreist frem til mandag.",
            "Jeg er på kursus i dag.",
            "En ole tavoitettavissa tänään.",
            "Olen koulutuksessa ja luen sähköpostia satunnaisesti.",
            "Dzisiaj nie ma mnie w biurze.",
            "Jestem na szkoleniu, wrócę w środę.",
            "I am on leave until the 16th. Your email will not be read or forwarded.",
            "I'm currently working from home with limited access; starting Monday I am at Dreamforce.",
            "Ich bin im Urlaub. Ihre Nachricht wird nicht weitergeleitet, diese Adresse wird nicht gelesen.",
            "Ich bin im Urlaub. Ab Montag unter +49 30 1234 wieder erreichbar, dringend an lee.park@northwind.example.",
            "Je suis en vacances, votre mail sera lu plus tard.",
            "Sono in ferie, risponderò alla sua mail al più presto.",
            "Ik ben op vakantie; uw mail wordt niet doorgestuurd.",
            "Jag är på semester och min e-post läses inte.",
            "Jeg er på ferie, og e-posten blir ikke lest.",
            "Jestem na urlopie, adres nie jest sprawdzany.",
            "Estoy de vacaciones. A partir del lunes escriba a lee.park@northwind.example.",
        ],
    );
}

#[test]
fn a_mailbox_that_does_not_show_whose_it_is_speaks_of_its_owner() {
    let mail = "From: df12@northwind.example\nTo: us@ours.example\nAuto-Submitted: auto-replied\n\nDana Fox has left Northwind Traders.\n";
    let reading = inbox::read(mail.as_bytes());
    assert_eq!(reading.about.first().map(|said| said.statement.what), Some(Tidings::Left), "{}", reading.because);
}

#[test]
fn without_a_mark_of_a_program_no_wording_makes_a_mail_automatic() {
    for head in [
        "",
        "Subject: Re: Out of office\n",
        "Subject: I have left Northwind\n",
        "Subject: No longer with Northwind\n",
        "Subject: Auto insurance renewal\n",
        "Subject: Urlaub im August\n",
        "Auto-Submitted: no\n",
        "Precedence: bulk\nList-Id: <news>\n",
    ] {
        let mail = format!(
            "From: Dana Fox <dana.fox@northwind.example>\nTo: us@ours.example\n{head}\nI have left Northwind and am no longer with the company.\n"
        );
        let reading = inbox::read(mail.as_bytes());
        assert_eq!(reading.about, [], "{head:?}: {}", reading.because);
    }
    for head in [
        "Auto-Submitted: auto-replied\n",
        "X-Autoreply: yes\n",
        "Precedence: auto_reply\n",
        "Subject: Automatische Antwort: x\n",
        "Return-Path: <>\n",
    ] {
        let mail = format!(
            "From: Dana Fox <dana.fox@northwind.example>\nTo: us@ours.example\n{head}\nI have left Northwind and am no longer with the company.\n"
        );
        assert_eq!(inbox::read(mail.as_bytes()).about.len(), 1, "{head:?}");
    }
}
