// A phone in WebCrypto alone: enrols a key, waits until it is confirmed, and sends a visit that
// was signed offline. node phone.mjs URL TOKEN PERSON SUITE, the events of the visit as a JSON
// array in the first line of standard input, a second line when the key has been confirmed.
import { createInterface } from 'node:readline';
const [, , url, token, person, suiteName] = process.argv;
const { subtle } = globalThis.crypto, enc = new TextEncoder();
const b64 = bytes => Buffer.from(bytes).toString('base64url');
const sha256 = async bytes => new Uint8Array(await subtle.digest('SHA-256', bytes));
const suite = suiteName === 'ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;

const pair = await subtle.generateKey(suite, false, ['sign', 'verify']);
const spki = new Uint8Array(await subtle.exportKey('spki', pair.publicKey));
const keyId = b64(await sha256(spki));
const { origin } = await (await fetch(url + '/v1/log')).json();

let keyseq = 0, keyprev; // the chain of this key
async function sign(attributes) {
  const event = JSON.stringify({
    specversion: '1.0', id: crypto.randomUUID(), source: 'urn:anjian:key:' + keyId, time: new Date().toISOString(), ...attributes,
    ledger: origin, keyseq, ...(keyprev && { keyprev }),
  });
  const bytes = enc.encode(event);
  const pae = Buffer.concat([enc.encode(`DSSEv1 36 application/vnd.anjian.event.v1+json ${bytes.length} `), bytes]);
  const signature = b64(await subtle.sign(suite, pair.privateKey, pae));
  keyseq++;
  keyprev = b64(await sha256(bytes));
  return { event, signature, id: JSON.parse(event).id, sha256: Buffer.from(await sha256(bytes)).toString('hex') };
}
async function post(body, headers) {
  const answer = await fetch(url + '/v1/events', { method: 'POST', body, headers: { authorization: 'Bearer ' + token, ...headers } });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(answer.status + ' ' + text);
  return JSON.parse(text).receipts;
}

const visit = JSON.parse(await line());
const registration = await sign({ type: 'anjian.key-registered.v1', subject: 'person/' + person, data: { suite: suiteName, public_key: b64(spki), device: 'node' } });
await post(registration.event, { 'content-type': 'application/cloudevents+json', 'anjian-signature': registration.signature });
console.log(JSON.stringify({ id: registration.id, sha256: registration.sha256, spki: b64(spki) }));
if (await line() !== 'confirmed') throw new Error('not confirmed');

const queue = []; // offline: nothing is sent until the whole visit is there
for (const e of visit) queue.push(await sign(e));
const body = queue.map(({ signature, event }) => `{"signature":"${signature}","event":${event}}\n`).join('');
const receipts = await post(body, { 'content-type': 'application/vnd.anjian.signed-events+ndjson' });
console.log(JSON.stringify(receipts.map(r => r.receipt)));
process.exit(0);
