import type { Codec, PushFormat } from "./codecs/codec.ts";
import type { Link, Transport } from "./transports/transport.ts";

/** A connection as its subscriptions need it. */
type Subscriber = {
  readonly link: Link;
  readonly codec: Pick<Codec, "formatFor">;
  /** The formats of its topics that are not in the usual one; null while there are none. */
  formats: Map<string, PushFormat> | null;
};

type Used = { readonly format: PushFormat; subscriberCount: number };

/**
 * Brings what is published to a topic to its subscribers: one frame and one native publish for each format that
 * somebody reads it in, however many they are.
 *
 * The usual format's frames go to the topic's own name and its subscribers are counted nowhere, since ten thousand
 * connections with twenty topics each would pay for it. Another format's frames go to a native topic of its own, which
 * exists here for as long as somebody subscribes to it.
 */
export class Fanout {
  readonly #usual: PushFormat;
  readonly #transports: Transport[] = [];
  /** The other formats that a topic is read in, by their names. */
  readonly #others = new Map<string, Map<string, Used>>();

  constructor(usual: PushFormat) {
    this.#usual = usual;
  }

  addTransport(transport: Transport): void {
    this.#transports.push(transport);
  }

  /** Topics that somebody reads in another format than the usual one. */
  get otherTopicCount(): number {
    return this.#others.size;
  }

  /** Publishes pushes, each the JSON text of one, to be applied in their order. */
  publish(topic: string, pushes: readonly string[]): void {
    this.#send(topic, this.#usual.encode(pushes));
    const others = this.#others.get(topic);
    if (!others) return;
    for (const { format } of others.values()) this.#send(nativeTopic(topic, format), format.encode(pushes));
  }

  subscribe(subscriber: Subscriber, topic: string): void {
    const format = subscriber.codec.formatFor(topic);
    if (format.name === this.#usual.name) {
      subscriber.link.subscribe(topic);
      return;
    }
    subscriber.formats ??= new Map();
    if (subscriber.formats.has(topic)) return;
    subscriber.formats.set(topic, format);
    subscriber.link.subscribe(nativeTopic(topic, format));
    const others = this.#others.get(topic) ?? new Map<string, Used>();
    if (others.size === 0) this.#others.set(topic, others);
    const used = others.get(format.name);
    if (used) used.subscriberCount++;
    else others.set(format.name, { format, subscriberCount: 1 });
  }

  unsubscribe(subscriber: Subscriber, topic: string): void {
    const format = subscriber.formats?.get(topic);
    subscriber.link.unsubscribe(format ? nativeTopic(topic, format) : topic);
    if (!format) return;
    subscriber.formats?.delete(topic);
    this.#release(topic, format);
  }

  isSubscribed({ link, formats }: Subscriber, topic: string): boolean {
    const format = formats?.get(topic);
    return link.isSubscribed(format ? nativeTopic(topic, format) : topic);
  }

  /** Ends all subscriptions of a connection that stays open. */
  endDelivery(subscriber: Subscriber): void {
    for (const topic of subscriber.link.subscriptions) subscriber.link.unsubscribe(topic);
    this.forget(subscriber);
  }

  /** Forgets a connection; its link has ended its subscriptions. */
  forget(subscriber: Subscriber): void {
    if (!subscriber.formats) return;
    for (const [topic, format] of subscriber.formats) this.#release(topic, format);
    subscriber.formats = null;
  }

  #release(topic: string, format: PushFormat): void {
    const others = this.#others.get(topic);
    const used = others?.get(format.name);
    if (!others || !used || --used.subscriberCount > 0) return;
    others.delete(format.name);
    if (others.size === 0) this.#others.delete(topic);
  }

  #send(topic: string, frame: string): void {
    for (const transport of this.#transports) transport.publish(topic, frame);
  }
}

/** The native topic of a format that is not the usual one; no topic of a feature holds a NUL. */
function nativeTopic(topic: string, format: PushFormat): string {
  return `${topic}\0${format.name}`;
}
