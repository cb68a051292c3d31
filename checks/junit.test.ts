import { expect, test } from "bun:test";
import { readJunit } from "./junit.ts";

test("reads names, outcomes and whole failures", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4">
  <testsuite name="a.test.ts" file="a.test.ts">
    <testcase name="adds" classname="" file="a.test.ts" line="2" assertions="1" />
    <testsuite name="rooms &amp; &lt;halls&gt;" file="a.test.ts">
      <testcase name="opens" file="a.test.ts">
        <failure type="AssertionError" message="short">AssertionError: first&#10;&#xAC00; &quot;second&quot;</failure>
      </testcase>
      <testcase name="hangs" file="a.test.ts">
        <failure type="TimeoutError" message="test timed out" />
      </testcase>
      <testcase name="waits" file="a.test.ts">
        <skipped message="TODO" />
      </testcase>
    </testsuite>
    <testcase name="ends" file="a.test.ts" />
  </testsuite>
</testsuites>`;
  expect(readJunit(xml)).toEqual([
    { file: "a.test.ts", name: "adds", outcome: "passed", detail: "" },
    {
      file: "a.test.ts",
      name: "rooms & <halls> > opens",
      outcome: "failed",
      detail: 'AssertionError: first\n가 "second"',
    },
    { file: "a.test.ts", name: "rooms & <halls> > hangs", outcome: "failed", detail: "TimeoutError: test timed out" },
    { file: "a.test.ts", name: "rooms & <halls> > waits", outcome: "skipped", detail: "" },
    { file: "a.test.ts", name: "ends", outcome: "passed", detail: "" },
  ]);
});
