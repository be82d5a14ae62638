import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Small page</title>
<meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="./assets/page.js"></script></head>
<body><p id="state">waiting</p></body></html>
`;

/** One call of the contract by hand: type 1, id 1, JSON. */
const script = `const state = document.querySelector('#state');
const socket = new WebSocket('ws://' + location.host + '/ws');
socket.binaryType = 'arraybuffer';
socket.addEventListener('open', () => {
  const body = new TextEncoder().encode(JSON.stringify({ name: 'app.info' }));
  const frame = new Uint8Array(5 + body.length);
  frame.set([1, 0, 0, 0, 1]);
  frame.set(body, 5);
  socket.send(frame);
});
socket.addEventListener('message', ({ data }) => { state.textContent = new TextDecoder().decode(new Uint8Array(data).subarray(5)); });
socket.addEventListener('close', () => { state.textContent = 'closed'; });
`;

/** Writes a built interface of one page, which shows what `app.info` answers. */
export function writeSmallPage(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), html);
  writeFileSync(join(folder, 'assets', 'page.js'), script);
}
