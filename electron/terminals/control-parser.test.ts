import { array, assert, constantFrom, integer, oneof, property, uint8Array, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { ControlParser, unescapeOutput } from './control-parser.ts';

type Seen = readonly unknown[];

function parse(chunks: readonly Buffer[]): Seen[] {
  const seen: Seen[] = [];
  const parser = new ControlParser({
    onOutput: (pane, bytes) => seen.push(['output', pane, bytes.toString('latin1')]),
    onBlock: ({ ok, own, lines }) => seen.push(['block', ok, own, lines.map((line) => line.toString('latin1'))]),
    onNotification: (name, rest) => seen.push(['notification', name, rest]),
  });
  for (const chunk of chunks) parser.push(chunk);
  return seen;
}

/** As tmux escapes (control.c, control_append_data). */
function escape(bytes: Uint8Array): Buffer {
  const parts = Array.from(bytes, (byte) => (byte < 0x20 || byte === 0x5c ? Buffer.from(`\\${byte.toString(8).padStart(3, '0')}`) : Buffer.of(byte)));
  return Buffer.concat(parts);
}

const stream = Buffer.concat([
  Buffer.from('%begin 1 1 0\n%end 1 1 0\n%session-changed $0 forgehold\n%output %3 a\\033[31m'),
  Buffer.from([0xe6, 0xbc]),
  Buffer.from('\n%output %3 '),
  Buffer.from([0xa2, 0x0a]),
  Buffer.from('%begin 9 42 1\n%end 9 41 1\n%output %1 not output\n\\033 stays\n%end 9 42 1\n'),
  Buffer.from('%begin 9 43 1\nparse error: no\n%error 9 43 1\n%extended-output %7 12 : x : y\\134\n%exit\nnoise\n'),
]);

test('output, answers and notices come out as they went in', () => {
  expect(parse([stream])).toEqual([
    ['block', true, false, []],
    ['notification', 'session-changed', '$0 forgehold'],
    ['output', 3, 'a\u001b[31m\u00e6\u00bc'],
    ['output', 3, '\u00a2'],
    ['block', true, true, ['%end 9 41 1', '%output %1 not output', '\\033 stays']],
    ['block', false, true, ['parse error: no']],
    ['output', 7, 'x : y\\'],
    ['notification', 'exit', ''],
  ]);
});

test('it does not matter where the stream is cut', () => {
  const whole = parse([stream]);
  const cuts = uniqueArray(integer({ min: 1, max: stream.length - 1 }));
  assert(
    property(cuts, (places) => {
      const sorted = [0, ...places.sort((a, b) => a - b), stream.length];
      const chunks = sorted.slice(1).map((end, index) => stream.subarray(sorted[index], end));
      expect(parse(chunks)).toEqual(whole);
    }),
  );
});

test('any bytes survive the escaping', () => {
  assert(
    property(uint8Array({ maxLength: 300 }), (bytes) => {
      expect(unescapeOutput(escape(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('hostile bytes throw nothing but a protocol error', () => {
  assert(
    property(
      array(
        oneof(
          uint8Array(),
          constantFrom('%output', '%output %', '%begin', '%end 1', '%extended-output %1', '\n', '%').map((text) => Buffer.from(text)),
        ),
      ),
      (chunks) => {
        expect(parse(chunks.map((chunk) => Buffer.from(chunk)))).toBeInstanceOf(Array);
      },
    ),
  );
});

test('a line without an end is refused before it fills the memory', () => {
  expect(() => parse(Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024, 0x61)))).toThrow(/without an end/);
});
