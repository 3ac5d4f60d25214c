#!/usr/bin/env node
// Opens what `baton demo` has made in a real browser, and the page of a backtest beside it: node check.mjs DEMO_DIR
// Nothing is fetched, nothing is refused, everything is named, reachable by keyboard, legible, and fits on a phone.
// playwright-core is found through NODE_PATH; the browser is /usr/bin/chromium or what CHROMIUM names.
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core');

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const WIDTHS = [360, 768, 1280];
const SCHEMES = ['light', 'dark'];
const LEGIBLE = 4.5;
const LEGIBLE_LARGE = 3;

const demo = resolve(process.argv[2] ?? '');
const scratch = mkdtempSync(join(tmpdir(), 'baton-browser-'));
const mistakes = [];
let passed = 0;

function expect(holds, page, what, seen = '') {
  if (holds) passed += 1;
  else mistakes.push(`${page}: ${what}${seen === '' ? '' : `: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`}`);
}

function files(folder, ending) {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending)).sort();
  if (names.length === 0) throw new Error(`there is no ${ending} in ${folder}`);
  return names.map((name) => join(folder, name));
}

// The HTML part of a mail, as a file of its own.
function htmlOf(mail) {
  const text = readFileSync(mail, 'latin1');
  const part = text.split(/\r\n--[^\r\n]+\r\n/).find((part) => /^content-type: text\/html/im.test(part.split('\r\n\r\n')[0]));
  if (!part) throw new Error(`${mail} has no HTML part`);
  const end = part.indexOf('\r\n\r\n');
  const [head, body] = [part.slice(0, end), part.slice(end + 4)];
  const encoding = /^content-transfer-encoding: *(\S+)/im.exec(head)?.[1].toLowerCase() ?? '8bit';
  const byte = (_, hex) => String.fromCharCode(parseInt(hex, 16));
  const decode = {
    base64: () => Buffer.from(body, 'base64'),
    'quoted-printable': () => Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, byte), 'latin1'),
    '8bit': () => Buffer.from(body, 'latin1'),
    '7bit': () => Buffer.from(body, 'latin1'),
  }[encoding];
  const file = join(scratch, `${mail.split('/').pop()}.html`);
  writeFileSync(file, decode());
  return file;
}

// Runs in the page: its structure.
function structure() {
  const text = (element) => (element?.textContent ?? '').trim();
  const named = (svg) => {
    const pointed = ['aria-labelledby', 'aria-describedby'].flatMap((name) => (svg.getAttribute(name) ?? '').split(/\s+/)).filter(Boolean);
    const dangling = pointed.some((id) => text(document.getElementById(id)) === '');
    const label = svg.getAttribute('aria-label') || text(svg.querySelector('title')) || pointed.length > 0;
    return svg.closest('[aria-hidden="true"]') !== null || (Boolean(label) && !dangling);
  };
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  const links = [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href').slice(1));
  const controls = [...document.querySelectorAll('a[href], button, summary, [role="button"]')];
  return {
    lang: document.documentElement.lang,
    title: document.title,
    mains: document.querySelectorAll('main').length,
    landmarks: document.querySelectorAll('header, nav, footer').length,
    headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((h) => ({ level: Number(h.tagName[1]), text: text(h).slice(0, 60) })),
    unnamedDrawings: [...document.querySelectorAll('svg')].filter((svg) => !named(svg)).map((svg) => svg.outerHTML.slice(0, 120)),
    drawings: document.querySelectorAll('[role="img"]').length,
    repeatedIds: ids.filter((id, n) => ids.indexOf(id) !== n),
    deadLinks: links.filter((id) => id !== '' && !document.getElementById(decodeURIComponent(id))),
    unnamedControls: controls.filter((c) => text(c) === '' && !c.getAttribute('aria-label')).map((c) => c.outerHTML.slice(0, 120)),
    tablesWithoutHead: [...document.querySelectorAll('table:not([role="presentation"])')].filter((t) => !t.querySelector('th')).length,
    violations: window.violations ?? [],
  };
}

// Runs in the page: texts whose contrast to what lies behind them is too low.
function illegible({ normal, large }) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const above = (element) => element.parentElement ?? element.getRootNode().host;
  const roots = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((e) => (e.shadowRoot ? roots(e.shadowRoot) : []))];
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = above(e)) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), rgba('Canvas'));
  };
  const found = new Map();
  let texts = 0;
  const textNodes = roots(document).flatMap((root) => {
    const walker = document.createTreeWalker(root.body ?? root, NodeFilter.SHOW_TEXT);
    const nodes = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node);
    return nodes;
  });
  for (const node of textNodes) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('svg, [aria-disabled="true"], [aria-hidden="true"], script, style')) continue;
    const style = getComputedStyle(element);
    let opacity = 1;
    for (let e = element; e; e = above(e)) opacity *= Number(getComputedStyle(e).opacity);
    const back = behind(element);
    const [r, g, b, a] = rgba(style.color);
    const ratio = contrast(over([r, g, b, a * opacity], back), back);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? large : normal;
    texts += 1;
    if (ratio < needed) {
      const where = `${element.tagName.toLowerCase()}${element.className ? `.${element.className}` : ''}`;
      if (!found.has(where)) found.set(where, `${where} ${ratio.toFixed(2)} "${node.data.trim().slice(0, 40)}"`);
    }
  }
  return { texts, found: [...found.values()] };
}

// Tabs through the page from its beginning, opening every disclosure on the way with the keyboard alone.
async function tabThrough(page) {
  await page.evaluate(() => { document.querySelectorAll('details').forEach((d) => { d.open = false; }); document.body.tabIndex = -1; document.body.focus(); });
  let reached = 0;
  for (let presses = 0; presses < 20_000; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      let now = document.activeElement;
      while (now?.shadowRoot?.activeElement) now = now.shadowRoot.activeElement;
      if (!now || now === document.body) return 'end';
      if (now.dataset.reached) return 'again';
      now.dataset.reached = 'yes';
      const outline = getComputedStyle(now);
      if (outline.outlineStyle === 'none' && outline.boxShadow === 'none') (window.unmarked ??= []).push(now.outerHTML.slice(0, 100));
      return now.tagName === 'SUMMARY' && !now.parentElement.open ? 'closed' : 'other';
    });
    if (at === 'end' || at === 'again') break;
    reached += 1;
    if (at === 'closed') await page.keyboard.press('Enter');
  }
  return page.evaluate((reached) => {
    const missed = [...document.querySelectorAll('summary, a[href]')].filter((e) => !e.dataset.reached && e.checkVisibility());
    const closed = [...document.querySelectorAll('details')].filter((d) => !d.open);
    return {
      reached,
      missed: missed.map((e) => e.outerHTML.slice(0, 100)),
      closed: closed.map((d) => d.outerHTML.slice(0, 100)),
      unmarked: window.unmarked ?? [],
    };
  }, reached);
}

async function check(browser, name, file, { isReport = false } = {}) {
  const address = pathToFileURL(file).href;
  const page = await browser.newPage();
  const [said, asked] = [[], []];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) said.push(message.text()); });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => asked.push(request.url()));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (v) => window.violations.push(`${v.violatedDirective} ${v.blockedURI}`));
  });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(address, { waitUntil: 'load' });

  const seen = await page.evaluate(structure);
  expect(seen.lang !== '' && seen.title.trim() !== '', name, 'has a language and a title', { lang: seen.lang, title: seen.title });
  expect(seen.unnamedDrawings.length === 0, name, 'every drawing has a name or is hidden from screen readers', seen.unnamedDrawings[0]);
  expect(seen.repeatedIds.length === 0, name, 'no id stands twice', seen.repeatedIds[0]);
  expect(seen.deadLinks.length === 0, name, 'every link inside the page leads somewhere', seen.deadLinks[0]);
  expect(seen.unnamedControls.length === 0, name, 'every control has a name', seen.unnamedControls[0]);
  expect(seen.tablesWithoutHead === 0, name, 'every table of data has headings', `${seen.tablesWithoutHead} have none`);
  const skips = seen.headings.filter((h, n) => h.level > (n === 0 ? (isReport ? 1 : 2) : seen.headings[n - 1].level + 1));
  expect(skips.length === 0, name, 'headings come in order', skips[0]);
  if (isReport) {
    expect(seen.mains === 1 && seen.landmarks > 0, name, 'has one main and further landmarks', { main: seen.mains, others: seen.landmarks });
    expect(seen.headings.filter((h) => h.level === 1).length === 1, name, 'has one h1', seen.headings.filter((h) => h.level === 1));
    expect(seen.drawings > 0, name, 'draws', seen.drawings);
    const tabs = await tabThrough(page);
    expect(tabs.reached > 0 && tabs.missed.length === 0, name, 'every link and disclosure is reached with the Tab key', tabs.missed[0]);
    expect(tabs.closed.length === 0, name, 'every disclosure opens with the Enter key', tabs.closed[0]);
    expect(tabs.unmarked.length === 0, name, 'what has the focus is marked', tabs.unmarked[0]);
  }

  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, media: 'screen' });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const [needed, given, widest] = await page.evaluate(() => {
        const root = document.documentElement;
        const widest = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)[0];
        return [Math.max(root.scrollWidth, document.body.scrollWidth), root.clientWidth, widest?.outerHTML.slice(0, 100) ?? ''];
      });
      expect(needed <= given, name, `fits into ${width} px (${colorScheme})`, `${needed} px, ${widest}`);
    }
    const { texts, found } = await page.evaluate(illegible, { normal: LEGIBLE, large: LEGIBLE_LARGE });
    expect(texts > 0 && found.length === 0, name, `text is legible (${colorScheme})`, found.slice(0, 8).join(' · '));
  }

  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  const printed = await page.pdf({ format: 'A4' });
  expect(printed.subarray(0, 5).toString() === '%PDF-' && printed.length > 5_000, name, 'prints', `${printed.length} bytes`);

  const after = await page.evaluate(() => window.violations);
  expect(said.length === 0, name, 'the console stays silent', said[0]);
  expect(after.length === 0, name, 'nothing violates the content security policy', after[0]);
  expect(asked.every((url) => url.split('#')[0] === address), name, 'asks for nothing but itself', asked.find((url) => url.split('#')[0] !== address));
  await page.close();
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
try {
  await check(browser, 'report.html', join(demo, 'report.html'), { isReport: true });
  await check(browser, 'backtest.html', join(demo, 'backtest.html'), { isReport: true });
  for (const mail of files(join(demo, 'outbox/mail'), '.eml')) await check(browser, mail.split('/').pop(), htmlOf(mail));
  for (const page of files(join(demo, 'outbox/slack'), '.html')) await check(browser, page.split('/').pop(), page);
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}

mistakes.slice(0, 40).forEach((mistake) => console.log(`FAILED  ${mistake}`));
if (mistakes.length > 40) console.log(`… and ${mistakes.length - 40} more`);
console.log(`browser: ${passed} passed, ${mistakes.length} failed`);
process.exit(mistakes.length === 0 ? 0 : 1);
