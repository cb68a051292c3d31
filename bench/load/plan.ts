/** A server under load; only loopback addresses are let in by the load clients. */
export type PlannedTarget = { readonly port: number; readonly path: string };

export type PlannedSocket = {
  /** Index of its target. */
  readonly target: number;
  /** Sockets are opened, cut and counted by group, 0 to 3. */
  readonly group: number;
  /** Said in order, each after the reply to the one before; ids below 1,000. */
  readonly first: readonly string[];
  /** What one send is, for those that send: `%I` id, `%K` unique key, `%T` intended time in ns, 19 digits. */
  readonly send?: string;
};

/** Which sockets a load client opens and what each says. */
export type Plan = {
  readonly targets: readonly PlannedTarget[];
  readonly sockets: readonly PlannedSocket[];
  /** Said by every socket once per interval. */
  readonly beat?: { readonly everyMs: number; readonly frame: string };
};

/** The plan as the lines that both load clients read; load/plan.h says what they mean. */
export function encodePlan({ targets, sockets, beat }: Plan): string {
  const lines = targets.map(({ port, path }) => `target 127.0.0.1 ${port} ${path} http://127.0.0.1:${port}`);
  if (beat) lines.push(`beat ${beat.everyMs} ${beat.frame}`);
  for (const { target, group, first, send } of sockets) {
    lines.push(`socket ${target} ${group}`, ...first.map((frame) => `first ${frame}`));
    if (send !== undefined) lines.push(`send ${send}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Reads the lines back. */
export function decodePlan(text: string): Plan {
  const targets: PlannedTarget[] = [];
  const sockets: { target: number; group: number; first: string[]; send?: string }[] = [];
  let beat: Plan["beat"];
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const word = line.slice(0, line.indexOf(" "));
    const rest = line.slice(word.length + 1);
    const fields = rest.split(" ");
    const last = sockets.at(-1);
    if (word === "target") {
      if (!fields[0]?.startsWith("127.")) throw new Error("only loopback addresses are allowed");
      targets.push({ port: Number(fields[1]), path: fields[2] ?? "/" });
    } else if (word === "beat") {
      beat = { everyMs: Number(fields[0]), frame: fields.slice(1).join(" ") };
    } else if (word === "socket") {
      sockets.push({ target: Number(fields[0]), group: Number(fields[1]), first: [] });
    } else if (word === "first" && last) {
      last.first.push(rest);
    } else if (word === "send" && last) {
      last.send = rest;
    } else {
      throw new Error(`not a line of a plan: ${line.slice(0, 120)}`);
    }
  }
  return beat === undefined ? { targets, sockets } : { targets, sockets, beat };
}
