#!/usr/bin/env node
// Answers mails in a real browser: node answer.mjs BATON EXPORTS
// `baton scan` writes mails with buttons, `baton respond` takes what is clicked, `baton show` says what came of it. Whoever only looks,
// scans, forwards, repeats or forges changes nothing. At the end it says how long an answer takes, the start of the program included.
// playwright-core is found through NODE_PATH; the browser is /usr/bin/chromium or what CHROMIUM names.
import { execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core');

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const [baton, exports] = process.argv.slice(2).map((path) => resolve(path));
const scratch = mkdtempSync(join(tmpdir(), 'baton-answers-'));
const state = join(scratch, 'state');
const config = join(scratch, 'baton.toml');
const secret = randomBytes(16).toString('hex');
const environment = { ...process.env, BATON_LINK_KEY: randomBytes(32).toString('base64'), SLACK_SIGNING_SECRET: secret, NO_COLOR: '1' };
const mistakes = [];
let passed = 0;

function expect(holds, what, seen = '') {
  if (holds) passed += 1;
  else mistakes.push(`${what}${seen === '' ? '' : `: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`}`);
}

function run(...args) {
  return execFileSync(baton, args, { env: environment, encoding: 'utf8' });
}

const show = (id) => JSON.parse(run('show', id, '--state', state, '--format', 'json')).case;
const standing = () => run('cases', '--state', state, '--format', 'json');

// What is done leaves every case as it was.
async function unchanged(what, work) {
  const before = standing();
  const done = await work();
  expect(standing() === before, `${what} changes nothing`);
  return done;
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

// The function, started; with the milliseconds until it has answered for the first time.
async function respond(port, ...more) {
  const began = performance.now();
  const args = ['respond', '--listen', `127.0.0.1:${port}`, '--state', state, '--config', config, ...more];
  const child = spawn(baton, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  await new Promise((ready, failed) => {
    child.stdout.once('data', ready);
    child.once('exit', () => failed(new Error(`baton respond has ended: ${said}`)));
  });
  await fetch(`http://127.0.0.1:${port}/answer`);
  return { child, said: () => said, startMs: performance.now() - began };
}

// Each mail with its case, its HTML part and the links of its buttons.
function mails() {
  const folder = join(state, 'outbox/mail');
  return readdirSync(folder).filter((name) => name.endsWith('.eml')).sort().map((name) => {
    const mime = readFileSync(join(folder, name), 'latin1');
    const part = mime.split(/\r\n--[^\r\n]+\r\n/).find((part) => /^content-type: text\/html/im.test(part.split('\r\n\r\n')[0]));
    const end = part.indexOf('\r\n\r\n');
    const encoding = /^content-transfer-encoding: *(\S+)/im.exec(part.slice(0, end))?.[1].toLowerCase();
    const body = part.slice(end + 4);
    const byte = (_, hex) => String.fromCharCode(parseInt(hex, 16));
    const html = encoding === 'base64' ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable' ? Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, byte), 'latin1')
      : Buffer.from(body, 'latin1');
    const file = join(scratch, `${name}.html`);
    writeFileSync(file, html);
    const links = Object.fromEntries([...html.toString('utf8').matchAll(/<a class="baton-(?:first|button)" href="([^"]+)"[^>]*>([^<]+)<\/a>/g)].map(([, href, label]) => [label, href.replaceAll('&amp;', '&')]));
    return { case: /^X-Baton-Case: (\S+)/im.exec(mime)?.[1], file, links };
  }).filter((mail) => mail.case && Object.keys(mail.links).length > 0 && show(mail.case).state === 'notified');
}

const textOf = (page) => page.evaluate(() => document.body.innerText);

// A page that a mail's link leads to: it runs nothing, fetches nothing, fits on a phone.
async function checkPage(page, name) {
  const seen = await page.evaluate(() => ({
    scripts: document.querySelectorAll('script, [onclick], [onload]').length,
    unlabelled: [...document.querySelectorAll('input:not([type=hidden]), textarea')].filter((field) => field.labels.length === 0).length,
    styled: getComputedStyle(document.querySelector('main')).maxWidth,
    lang: document.documentElement.lang,
    h1: document.querySelectorAll('h1').length,
  }));
  expect(seen.scripts === 0 && seen.unlabelled === 0 && seen.h1 === 1 && seen.lang === 'en', `${name}: is plain and labelled`, seen);
  expect(seen.styled === '600px', `${name}: has its style sheet under its policy`, seen.styled);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [320, 360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(needed <= given, `${name}: fits into ${width} px`, `${needed}`);
    }
  }
}

async function seal(link) {
  return /name="seal" value="([^"]+)"/.exec(await (await fetch(link)).text())[1];
}

const port = await freePort();
writeFileSync(config, `[notify]\nanswer_url = "http://127.0.0.1:${port}"\n`);
const dates = readdirSync(exports).filter((name) => /^\d{4}-/.test(name)).sort();
const hours = (n) => new Date(Date.now() - n * 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
dates.forEach((date, n) => run('scan', '--crm', `export:${join(exports, date)}`, '--state', state, '--config', config, '--now', hours(dates.length - n)));

const asked = mails();
if (asked.length < 5) throw new Error(`there are ${asked.length} mails that can be answered, and 5 are needed`);
const [clicked, denied, looked, overtaken, forged] = asked;
const served = await respond(port, '--crm', `export:${join(exports, dates.at(-1))}`);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
const open = async (url) => {
  const page = await browser.newPage();
  // The browser itself says so of every answer from 400 on.
  const isStatus = (text) => text.startsWith('Failed to load resource: the server responded with a status of 4');
  page.on('console', (message) => { if (!isStatus(message.text())) expect(false, 'the console stays silent', message.text()); });
  const response = await page.goto(url);
  return { page, status: response?.status() };
};

try {
  // A mail's button leads to a page, and the page's button acts.
  const { page } = await open(pathToFileURL(clicked.file).href);
  await unchanged('opening the page behind a button', async () => {
    await Promise.all([page.waitForURL(/\/answer\?l=/), page.getByRole('link', { name: 'Got it' }).click()]);
    await checkPage(page, 'got it');
  });
  expect((await textOf(page)).includes('This case is notified'), 'the page says how the case stands', await textOf(page));
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Got it' }).click()]);
  expect((await textOf(page)).includes('Taken: got it.'), 'the page says that the answer was taken', await textOf(page));
  expect(!page.url().includes('l='), 'the link is gone from the address', page.url());
  expect(show(clicked.case).state === 'acknowledged', 'baton show says that it is acknowledged', show(clicked.case).state);
  await page.close();

  // A reason is needed, and the browser asks for it.
  const reason = await open(denied.links['Not a change']);
  await unchanged('pressing the button without a reason', () => reason.page.getByRole('button', { name: 'Not a change' }).click());
  await reason.page.getByLabel('Why is it no change?').fill('She is on leave and comes back in May');
  await Promise.all([reason.page.waitForNavigation(), reason.page.getByRole('button', { name: 'Not a change' }).click()]);
  expect(show(denied.case).state === 'dismissed', 'baton show says that it is dismissed', show(denied.case).state);
  await reason.page.close();

  // Scanners look, often and at once.
  await unchanged('looking 20 times at once with GET and HEAD', async () => {
    const all = Object.values(looked.links).flatMap((link) => ['GET', 'HEAD'].flatMap((method) => Array.from({ length: 20 }, () => fetch(link, { method }))));
    const statuses = new Set((await Promise.all(all)).map((response) => response.status));
    expect([...statuses].join() === '200', 'looking is answered', [...statuses]);
  });
  for (const [label, link] of Object.entries(looked.links)) {
    const { page, status } = await open(link);
    expect(status === 200, `${label}: opens`, status);
    await checkPage(page, label);
    await page.close();
  }

  // A scanner's page that submits the form by itself, without the seal and with one that it has read.
  const stolen = await seal(forged.links['Got it']);
  const form = (fields) => `<form method="post" action="http://127.0.0.1:${port}/answer">${Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`).join('')}</form><script>document.forms[0].submit()</script>`;
  const token = new URL(forged.links['Got it']).searchParams.get('l');
  const scanner = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(form(request.url === '/stolen' ? { l: token, seal: stolen } : { l: token }));
  });
  await new Promise((ready) => scanner.listen(0, '127.0.0.1', ready));
  for (const path of ['/plain', '/stolen']) {
    await unchanged(`a page that submits the form by itself (${path})`, async () => {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${scanner.address().port}${path}`);
      await page.waitForURL(/\/answer$/);
      expect((await textOf(page)).includes('Nothing was done'), `${path}: is refused and says so`, await textOf(page));
      await page.close();
    });
  }
  scanner.close();
  await unchanged('posting without the seal', async () => {
    const body = new URLSearchParams({ l: token });
    expect((await fetch(`http://127.0.0.1:${port}/answer`, { method: 'POST', body })).status === 403, 'a form without a seal is refused');
    const headers = { 'x-http-method-override': 'POST' };
    expect((await fetch(forged.links['Got it'], { headers })).status === 200, 'another method in a header is passed over');
  });

  // A link that is used, overtaken, cut, or too old; and one that was forwarded.
  await unchanged('using a link again', async () => {
    const { page, status } = await open(clicked.links['Got it']).catch(() => ({}));
    expect(status === 410, 'a used link says 410', status);
    expect((await textOf(page)).includes('Answered already: got it'), 'a used link says what was answered', await textOf(page));
    await page.close();
  });
  const late = await open(overtaken.links['Not a change']);
  run('answer', overtaken.case, 'got-it', '--state', state, '--by', 'somebody else');
  await unchanged('answering what has changed', async () => {
    await late.page.getByLabel('Why is it no change?').fill('It is no change');
    await Promise.all([late.page.waitForNavigation(), late.page.getByRole('button', { name: 'Not a change' }).click()]);
    const text = await textOf(late.page);
    expect(text.includes('Changed: review again') && text.includes('said somebody else'), 'what has changed is to be looked at again', text);
  });
  await Promise.all([late.page.waitForNavigation(), late.page.getByRole('link', { name: 'Done' }).click()]);
  await late.page.getByLabel(/What was done/).fill('Spoke to her');
  await Promise.all([late.page.waitForNavigation(), late.page.getByRole('button', { name: 'Done' }).click()]);
  expect(show(overtaken.case).state === 'closed', 'after a fresh look it can be answered', show(overtaken.case).state);
  await late.page.close();
  await unchanged('a link that was forwarded and only opened', async () => {
    const elsewhere = await browser.newContext();
    const page = await elsewhere.newPage();
    expect((await page.goto(forged.links['Hand to …'])).status() === 200, 'a forwarded link shows');
    await page.getByLabel('Who takes it?').fill('Eve');
    await page.getByLabel('Their mail address').fill('eve@evil.example');
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: /Hand to/ }).click()]);
    expect((await textOf(page)).includes('nobody here is known under that address'), 'a case cannot be handed out of the house', await textOf(page));
    await elsewhere.close();
  });
  await unchanged('a link that was cut', async () => {
    expect((await fetch(forged.links.Done.slice(0, -5))).status === 403, 'a cut link says 403');
  });
  const later = await freePort();
  const expired = await respond(later, '--now', hours(-96));
  await unchanged('a link that is too old', async () => {
    expect((await fetch(forged.links.Done.replace(`:${port}`, `:${later}`))).status === 410, 'an old link says 410');
  });
  expired.child.kill();

  // Slack waits for three seconds.
  const { account, continued, answers } = show(looked.case);
  const value = [looked.case, account, (continued ?? 0) + (answers ?? []).length].join('|');
  const interaction = (n) => {
    const payload = { type: 'block_actions', team: { id: 'T1' }, user: { id: 'U1', name: 'robin' }, trigger_id: `${n}`, container: { message_ts: '1' }, actions: [{ action_id: 'got_it', value, action_ts: `${n}` }] };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const at = Math.floor(Date.now() / 1000);
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-request-timestamp': `${at}`, 'x-slack-signature': signature };
    return fetch(`http://127.0.0.1:${port}/slack`, { method: 'POST', body, headers });
  };
  const took = [];
  for (let n = 0; n < 50; n += 1) {
    const began = performance.now();
    const { status } = await interaction(n);
    took.push(performance.now() - began);
    expect(status === 200, 'a click in Slack is taken', status);
  }
  took.sort((a, b) => a - b);
  expect(served.startMs + took.at(-1) < 3_000, 'Slack is answered within three seconds, the start included', `${served.startMs} + ${took.at(-1)} ms`);
  expect(show(looked.case).state === 'acknowledged', 'a click in Slack acknowledges', show(looked.case).state);
  console.log(`answers: start to first answer ${served.startMs.toFixed(0)} ms; a click in Slack ${took[25].toFixed(1)} ms, at most ${took.at(-1).toFixed(1)} ms of ${took.length}`);

  run('audit', 'verify', 'all', '--state', state);
  expect(!served.said().includes(token), 'no link stands in what the function prints');
} finally {
  served.child.kill();
  await browser.close();
  rmSync(scratch, { recursive: true });
}

mistakes.slice(0, 40).forEach((mistake) => console.log(`FAILED  ${mistake}`));
console.log(`answers: ${passed} passed, ${mistakes.length} failed`);
process.exit(mistakes.length === 0 ? 0 : 1);
