import { expect, test } from "bun:test";
import { describeJob, findJobFault } from "./inspect-jobs.ts";

const mails = { kind: "mail.send", isRecurring: false, count: 3, heldCount: 0, failingCount: 0, lateMs: 0 };
const sweep = { kind: "limits.counts", isRecurring: true, count: 1, heldCount: 0, failingCount: 0, lateMs: -90_000 };

test("jobs that fail again and again, or that nobody begins, are faults", () => {
  expect(findJobFault({ ...mails, failingCount: 2 })).toContain("mail.send: 2 jobs failed 5 times or more");
  expect(findJobFault({ ...sweep, failingCount: 1 })).toContain("limits.counts: a job failed");
  expect(findJobFault({ ...mails, lateMs: 720_000 })).toStartWith("mail.send: due for 12 min and not begun.");
});

test("jobs that wait their turn are none, nor are those that come back while nothing runs", () => {
  expect([findJobFault(mails), findJobFault({ ...mails, lateMs: null })]).toEqual([null, null]);
  expect(findJobFault({ ...sweep, lateMs: 86_400_000 })).toBeNull();
});

test("each kind is told on a line", () => {
  expect(describeJob({ ...mails, heldCount: 1 })).toBe("mail.send: 3 wait, 1 in hand");
  expect(describeJob({ ...mails, count: 1 })).toBe("mail.send: 1 waits");
  expect(describeJob(sweep)).toBe("limits.counts: due in 2 min");
  expect(describeJob({ ...sweep, lateMs: 9_000_000 })).toBe("limits.counts: due for 3 h");
  expect(describeJob({ ...sweep, heldCount: 1, lateMs: null })).toBe("limits.counts: in hand");
});
