import { containerPaths, egressNetworkName } from '../../electron/engine/names.ts';
import { randomId } from '../fixtures/engine.ts';
import type { House } from './house.ts';

export const upstreamName = 'bench.example.com';
/** The same server by another name and port, which goes as TCP by name: through the forwarder and the raw listener. */
export const tcpUpstream = { name: 'tcp.example.com', port: 8080 } as const;
/** Bytes of one `/bulk` answer. */
export const bulkBytes = 64 * 1024 * 1024;

/** `/bulk` answers 64 MiB, `/slow` one line each 20 ms for a minute, all else one line. HTTP on 80 and 8080, TLS on 443. */
const script = String.raw`
import http.server, ssl, subprocess, threading, time
block = bytes(1 << 20)
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    def log_message(self, *a): pass
    def do_GET(self):
        bulk, slow = self.path.startswith('/bulk'), self.path == '/slow'
        self.send_response(200)
        self.send_header('Content-Length', str(64 << 20 if bulk else 6000 if slow else 2))
        self.end_headers()
        try:
            if bulk:
                for n in range(64): self.connection.sendall(block)
            elif slow:
                for n in range(3000):
                    self.connection.sendall(b'.\n')
                    time.sleep(0.02)
            else: self.connection.sendall(b'ok')
        except OSError: self.close_connection = True
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
def serve(port, tls):
    server = Server(('0.0.0.0', port), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain('/tmp/c.pem', '/tmp/k.pem')
        # The handshake belongs to the thread of the connection, not to the one that accepts.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever).start()
subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/tmp/k.pem', '-out', '/tmp/c.pem', '-subj', '/CN=bench'], check=True, capture_output=True)
serve(80, False)
serve(8080, False)
serve(443, True)
print('ready', flush=True)
`;

/** A web server on the egress network, and a client beside it that reaches it without any gateway: the raw baseline. */
export async function startUpstream({ test, image }: House): Promise<{ readonly direct: string }> {
  const { engine } = test;
  const network = { name: egressNetworkName(engine.installation) };
  const common = { image, user: '0:0', env: { HOME: containerPaths.home }, mounts: [], readOnlyRoot: false, restart: 'no' } as const;
  const server = await engine.createContainer({
    ...common,
    name: `forge-upstream-${randomId()}`,
    entrypoint: ['tini', '--', 'python3', '-c', script],
    network: { ...network, aliases: [upstreamName, tcpUpstream.name] },
    capabilities: ['NET_BIND_SERVICE'],
  });
  await engine.startContainer(server);
  const direct = await engine.createContainer({ ...common, name: `forge-direct-${randomId()}`, network, capabilities: [] });
  await engine.startContainer(direct);
  for (let tries = 0; ; tries += 1) {
    const { exitCode } = await engine.exec(direct, ['curl', '-sk', '-o', '/dev/null', `https://${upstreamName}/`]);
    if (exitCode === 0) return { direct };
    if (tries > 100) throw new Error('The upstream does not answer.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
