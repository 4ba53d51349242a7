// Reads vectors [{A, R, S, M}, …] from standard input and writes what WebCrypto says of each:
// "no key" (it is not imported), "holds" or "does not hold".
const hex = (s) => Uint8Array.from(s.match(/../g), (x) => parseInt(x, 16));
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const said = [];
for (const v of JSON.parse(Buffer.concat(chunks))) {
  let key;
  try {
    key = await crypto.subtle.importKey('raw', hex(v.A), { name: 'Ed25519' }, false, ['verify']);
  } catch {
    said.push('no key');
    continue;
  }
  const holds = await crypto.subtle.verify({ name: 'Ed25519' }, key, hex(v.R + v.S), new TextEncoder().encode(v.M));
  said.push(holds ? 'holds' : 'does not hold');
}
console.log(JSON.stringify(said));
