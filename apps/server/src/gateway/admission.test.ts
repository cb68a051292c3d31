import { describe, expect, test } from "bun:test";
import { FakeClock, settle } from "@maru/testkit";
import { MaruError } from "../platform/errors.ts";
import { Admission, type AdmissionBounds, usualAdmission } from "./admission.ts";

const always = () => true;

/** So many who come at once; tells at any time who has begun, and lets those end who run. */
function meet(bounds: AdmissionBounds, count: number, isStillWanted = always) {
  const clock = new FakeClock();
  const admission = new Admission(clock, bounds);
  const begun: number[] = [];
  const running: (() => void)[] = [];
  const ends = Array.from({ length: count }, (_, n) =>
    admission
      .admit(isStillWanted, () => {
        begun.push(n);
        return new Promise<number>((resolve) => running.push(() => resolve(n)));
      })
      .catch((error: unknown) => (error instanceof MaruError ? error : Promise.reject(error))),
  );
  const finishAll = async () => {
    await settle();
    while (running.length > 0) {
      for (const finish of running.splice(0)) finish();
      await settle();
    }
  };
  return { clock, admission, begun, running, ends, finishAll };
}

describe("admission", () => {
  test("lets ten thousand in within three seconds and a bit, never faster, in the order in which they came", async () => {
    const { clock, begun, ends, finishAll } = meet(usualAdmission, 10_000);
    await finishAll();
    expect(begun).toHaveLength(usualAdmission.burst);
    let passedMs = 0;
    for (; begun.length < 10_000; passedMs++) {
      await clock.advance(1);
      await finishAll();
      const allowed = usualAdmission.burst + ((passedMs + 1) * usualAdmission.perSecond) / 1_000;
      expect(begun.length).toBeLessThanOrEqual(allowed);
    }
    expect(passedMs).toBeLessThan(4_000);
    expect(begun).toEqual([...begun].sort((a, b) => a - b));
    expect(await Promise.all(ends)).toHaveLength(10_000);
  });

  test("without its rate would let all in at once (planted)", async () => {
    const { begun, finishAll } = meet({ ...usualAdmission, burst: 10_000 }, 10_000);
    await finishAll();
    expect(begun).toHaveLength(10_000);
  });

  test("runs only so many at a time, and the next when one ends or fails", async () => {
    const { begun, running, finishAll, ends } = meet({ ...usualAdmission, maxRunning: 2 }, 5);
    await settle();
    expect(begun).toEqual([0, 1]);
    running.shift()?.();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    await finishAll();
    expect(await Promise.all(ends)).toEqual([0, 1, 2, 3, 4]);

    const admission = new Admission(new FakeClock(), { ...usualAdmission, maxRunning: 1 });
    await expect(admission.admit(always, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await admission.admit(always, () => Promise.resolve("yes"))).toBe("yes");
  });

  test("tells those beyond the queue when to come back", async () => {
    const { ends, finishAll, clock } = meet({ maxRunning: 1, maxWaiting: 3, perSecond: 10, burst: 1 }, 6);
    const late = await Promise.all(ends.slice(4));
    for (const error of late)
      expect(error).toMatchObject({ code: "server.busy", temporary: true, retryAfterMs: 1_300 });
    for (let n = 0; n < 4; n++) {
      await finishAll();
      await clock.advance(100);
    }
    expect(await Promise.all(ends.slice(0, 4))).toEqual([0, 1, 2, 3]);
  });

  test("gives no turn to those who left the queue", async () => {
    let isThere = true;
    const left = meet({ maxRunning: 1, maxWaiting: 1_000, perSecond: 1, burst: 1 }, 500, () => isThere);
    await settle();
    isThere = false;
    const stayed = left.admission.admit(always, () => Promise.resolve("in"));
    await left.finishAll();
    await left.clock.advance(1_000);
    expect(await stayed).toBe("in");
    expect(left.begun).toEqual([0]);
    expect(left.admission.waitingCount).toBe(0);
    for (const error of (await Promise.all(left.ends)).slice(1))
      expect(error).toMatchObject({ code: "connection.required" });
  });

  test("stops without a timer left", async () => {
    const { clock, admission, finishAll } = meet({ maxRunning: 1, maxWaiting: 9, perSecond: 1, burst: 1 }, 3);
    await finishAll();
    expect(clock.pendingCount).toBe(1);
    admission.stop();
    expect(clock.pendingCount).toBe(0);
  });
});
