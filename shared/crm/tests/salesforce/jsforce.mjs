// The stand-in speaks the protocol as jsforce, the client that most of Salesforce's customers use, understands it.
//   NODE_PATH=…/node_modules node shared/crm/tests/salesforce/jsforce.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const jsforce = require('jsforce');
const standIn = spawn('python3', [fileURLToPath(new URL('stand_in.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
const port = await new Promise((resolve) => standIn.stdout.once('data', (text) => resolve(parseInt(text, 10))));
const base = `http://127.0.0.1:${port}`;
const control = async (what, body = {}) =>
  (await fetch(`${base}/_control/${what}`, { method: 'POST', body: JSON.stringify(body) })).json();
let passed = 0;
const check = async (what, run) => {
  await run();
  passed += 1;
  console.log(`ok  ${what}`);
};

try {
  await control('field', { object: 'Task', name: 'Baton_Id__c', kind: 'string', length: 64, externalId: true, unique: true });
  const { Account: [account] } = await control('load', { Account: [{ Name: 'Northwind', Type: 'Customer' }] });
  const contacts = await control('many', { account, count: 450 });
  const oauth2 = { loginUrl: base, clientId: 'client', clientSecret: 'secret' };
  const conn = new jsforce.Connection({ oauth2, version: '64.0', loginUrl: base });

  await check('token, by client credentials', async () => {
    await conn.authorize({ grant_type: 'client_credentials' });
    assert.equal(conn.instanceUrl, base);
    assert.ok(conn.accessToken);
  });
  await check('query, and the rest of its answer', async () => {
    const options = { headers: { 'Sforce-Query-Options': 'batchSize=200' }, autoFetch: false };
    let answer = await conn.query("SELECT Id, Name, Account.Name FROM Contact WHERE AccountId != null ORDER BY Id", options);
    assert.deepEqual([answer.totalSize, answer.done, answer.records.length], [450, false, 200]);
    assert.equal(answer.records[0].Account.Name, 'Northwind');
    answer = await conn.queryMore(answer.nextRecordsUrl);
    answer = await conn.queryMore(answer.nextRecordsUrl);
    assert.deepEqual([answer.done, answer.records.length], [true, 50]);
  });
  await check('an error is told by its code', async () => {
    await assert.rejects(conn.query("SELECT Nothing__c FROM Contact"), { errorCode: 'INVALID_FIELD' });
    await assert.rejects(conn.query("SELECT Id FROM Task WHERE Description = 'x'"), { errorCode: 'INVALID_FIELD' });
    await assert.rejects(conn.queryMore('/services/data/v64.0/query/01gNowhere-2000'), { errorCode: 'INVALID_QUERY_LOCATOR' });
  });
  await check('queryAll sees what was deleted and merged', async () => {
    await control('delete', { object: 'Contact', id: contacts[0] });
    await control('merge', { object: 'Contact', loser: contacts[1], winner: contacts[2] });
    const soql = 'SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE IsDeleted = true ORDER BY Id';
    const all = await conn.query(soql, { scanAll: true });
    assert.deepEqual(all.records.map((r) => r.MasterRecordId), [null, contacts[2]]);
    assert.equal((await conn.query(soql)).totalSize, 0);
  });
  await check('rows within rows', async () => {
    const { Opportunity: [deal] } = await control('load', { Opportunity: [{ AccountId: account, Name: 'x', StageName: 'New' }] });
    await control('load', { OpportunityContactRole: [{ OpportunityId: deal, ContactId: contacts[3], Role: 'Champion' }] });
    const soql = `SELECT Id, (SELECT Role, Opportunity.AccountId FROM OpportunityContactRoles) FROM Contact WHERE Id = '${contacts[3]}'`;
    const [record] = (await conn.query(soql)).records;
    assert.equal(record.OpportunityContactRoles.records[0].Opportunity.AccountId, account);
  });
  await check('describe', async () => {
    const described = await conn.sobject('Task').describe();
    assert.equal(described.fields.find((f) => f.name === 'Baton_Id__c').externalId, true);
    await assert.rejects(conn.sobject('Nothing').describe(), { errorCode: 'NOT_FOUND' });
  });
  await check('composite', async () => {
    const url = (rest) => `/services/data/v64.0/${rest}`;
    const part = (id, rest) => ({ method: 'GET', url: url(rest), referenceId: id });
    const compositeRequest = [part('a', 'sobjects/Contact/describe'), part('b', 'query?q=SELECT+COUNT()+FROM+Contact'), part('c', 'sobjects/No/describe')];
    const { compositeResponse } = await conn.requestPost(url('composite'), { allOrNone: false, compositeRequest });
    assert.deepEqual(compositeResponse.map((r) => r.httpStatusCode), [200, 200, 404]);
    assert.equal(compositeResponse[1].body.totalSize, 448);
  });
  await check('collections: create, update, upsert by an external id', async () => {
    const task = (n) => ({ Subject: `Call ${n}`, WhatId: account, Status: 'Not Started', Baton_Id__c: `d-${n}` });
    const first = await conn.sobject('Task').upsert([task(1), task(2)], 'Baton_Id__c');
    const again = await conn.sobject('Task').upsert([task(2), task(3)], 'Baton_Id__c');
    assert.deepEqual(first.map((r) => r.created), [true, true]);
    assert.deepEqual(again.map((r) => [r.success, r.created]), [[true, false], [true, true]]);
    const done = await conn.sobject('Task').update([{ Id: first[0].id, Status: 'Completed' }, { Id: first[1].id, Status: 'Completed' }]);
    assert.ok(done.every((r) => r.success));
    assert.equal((await conn.query("SELECT Id FROM Task WHERE IsClosed = true")).totalSize, 2);
    const wrong = await conn.sobject('Task').create([{ Subject: 'x'.repeat(256) }, { Subject: 'y', WhatId: '001000000000000AAA' }]);
    assert.deepEqual(wrong.map((r) => r.errors[0].statusCode), ['STRING_TOO_LONG', 'INVALID_CROSS_REFERENCE_KEY']);
  });
  await check('one record: retrieve, update', async () => {
    await conn.sobject('Contact').update({ Id: contacts[5], Title: 'CFO' });
    assert.equal((await conn.sobject('Contact').retrieve(contacts[5])).Title, 'CFO');
  });
  await check('a row that is locked', async () => {
    await control('set', { locks: { [contacts[5]]: 1 } });
    await assert.rejects(conn.sobject('Contact').update({ Id: contacts[5], Title: 'CEO' }), { errorCode: 'UNABLE_TO_LOCK_ROW' });
    await conn.sobject('Contact').update({ Id: contacts[5], Title: 'CEO' });
  });
  await check('Bulk API 2.0', async () => {
    conn.bulk2.pollInterval = 50;
    const stream = await conn.bulk2.query('SELECT Id, Name, Account.Name, SystemModstamp FROM Contact');
    const rows = await stream.toArray();
    assert.equal(rows.length, 448);
    assert.equal(rows[0]['Account.Name'], 'Northwind');
    await assert.rejects(conn.bulk2.query('SELECT Id, (SELECT Id FROM OpportunityContactRoles) FROM Contact'));
  });
  await check('the org, by the older API', async () => {
    assert.equal((await conn.soap.getUserInfo()).orgDefaultCurrencyIsoCode, 'EUR');
  });
  await check('limits', async () => {
    assert.ok(conn.limitInfo.apiUsage.used > 10);
    await control('set', { limit: 1 });
    await assert.rejects(conn.query('SELECT Id FROM Contact'), { errorCode: 'REQUEST_LIMIT_EXCEEDED' });
    await control('set', { limit: 100000 });
  });
  await check('a session that has ended', async () => {
    await control('sign_out');
    const worn = new jsforce.Connection({ instanceUrl: base, accessToken: 'worn', version: '64.0' });
    await assert.rejects(worn.query('SELECT Id FROM Contact'), { errorCode: 'INVALID_SESSION_ID' });
  });
  console.log(`${passed} checks passed with jsforce ${require('jsforce/package.json').version}`);
} finally {
  standIn.stdin.end();
}
