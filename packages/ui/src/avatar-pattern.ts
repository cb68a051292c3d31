/** One tile: place and size on a grid of 4 × 4, and its colour. */
export type PatternTile = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
};

/** Four tones that go together, as in a 조각보 (wrapping cloth); the last is the pale one. */
const palettes = [
  ["#9cc5b3", "#c9e0d3", "#5e9c88", "#efe6d2"],
  ["#e3a27b", "#f2d3b8", "#c07a50", "#f3e8d6"],
  ["#b89bb8", "#dccbdd", "#8c6e91", "#f0e6e2"],
  ["#8fa5c6", "#c8d4e6", "#5f7aa5", "#ebe7dc"],
  ["#ddbb6a", "#f0dfb0", "#b6923f", "#f5ecd6"],
  ["#d89a9a", "#efcfcb", "#b06e70", "#f4e8e0"],
  ["#a9b57c", "#d5dbb9", "#7c8a50", "#f0ead4"],
  ["#a8a093", "#d3ccc0", "#7b7367", "#efeae0"],
] as const;

/** Layouts of tiles: x, y, width, height, tone. */
const cuts: readonly (readonly (readonly [number, number, number, number, number])[])[] = [
  [
    [0, 0, 3, 2, 0],
    [3, 0, 1, 3, 1],
    [0, 2, 1, 2, 3],
    [1, 2, 2, 2, 2],
    [3, 3, 1, 1, 0],
  ],
  [
    [0, 0, 2, 3, 1],
    [2, 0, 2, 1, 2],
    [2, 1, 2, 2, 0],
    [0, 3, 3, 1, 3],
    [3, 3, 1, 1, 2],
  ],
  [
    [0, 0, 4, 1, 3],
    [0, 1, 2, 2, 2],
    [2, 1, 2, 3, 0],
    [0, 3, 2, 1, 1],
  ],
  [
    [0, 0, 1, 4, 0],
    [1, 0, 3, 2, 1],
    [1, 2, 1, 2, 2],
    [2, 2, 2, 2, 3],
  ],
  [
    [0, 0, 2, 2, 0],
    [2, 0, 2, 2, 3],
    [0, 2, 2, 2, 1],
    [2, 2, 2, 2, 2],
  ],
  [
    [0, 0, 2, 3, 1],
    [2, 0, 2, 2, 2],
    [2, 2, 2, 2, 0],
    [0, 3, 2, 1, 3],
  ],
  [
    [0, 0, 1, 2, 2],
    [1, 0, 3, 1, 1],
    [1, 1, 2, 3, 0],
    [3, 1, 1, 3, 3],
    [0, 2, 1, 2, 1],
  ],
];

/** Spreads a seed over 32 bits (FNV-1a, then one more mix so that short seeds differ in every bit). */
function hash(seed: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) value = Math.imul(value ^ seed.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** Draws the pattern of a seed: the same seed gives the same pattern everywhere and for ever. */
export function drawAvatarPattern(seed: string): readonly PatternTile[] {
  const bits = hash(seed);
  const palette = palettes[bits % palettes.length] ?? palettes[0];
  const cut = cuts[(bits >>> 4) % cuts.length] ?? [];
  const turns = (bits >>> 10) & 3;
  const shift = (bits >>> 14) & 3;
  return cut.map(([x, y, width, height, tone]) => {
    let box = { x, y, width, height };
    for (let turn = 0; turn < turns; turn++) {
      box = {
        x: 4 - box.y - box.height,
        y: box.x,
        width: box.height,
        height: box.width,
      };
    }
    return { ...box, fill: palette[(tone + shift) & 3] ?? palette[0] };
  });
}
