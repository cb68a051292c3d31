import type { MatchState } from "@maru/protocol";
import { askDatabase } from "../ask-database.ts";
import type { Bench } from "../bench.ts";
import type { BenchOptions } from "../bench-options.ts";
import { Histogram } from "../histogram.ts";
import { MetricCollector } from "../metric-collector.ts";
import type { Requester } from "../requester.ts";
import { Stage } from "../stage.ts";

/** Sockets that are opened at the same time. */
const atOnce = 100;
/** Longest wait for a crowd to be matched, in ms. */
const patienceMs = 120_000;

/** A crowd that asks for a partner in one moment, and what a longer line costs each pair. */
export const matching: Bench = {
  name: "matching",
  doc: "a thousand people ask for a partner at once; what a longer line costs each pair",
  parts: [],
  isInTour: true,
  async run(options) {
    const collector = new MetricCollector();
    const burst = options.isQuick ? 200 : 1_000;
    const [short, long] = options.isQuick ? [100, 400] : [400, 4_000];
    const stage = await Stage.open({ accountCount: burst * options.runs + short + long, rooms: [] }, options);
    try {
      let next = 0;
      const meet = async (count: number) => {
        const crowd = await Crowd.gather(stage, next, count);
        next += count;
        return crowd.meet(options);
      };
      for (let run = 0; run < options.runs; run++) {
        const met = await meet(burst);
        collector.add("match.burst_seconds", "s", met.seconds);
        collector.add("match.p50_ms", "ms", met.waits.percentile(50) / 1e6);
        collector.add("match.p99_ms", "ms", met.waits.percentile(99) / 1e6);
        collector.add("match.unmatched", "count", met.unmatched);
        if (met.unmatched > 0) collector.faults.push(`${met.unmatched} of ${burst} found nobody`);
      }
      const few = await meet(short);
      const many = await meet(long);
      const perPairMs = (met: Met, count: number) => (met.seconds * 1_000) / (count / 2);
      collector.add("match.queue_ms_per_pair", "ms", perPairMs(many, long), perPairMs(few, short));
      collector.add("match.queue_growth_ratio", "ratio", perPairMs(many, long) / perPairMs(few, short));
      const violations = await listViolations(stage);
      collector.add("match.violations", "count", violations.length);
      collector.faults.push(...violations.slice(0, 10));
      return {
        settings: stage.describeSettings(),
        metrics: collector.metrics(),
        notes: collector.notes,
        faults: collector.faults,
      };
    } finally {
      await stage.close();
    }
  },
};

type Met = { readonly seconds: number; readonly waits: Histogram; readonly unmatched: number };

/** People who are connected and have not asked for anybody yet. */
class Crowd {
  private constructor(private readonly requesters: readonly Requester[]) {}

  static async gather(stage: Stage, from: number, count: number): Promise<Crowd> {
    const requesters: Requester[] = [];
    for (let i = 0; i < count; i += atOnce) {
      const portion = Array.from({ length: Math.min(atOnce, count - i) }, (_, n) => stage.ask(from + i + n));
      requesters.push(...(await Promise.all(portion)));
    }
    return new Crowd(requesters);
  }

  /** Everybody asks in one moment; resolves when each has a partner. */
  async meet({ print }: BenchOptions): Promise<Met> {
    print(`${this.requesters.length} ask at once`);
    const waits = new Histogram();
    const startedAt = performance.now();
    let matched = 0;
    let lastMs = 0;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, patienceMs);
      for (const requester of this.requesters) {
        let isWaiting = true;
        const receive = (state: MatchState) => {
          if (!isWaiting || state.state !== "matched") return;
          isWaiting = false;
          lastMs = performance.now() - startedAt;
          waits.record(lastMs * 1e6);
          if (++matched < this.requesters.length) return;
          clearTimeout(timer);
          resolve();
        };
        requester.onPush = (push) => push.push === "match.changed" && receive(push.match);
        requester.ask("match.request", {}).then(({ match }) => receive(match), reject);
      }
    });
    for (const requester of this.requesters) requester.close();
    return { seconds: lastMs / 1_000, waits, unmatched: this.requesters.length - matched };
  }
}

/** Whom the pairing treated as it must not: met themselves, in two matches, matched and still waiting, in a room of others. */
function listViolations(stage: Stage): Promise<string[]> {
  return askDatabase(stage.product, async (sql) => {
    const rows: { what: string }[] = await sql`
      with people as (
        select low_account_id as id, room_id from matching_matches
        union all
        select high_account_id, room_id from matching_matches
      )
      select id || ' is in ' || count(*) || ' matches' as what from people group by id having count(*) > 1
      union all
      select 'match ' || id || ' is of one person' from matching_matches where low_account_id = high_account_id
      union all
      select account_id || ' is matched and waits' from matching_requests join people on people.id = account_id
      union all
      select 'room ' || p.room_id || ' has not its two members' from people p
      left join rooms_members m on m.room_id = p.room_id and m.account_id = p.id where m.id is null`;
    return rows.map(({ what }) => what);
  });
}
