/** Opcodes of RFC 6455, section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as it lies on the wire; everything may be wrong on purpose. */
export type WireFrame = {
  readonly fin?: boolean;
  /** The three reserved bits: 4, 2 and 1. */
  readonly reserved?: number;
  readonly opcode: number;
  readonly payload?: Uint8Array;
  /** False leaves the mask out, which a client must not. */
  readonly isMasked?: boolean;
  /** A length that is told instead of the payload's own. */
  readonly declaredLength?: bigint;
};

export type ReceivedFrame = {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly payload: Buffer;
};

/** Writes a frame as a client sends it. */
export function encodeFrame(frame: WireFrame): Buffer {
  const { fin = true, reserved = 0, opcode, payload = new Uint8Array(), isMasked = true, declaredLength } = frame;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const length = declaredLength ?? BigInt(payload.length);
  const head = encodeLength(first, isMasked ? 0x80 : 0, length);
  if (!isMasked) return Buffer.concat([head, payload]);
  const mask = crypto.getRandomValues(new Uint8Array(4));
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ (mask[i % 4] as number))]);
}

function encodeLength(first: number, maskBit: number, length: bigint): Buffer {
  if (length < 126n) return Buffer.from([first, maskBit | Number(length)]);
  if (length < 65_536n) {
    const head = Buffer.from([first, maskBit | 126, 0, 0]);
    head.writeUInt16BE(Number(length), 2);
    return head;
  }
  const head = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(length, 2);
  return head;
}

/** Takes the first whole frame off the bytes and its mask off the payload; null when it is not all there. */
export function decodeFrame(bytes: Buffer): { readonly frame: ReceivedFrame; readonly rest: Buffer } | null {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return null;
  const isMasked = (second & 0x80) !== 0;
  let length = second & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const mask = isMasked ? bytes.subarray(at, at + 4) : null;
  if (isMasked) at += 4;
  if (bytes.length < at + length) return null;
  const payload = Buffer.from(bytes.subarray(at, at + length));
  if (mask) for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] as number) ^ (mask[i % 4] as number);
  const frame = { fin: (first & 0x80) !== 0, reserved: (first >> 4) & 7, opcode: first & 15, isMasked, payload };
  return { frame, rest: bytes.subarray(at + length) };
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason as string)]);
}
