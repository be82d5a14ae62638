import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

/** One attempt per argument, each in a process of its own: some of them end it. */
const program = String.raw`
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
static int udp(void) { return socket(AF_INET, SOCK_DGRAM, 0); }
static void shout(int s) {
  int on = 0; socklen_t size = 4;
  struct sockaddr_in all = {AF_INET, htons(9), {0xffffffff}};
  getsockopt(s, SOL_SOCKET, SO_BROADCAST, &on, &size);
  int sent = sendto(s, "x", 1, 0, (void *)&all, sizeof all);
  printf("broadcast=%d %s\n", on, sent == 1 ? "SENT" : strerror(errno));
}
#ifdef __x86_64__
static int old(long n, long a, long b, long c, long d, long e) {
  long r;
  __asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory", "r8", "r9", "r10", "r11");
  return (int)r;
}
#endif
int main(int n, char **v) {
  int one = 1, s = udp();
  const char *how = v[1];
  setvbuf(stdout, 0, _IONBF, 0);
  if (!strcmp(how, "plain")) { printf("answer=%d ", setsockopt(s, SOL_SOCKET, SO_BROADCAST, &one, 4)); shout(s); }
  if (!strcmp(how, "high-level")) { syscall(SYS_setsockopt, s, 0x100000001L, 6L, &one, 4L); shout(s); }
  if (!strcmp(how, "high-option")) { syscall(SYS_setsockopt, s, 1L, 0x7f00000000000006L, &one, 4L); shout(s); }
  if (!strcmp(how, "ordinary")) {
    int t = socket(AF_INET, SOCK_STREAM, 0), six = socket(AF_INET6, SOCK_STREAM, 0), pair[2];
    printf("%d%d%d%d%d%d%d\n", setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, 4), setsockopt(t, IPPROTO_TCP, 1, &one, 4), setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &one, 4),
      setsockopt(s, IPPROTO_IP, IP_TTL, &one, 4), setsockopt(s, SOL_SOCKET, SO_RCVBUF, &one, 4), setsockopt(t, SOL_SOCKET, SO_KEEPALIVE, &one, 4), socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  }
  if (!strcmp(how, "families")) {
    int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};
    for (int family = 0; family < 64; family++)
      for (int t = 0; t < 4; t++)
        if (socket(family, types[t], 0) >= 0) { printf("%d ", family); break; }
    if (syscall(SYS_socket, 0x100000028L, 1L, 0L) >= 0) printf("high-vsock");
    printf("\n");
  }
#ifdef __x86_64__
  unsigned *p = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  p[9] = 1;
  if (!strcmp(how, "old-socketcall")) { p[0] = s; p[1] = 1; p[2] = 6; p[3] = (unsigned)(long)(p + 9); p[4] = 4; old(102, 14, (long)p, 0, 0, 0); shout(s); }
  if (!strcmp(how, "old-setsockopt")) { old(366, s, 1, 6, (long)(p + 9), 4); shout(s); }
  if (!strcmp(how, "old-vsock")) { p[0] = 40; p[1] = 1; p[2] = 0; if (old(102, 1, (long)p, 0, 0, 0) >= 0 || old(359, 40, 1, 0, 0, 0) >= 0) printf("GIVEN\n"); }
  if (!strcmp(how, "x32")) { syscall(0x40000000 | 541, s, 1, 6, &one, 4); shout(s); }
#endif
  return 0;
}
`;

let test: TestWall;
let one: Walled;
beforeAll(async () => {
  test = await createTestWall();
  one = await test.build();
  await test.engine.exec(one.agent, ['sh', '-c', 'cat > /tmp/attempt.c'], { stdin: program });
  await test.run(one, 'gcc -w -o /tmp/attempt /tmp/attempt.c');
});
afterAll(() => test?.cleanUp());

const attempt = (how: string): Promise<string> => test.run(one, `/tmp/attempt ${how} 2>&1; true`);

describe('sockets of the agent', () => {
  it('are of four families: no way to a hypervisor, past the wall', async () => {
    // AF_UNIX, AF_INET, AF_INET6, AF_NETLINK.
    expect(await attempt('families')).toBe('1 2 10 16');
  });

  it('take the options that programs need', async () => {
    expect(await attempt('ordinary')).toBe('0000000');
  });

  it('say yes to broadcast, and send none', async () => {
    expect(await attempt('plain')).toBe('answer=0 broadcast=0 Permission denied');
  });

  it.each(['high-level', 'high-option'])('send none when the arguments are dressed up: %s', async (how) => {
    expect(await attempt(how)).toBe('broadcast=0 Permission denied');
  });

  it.skipIf(process.arch !== 'x64').each(['old-socketcall', 'old-setsockopt', 'old-vsock', 'x32'])(
    'obey by another door of the kernel too: %s',
    async (how) => {
      expect(await attempt(how)).toMatch(/Bad system call/);
    },
  );
});

describe('the gateway', () => {
  it('is no router: a packet that is addressed to it stays there', async () => {
    expect((await test.engine.exec(one.gateway, ['cat', '/proc/sys/net/ipv4/ip_forward'])).stdout).toBe('0\n');
    expect((await test.engine.exec(one.gateway, ['cat', '/proc/sys/net/ipv4/conf/all/accept_source_route'])).stdout).toBe('0\n');
  });
});
