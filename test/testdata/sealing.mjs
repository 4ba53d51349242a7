// A device that seals and signs, in WebCrypto alone: enrols a key for a person, waits until it is confirmed, seals two
// texts by the script of docs/sealed.md, sends the files, and appends the tip that it signed.
// node sealing.mjs URL TOKEN PERSON SEAL.mjs, the texts {"content":…,"reporter":…} as the first line of standard input, a
// second line when the key has been confirmed.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
const [, , url, token, person, script] = process.argv;
const { seal } = await import(pathToFileURL(script));
const { subtle } = globalThis.crypto, enc = new TextEncoder();
const b64 = bytes => Buffer.from(bytes).toString('base64url');
const sha256 = async bytes => new Uint8Array(await subtle.digest('SHA-256', bytes));
const suite = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;
const authorization = 'Bearer ' + token;

const pair = await subtle.generateKey(suite, false, ['sign', 'verify']);
const spki = new Uint8Array(await subtle.exportKey('spki', pair.publicKey));
const source = 'urn:anjian:key:' + b64(await sha256(spki));
const { origin: ledger } = await (await fetch(url + '/v1/log')).json();
let keyseq = 0, keyprev;
async function append(attributes) {
  const event = JSON.stringify({ specversion: '1.0', id: crypto.randomUUID(), source, time: new Date().toISOString(), ...attributes,
    ledger, keyseq: keyseq++, ...(keyprev && { keyprev }) });
  const bytes = enc.encode(event);
  const pae = Buffer.concat([enc.encode(`DSSEv1 36 application/vnd.anjian.event.v1+json ${bytes.length} `), bytes]);
  const signature = b64(await subtle.sign(suite, pair.privateKey, pae));
  keyprev = b64(await sha256(bytes));
  const answer = await fetch(url + '/v1/events', { method: 'POST', body: event,
    headers: { authorization, 'content-type': 'application/cloudevents+json', 'anjian-signature': signature } });
  if (answer.status !== 201) throw new Error(answer.status + ' ' + await answer.text());
  const receipt = (await answer.json()).receipts[0];
  return { id: receipt.id, index: receipt.index, sha256: Buffer.from(await sha256(bytes)).toString('hex') };
}

const texts = JSON.parse(await line());
console.log(JSON.stringify(await append({ type: 'anjian.key-registered.v1', subject: 'person/' + person,
  data: { suite: 'ecdsa-p256-sha256', public_key: b64(spki), device: 'node' } })));
if (await line() !== 'confirmed') throw new Error('not confirmed');

const { keys } = await (await fetch(url + '/v1/sealing-keys')).json(); // public
const id = crypto.randomUUID(), data = { channel: 'visit', violation: 'other' }, files = {};
for (const member of ['content', 'reporter']) {
  const may = member === 'content' ? ['supervision-office', 'discipline-commission'] : ['discipline-commission'];
  const key = keys.find(k => !k.destroyed && k.roles.join() === may.join());
  const { file, sealed } = await seal(key.public_key, { origin: ledger, event: id, member }, texts[member]);
  const answer = await fetch(`${url}/v1/evidence/${sealed.sha256}`, { method: 'PUT', body: file, headers: { authorization } });
  if (answer.status !== 201) throw new Error(answer.status + ' ' + await answer.text());
  data[member] = sealed;
  files[member] = Buffer.from(file).toString('base64');
}
const receipt = await append({ id, type: 'anjian.tip-received.v1', subject: 'tip/' + id, data });
console.log(JSON.stringify({ ...receipt, data, files }));
process.exit(0);
