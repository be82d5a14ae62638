/**
 * The mark: a keep with a gate, and in the gate a prompt. Drawn once, on a 24-unit grid; every icon of the app is this.
 * Colours are those of the interface (renderer/styles/tokens.css): ground and line of the dark theme, the accent for the prompt.
 */
const keep = 'M4 3h3.6v2.6h2.6V3h3.6v2.6h2.6V3H20v6.2l-1.6 1.6V21H5.6V10.8L4 9.2Z';
const prompt = 'M8.6 12.2l3 2.7-3 2.7M12.6 17.9h3';
const ground = '#15171c';
const edge = '#2b2f38';
const stone = '#eceef2';
const accent = '#4d69e6';
const attention = '#e3b155';

/** The icon of the app. `inset`: the share of each side that a platform keeps free around the tile (macOS: 100 of 1024). */
export function drawAppIcon(inset: number): string {
  const side = 1024 * (1 - 2 * inset);
  const start = 1024 * inset;
  const scale = (side * 0.8) / 24;
  const offset = start + side * 0.1;
  return svg(
    1024,
    `<rect x="${start}" y="${start}" width="${side}" height="${side}" rx="${side * 0.225}" fill="${ground}"/>
  <rect x="${start + side * 0.006}" y="${start + side * 0.006}" width="${side * 0.988}" height="${side * 0.988}" rx="${side * 0.22}" fill="none" stroke="${edge}" stroke-width="${side * 0.012}"/>
  <g transform="translate(${offset} ${offset}) scale(${scale})">
    <path d="${keep}" fill="${stone}"/>
    <path d="${prompt}" fill="none" stroke="${accent}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>
  </g>`,
  );
}

/** The mark in one colour on nothing, the prompt cut out; with a dot, cut free from the mark, when something needs the user. */
export function drawTrayIcon(colour: string, dot: 'none' | 'same' | 'attention'): string {
  const cut = `<path d="${prompt}" fill="none" stroke="#000" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>`;
  const free = dot === 'none' ? '' : '<circle cx="19" cy="18.6" r="5.4" fill="#000"/>';
  const mark = dot === 'none' ? '' : `<circle cx="19" cy="18.6" r="3.9" fill="${dot === 'same' ? colour : attention}"/>`;
  return svg(
    24,
    `<mask id="m"><rect width="24" height="24" fill="#fff"/>${cut}${free}</mask>
  <path d="${keep}" fill="${colour}" mask="url(#m)"/>
  ${mark}`,
  );
}

function svg(side: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}">
  ${content}
</svg>
`;
}
