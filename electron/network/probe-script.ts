/** What a try from inside the agent container needs to know. Ports below 0 do not occur; fields not used are left out. */
export type Probe =
  | { readonly id: string; readonly kind: 'tcp' | 'udp' | 'dns'; readonly address: string; readonly port: number }
  | { readonly id: string; readonly kind: 'icmp' | 'broadcast'; readonly address: string }
  | { readonly id: string; readonly kind: 'raw' }
  | { readonly id: string; readonly kind: 'resolve' | 'http' | 'https'; readonly host: string };

/**
 * Arguments: JSON of the probes, and for how many seconds an address may stay silent.
 * Tries all at once and prints one JSON document `[{id, outcome, detail}]`. Outcomes: `reached` (connected, answered or
 * actively refused: somebody is there), `unreachable`, `denied` (the kernel would not try), `silent`, `answer` (an HTTP
 * response or an address, in `detail`), `failed`.
 */
export const probeScript = String.raw`
import errno, json, socket, ssl, struct, sys, threading, http.client
WAIT = float(sys.argv[2])
GONE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETDOWN)

def family(address):
    return socket.AF_INET6 if ':' in address else socket.AF_INET

def tcp(p):
    with socket.socket(family(p['address']), socket.SOCK_STREAM) as s:
        s.settimeout(WAIT)
        s.connect((p['address'], p['port']))
        try:
            s.settimeout(0.5)
            return 'reached', 'connected: ' + s.recv(100).decode('utf8', 'replace')
        except OSError:
            return 'reached', 'connected'

def datagram(p, payload):
    with socket.socket(family(p['address']), socket.SOCK_DGRAM) as s:
        s.settimeout(WAIT)
        s.connect((p['address'], p['port']))
        s.send(payload)
        return 'reached', 'answered: ' + s.recv(100).hex()

def udp(p):
    return datagram(p, b'forgehold')

def dns(p):
    return datagram(p, struct.pack('>HHHHHH', 0x4648, 0x100, 1, 0, 0, 0) + b'\x07example\x03com\x00' + struct.pack('>HH', 1, 1))

def icmp(p):
    six = ':' in p['address']
    with socket.socket(family(p['address']), socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP) as s:
        s.settimeout(WAIT)
        body = struct.pack('>BBHHH', 128 if six else 8, 0, 0, 0, 1) + b'forgehold'
        total = sum(struct.unpack('>%dH' % ((len(body) + 1) // 2), body + b'\x00' * (len(body) % 2)))
        total = (total >> 16) + (total & 0xffff)
        body = body[:2] + struct.pack('>H', ~(total + (total >> 16)) & 0xffff) + body[4:]
        s.sendto(body, (p['address'], 0))
        return 'reached', 'answered: ' + s.recvfrom(100)[1][0]

def broadcast(p):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.sendto(b'forgehold', (p['address'], 9))
        return 'reached', 'was sent'

def raw(p):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP):
        return 'reached', 'a raw socket was given'

def resolve(p):
    found = sorted({a[4][0] for a in socket.getaddrinfo(p['host'], 443, type=socket.SOCK_STREAM)})
    return 'answer', ' '.join(found)

def request(connection, p):
    connection.request('GET', '/', headers={'Host': p['host']})
    response = connection.getresponse()
    return 'answer', '%d %s' % (response.status, response.read(400).decode('utf8', 'replace').strip())

def http_(p):
    return request(http.client.HTTPConnection(p['host'], 80, timeout=10), p)

def https(p):
    return request(http.client.HTTPSConnection(p['host'], 443, timeout=10, context=ssl.create_default_context()), p)

KINDS = {'tcp': tcp, 'udp': udp, 'dns': dns, 'icmp': icmp, 'broadcast': broadcast, 'raw': raw, 'resolve': resolve, 'http': http_, 'https': https}

def attempt(p):
    try:
        return KINDS[p['kind']](p)
    except (socket.timeout, TimeoutError):
        return 'silent', 'no answer'
    except OSError as e:
        text = str(e)
        if e.errno in (errno.ECONNREFUSED, errno.ECONNRESET): return 'reached', text
        if e.errno in GONE: return 'unreachable', text
        if e.errno in (errno.EPERM, errno.EACCES): return 'denied', text
        return 'failed', text
    except Exception as e:
        return 'failed', repr(e)

# As many at once as a container with few processes bears.
probes, results, lock = json.loads(sys.argv[1]), [], threading.Lock()
def work():
    while True:
        with lock:
            if not probes: return
            p = probes.pop(0)
        outcome, detail = attempt(p)
        results.append({'id': p['id'], 'outcome': outcome, 'detail': detail[:400]})

threads = [threading.Thread(target=work, daemon=True) for _ in range(min(96, len(probes)))]
for t in threads: t.start()
for t in threads: t.join(25)
print(json.dumps(results))
`;
