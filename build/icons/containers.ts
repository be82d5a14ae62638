/** A picture as PNG, with the length of its side in pixels. */
export type Picture = { readonly side: number; readonly png: Buffer };

/** Types of icon elements that hold PNG, by side (https://en.wikipedia.org/wiki/Apple_Icon_Image_format). */
const icnsTypes: readonly (readonly [type: string, side: number])[] = [
  ['icp4', 16],
  ['ic11', 32],
  ['icp5', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/** The icon of a macOS app: a header, then per element its type, its length with these eight bytes, and the PNG. */
export function toIcns(pictures: readonly Picture[]): Buffer {
  const elements = icnsTypes.map(([type, side]) => withHeader(type, pictureOf(pictures, side)));
  return withHeader('icns', Buffer.concat(elements));
}

/** The icon of a Windows program: a directory of 16 bytes an entry, then the PNGs (https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10)). */
export function toIco(pictures: readonly Picture[]): Buffer {
  const chosen = [16, 24, 32, 48, 64, 128, 256].map((side) => ({ side, png: pictureOf(pictures, side) }));
  const header = Buffer.alloc(6 + 16 * chosen.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(chosen.length, 4);
  let offset = header.length;
  for (const [index, { side, png }] of chosen.entries()) {
    const at = 6 + 16 * index;
    // 0 stands for 256.
    header.writeUInt8(side % 256, at);
    header.writeUInt8(side % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...chosen.map(({ png }) => png)]);
}

function withHeader(type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([header, content]);
}

function pictureOf(pictures: readonly Picture[], side: number): Buffer {
  const found = pictures.find((picture) => picture.side === side);
  if (!found) throw new Error(`There is no picture of ${side} pixels.`);
  return found.png;
}
