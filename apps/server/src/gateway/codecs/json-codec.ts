import { protocolVersion } from "@maru/protocol";
import type { Codec, CodecOffer, PushFormat } from "./codec.ts";
import { isTooLarge, readFrame } from "./frame-reader.ts";

/** Pushes as `encodePushes` of the protocol writes them, from texts that were serialised before. */
export const jsonFormat: PushFormat = {
  name: "json",
  encode: (pushes) => (pushes.length === 1 ? (pushes[0] ?? "") : `{"pushes":[${pushes.join(",")}]}`),
};

/** Our own protocol: a JSON text is a frame. It remembers nothing, so one serves all connections. */
export const jsonCodec: Codec = {
  read(message) {
    if (typeof message !== "string") return 4505;
    if (isTooLarge(message)) return 4509;
    const command = readFrame(message);
    return command ? [command] : 4504;
  },
  encodeReply: (id, ok) => `{"id":${id},"ok":${ok}}`,
  encodeError: (id, err) => JSON.stringify({ id, err }),
  encodePushes: jsonFormat.encode,
  formatFor: () => jsonFormat,
};

export const jsonOffer: CodecOffer = {
  subprotocol: null,
  isVersionKnown: (request) => new URL(request.url).searchParams.get("v") === String(protocolVersion),
  create: () => jsonCodec,
};
