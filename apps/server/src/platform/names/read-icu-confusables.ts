/** The confusables of UTS 39: what each look-alike stands for, as its prototype, by code point. */
export type Confusables = { readonly unicode: string; readonly prototypes: ReadonlyMap<number, string> };

/** Marks the table in ICU's own format (`uspoof_impl.h`). */
const confusablesMagic = 0x3845fdef;

/**
 * Reads the confusables out of a data file of ICU (`icudt…l.dat`), which holds the Unicode Consortium's `confusables.txt` of its
 * version of Unicode. Chromium ships such a file, and is there wherever the whole of the tests run.
 */
export function readIcuConfusables(file: Uint8Array): Confusables {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const items = listItems(view);
  const itemOf = (name: string): number => {
    const found = items.get(name);
    if (found === undefined) throw new Error(`The file has no ${name}.`);
    return found;
  };
  // The header of an item: its size, then, from byte 4 on, sizes and formats, the version of Unicode at byte 20.
  const emoji = itemOf("uemoji.icu");
  const unicode = [20, 21, 22].map((at) => view.getUint8(emoji + at)).join(".");
  return { unicode, prototypes: readPrototypes(view, afterHeader(view, itemOf("confusables.cfu"))) };
}

/** Where each item of the archive begins, by its name without the archive's own. */
function listItems(view: DataView): Map<string, number> {
  const base = afterHeader(view, 0);
  const count = view.getUint32(base, true);
  const items = new Map<string, number>();
  for (let at = 0; at < count; at++) {
    const name = readName(view, base + view.getUint32(base + 4 + at * 8, true));
    items.set(name.slice(name.indexOf("/") + 1), base + view.getUint32(base + 8 + at * 8, true));
  }
  return items;
}

function afterHeader(view: DataView, at: number): number {
  return at + view.getUint16(at, true);
}

function readName(view: DataView, from: number): string {
  let name = "";
  for (let at = from; view.getUint8(at) !== 0; at++) name += String.fromCharCode(view.getUint8(at));
  return name;
}

/** Keys hold a code point and the length of its prototype; a prototype of one unit stands in the index itself. */
function readPrototypes(view: DataView, at: number): Map<number, string> {
  if (view.getUint32(at, true) !== confusablesMagic) throw new Error("The confusables are in another format.");
  const [keys = 0, count = 0, index = 0, , strings = 0] = [12, 16, 20, 24, 28].map((field) =>
    view.getUint32(at + field, true),
  );
  const prototypes = new Map<number, string>();
  for (let entry = 0; entry < count; entry++) {
    const key = view.getUint32(at + keys + entry * 4, true);
    const length = (key >>> 24) + 1;
    const value = view.getUint16(at + index + entry * 2, true);
    const units = Array.from({ length }, (_, unit) => view.getUint16(at + strings + (value + unit) * 2, true));
    prototypes.set(key & 0xffffff, length === 1 ? String.fromCharCode(value) : String.fromCharCode(...units));
  }
  return prototypes;
}
