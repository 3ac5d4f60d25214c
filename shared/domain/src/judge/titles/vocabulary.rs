//! Everyday words of titles that no other table names, so that they are not taken for acronyms or typing errors.

/// Words by theme; the short ones matter most.
pub(super) const WORDS: &[&str] = &[
    "emea, apac, latam, dach, benelux, nordic, asia, africa, europe, pacific, global, regional, national, area, zone, \
     district, north, south, east, west, central, local, state, county, city, town, urban, rural, world, canada, china, \
     india, japan, france, germany, italy, spain, uk, mexico, brazil, texas, florida, california, ohio, boston, london",
    "master, senior, coach, agile, cyber, smart, team, people, project, program, product, customer, client, buyer, nurse, \
     office, sale, revenue, growth, medium, quality, personal",
    "tax, law, art, data, risk, debt, cash, fund, loan, wealth, asset, equity, trust, bank, fraud, claim, policy, \
     grant, gift, donor, rate, price, cost, bond, share, stock, trade, treasury, payment, lease, rental, budget",
    "store, shop, food, wine, beer, beauty, fashion, toy, book, music, film, video, photo, radio, sound, light, game, \
     sport, golf, tennis, travel, tour, hotel, motel, spa, club, camp, park, pool, beach, zoo, farm, ranch, garden, dairy, \
     grain, crop, meat, fish, poultry, bakery, deli, kitchen, bar, cafe, casino, event, guest, front, desk, room, night",
    "civil, chemical, nuclear, marine, naval, aero, aerospace, aviation, air, flight, rail, road, bridge, traffic, port, \
     ship, truck, car, bus, tire, engine, motor, pump, valve, pipe, boiler, steel, metal, wood, glass, paper, paint, \
     ink, print, press, die, mold, tool, line, shift, yard, dock, crane, mine, drill, oil, gas, coal, solar, wind, water, \
     waste, energy, power, utility, grid, field, site, base, lab, test, trial, model, drug, device, cell, gene, tissue, \
     blood, bone, heart, lung, skin, eye, ear, oral, home, day, care, child, youth, adult, family, elder, baby, early, \
     women, men, mental, social, human, public, private, police, fire, army, navy, guard, court, prison, jail, parole",
    "web, mobile, app, cloud, code, user, agile, scrum, game, java, net, linux, unix, windows, oracle, azure, python, \
     ruby, react, full, stack, front, back, end, core, edge, open, source, test, build, release, voice, email, digital, \
     online, search, social, paid, brand, lead, demand, field, inside, outside, key, major, named, mid, large, small, \
     enterprise, strategy, inbound, outbound, direct, indirect, new, group, team, crew, unit, floor, ward, case, file, \
     record, mail, form, order, parts, spare, plan, change, crisis, lean, safety, health, job, work, labor, union, pay, \
     skill, talent, time, space, land, house, estate, tenant, owner, lot, meter, map, soil, plant, tree, forest, wild",
    "business, service, system, solution, application, technical, technology, information, resource, management, \
     planning, analysis, strategy, delivery, implementation, integration, migration, automation, robotics, governance, \
     corporate, commercial, international, environmental, industrial, residential, financial, administrative, clinical, \
     professional, certified, licensed, registered, independent, general, special, senior, assistant, community, \
     development, performance, analytics, insight, reporting, budgeting, forecasting, reconciliation, settlement, \
     acquisition, retention, renewal, engagement, enablement, experience, excellence, success, innovation, relation, \
     education, university, college, school, language, reading, writing, math, science, history, english, spanish, \
     french, german, physics, chemistry, biology, geography, psychology, philosophy, kindergarten, elementary, \
     secondary, primary, middle, high, grade, class, student, alumni, campus, library, museum, gallery, theater, church, \
     construction, building, concrete, electrical, mechanical, structural, electronics, equipment, machine, hardware, \
     instrument, control, process, quality, material, packaging, assembly, production, maintenance, reliability, \
     inventory, logistics, transport, warehouse, delivery, route, freight, customs, import, export, category, vendor, \
     supplier, contract, sourcing, billing, collection, credit, mortgage, insurance, benefit, pension, compensation, \
     hosting, posting, testing, training, recruiting, staffing, coaching, consulting, engineering, programming, \
     marketing, accounting, banking, catering, cleaning, cooking, drafting, editing, filing, lending, leasing, nursing, \
     rehabilitation, radiology, surgery, surgical, emergency, intensive, critical, acute, ambulatory, outpatient, \
     inpatient, pediatric, neonatal, geriatric, oncology, cardiology, neurology, dental, medical, hospital, hospice",
];
