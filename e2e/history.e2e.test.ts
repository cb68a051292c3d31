import { expect, setDefaultTimeout } from "bun:test";
import { eventually, requires } from "@maru/testkit";
import type { Person } from "./stage/person.ts";
import { loadOlderPage, readFirstPlace, readFirstVisible, scrollToNewest, untilStill } from "./stage/scrolling.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

/** Several pages of history. */
const lineCount = 160;
const lastText = "마지막 말";
const textOf = (line: number) => `${line}번째 말`;

chromium.describe("history", () => {
  let a: Person;
  let b: Person;
  const stage = Stage.use({}, async (stage) => {
    [a, b] = await stage.pair({}, { device: "phone" });
    // Half by each, because one account may send only so much a second.
    const programs = await Promise.all([a.program(), b.program()]);
    for (let line = 1; line <= lineCount; line++) programs[line % 2]?.rooms.send(a.roomId, textOf(line));
    await eventually(
      "everything is said",
      () => programs.every(({ rooms }) => rooms.list.getSnapshot().rooms.some((room) => room.lastOrd === lineCount)),
      30_000,
    );
    await b.says(lastText);
    for (const person of [a, b]) await person.sees(lastText);
  });

  for (const who of ["a desktop", "a phone"]) {
    chromium.test(
      `older pages come while one scrolls up on ${who}, and nothing moves under the eyes`,
      stage.walk(async () => {
        const person = who === "a desktop" ? a : b;
        await person.page.reload();
        await person.sees(lastText);
        const list = person.talk;
        let pages = 0;
        for (; !(await list.getByText(textOf(1), { exact: true }).isVisible()); pages++) {
          expect(pages).toBeLessThan(10);
          const { movedPx } = await list.evaluate(loadOlderPage);
          expect(movedPx).toBeLessThanOrEqual(2);
        }
        // Fifty at a time, so it was not all there at once.
        expect(pages).toBeGreaterThanOrEqual(2);
        await list
          .getByText(textOf(1), { exact: true })
          .or(list.getByText(textOf(2), { exact: true }))
          .first()
          .waitFor();
      }),
    );
  }

  chromium.test(
    "what comes while one reads further up waits behind a button that counts it",
    stage.walk(async () => {
      const { page, words } = a;
      await page.reload();
      await a.sees(lastText);
      const list = a.talk;
      await list.hover();
      await page.mouse.wheel(0, -1_200);
      await a.button(words.room.jump).waitFor();
      await list.evaluate(untilStill);
      // What is in sight, and not the offset: that follows the heights above, which are measured bit by bit.
      const before = await list.evaluate(readFirstPlace);
      await b.says("새로 온 말 하나");
      await a.button(words.room.jumpNew_one.replace("{{count}}", "1")).waitFor();
      await b.says("새로 온 말 둘");
      const jump = a.button(words.room.jumpNew_other.replace("{{count}}", "2"));
      await jump.waitFor();
      await list.evaluate(untilStill);
      expect(await list.evaluate(readFirstPlace)).toEqual(before);
      await a.picture("jump-to-new");
      await jump.click();
      await a.sees("새로 온 말 둘");
      await page.getByRole("button", { name: words.room.jump, exact: true }).waitFor({ state: "hidden" });

      // Whoever writes is taken to what they wrote.
      await list.hover();
      await page.mouse.wheel(0, -1_200);
      await a.button(words.room.jump).waitFor();
      await a.says("위에서 쓴 말");
      await a.sees("위에서 쓴 말");
      await page.getByRole("button", { name: words.room.jump, exact: true }).waitFor({ state: "hidden" });
    }),
  );

  chromium.test(
    "a room with something unread opens at the first of it",
    stage.walk(async () => {
      const roomId = a.roomId;
      await a.page.getByRole("link", { name: a.words.match.page }).click();
      await a.button(a.words.match.start, false).waitFor();
      const program = await b.program();
      for (let line = 1; line <= 30; line++) program.rooms.send(roomId, `안 읽은 말 ${line}`);
      await a.unreadBadge(30).first().waitFor();
      expect(await a.page.title()).toStartWith("(30) ");
      await a.page.locator(`a[href*="${roomId}"]`).first().click();
      await a.isInRoom();
      await a.sees("안 읽은 말 1");
      const list = a.talk;
      const line = list.getByText(a.words.room.newLine);
      await line.waitFor();
      const [lineBox, listBox] = await Promise.all([line.boundingBox(), list.boundingBox()]);
      expect(lineBox?.y ?? 0).toBeGreaterThan(listBox?.y ?? 0);
      expect(lineBox?.y ?? 0).toBeLessThan((listBox?.y ?? 0) + (listBox?.height ?? 0));
      await a.picture("first-unread");
      // What was on screen counts as read, and what lies below it does not.
      await a.unreadBadge(30).first().waitFor({ state: "detached" });
      const left = Number(/^\((\d+)\)/.exec(await a.page.title())?.[1] ?? 0);
      expect(left).toBeGreaterThan(5);
      expect(left).toBeLessThan(30);
      await a.button(a.words.room.jump).click();
      await a.sees("안 읽은 말 30");
      await a.page.waitForFunction(() => !document.title.startsWith("("));
    }),
  );

  chromium.test(
    "a day that was chosen and the first unread message are one press away, and so is the newest",
    stage.walk(async () => {
      const { page, words, talk } = a;
      await page.reload();
      await a.isInRoom();
      await talk.getByText(textOf(1), { exact: true }).waitFor({ state: "detached" });
      await a.chooses(words.room.date.menu);
      await page.getByRole("dialog").waitFor();
      await a.picture("date-dialog");
      await a.button(words.room.date.go).click();
      await a.sees(textOf(1));
      // Downwards the pages follow one another to the newest.
      await talk.evaluate(scrollToNewest);
      await a.sees("안 읽은 말 30");
      await a.chooses(words.room.date.menu);
      await a.button(words.room.date.go).click();
      await a.sees(textOf(1));
      await a.button(words.room.jump).click();
      await talk.getByText(textOf(1), { exact: true }).waitFor({ state: "detached" });
      await page.getByRole("button", { name: words.room.jump, exact: true }).waitFor({ state: "hidden" });
      // Whoever writes in the past is taken to what they wrote.
      await a.chooses(words.room.date.menu);
      await a.button(words.room.date.go).click();
      await a.sees(textOf(1));
      await a.says("옛날을 보다가");
      await a.sees("옛날을 보다가");

      const roomId = a.roomId;
      // A page that has not seen the room yet loads its newest part alone.
      await a.goesHome();
      const { rooms } = await b.program();
      for (let line = 1; line <= 90; line++) rooms.send(roomId, `놓친 말 ${line}`);
      await a.unreadBadge(90).first().waitFor();
      await page.locator(`a[href*="${roomId}"]`).first().click();
      await a.sees("놓친 말 1");
      await talk.getByText(words.room.newLine).waitFor();
      // Pages before and after it are fetched at once, and move nothing.
      await talk.evaluate(untilStill);
      await a.sees("놓친 말 1");
      await a.picture("first-unread-far");
      // What nobody saw is not read, however far the room goes on.
      const left = Number(/^\((\d+)\)/.exec(await page.title())?.[1] ?? 0);
      expect(left).toBeGreaterThan(60);
      await a.button(words.room.jump).click();
      await a.sees("놓친 말 90");
      await page.waitForFunction(() => !document.title.startsWith("("));
    }),
  );

  chromium.test(
    "back, and another room in between, lead to the line that stood first on the screen",
    stage.walk(async () => {
      const { page, words, talk } = a;
      const roomId = a.roomId;
      for (const turn of ["back", "room"] as const) {
        await page.goto(`${a.url}/rooms/${roomId}`);
        await a.isInRoom();
        await talk.hover();
        for (let step = 0; step < 6; step++) {
          await page.mouse.wheel(0, -700);
          await talk.evaluate(
            () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
          );
        }
        await a.button(words.room.jump).waitFor();
        const before = await talk.evaluate(readFirstVisible);
        if (turn === "back") {
          await page.getByRole("link", { name: words.match.page }).click();
          await a.button(words.match.start, false).waitFor();
          await page.goBack();
        } else {
          await page.getByRole("link", { name: words.match.page }).click();
          await a.button(words.match.start, false).waitFor();
          await page.locator(`a[href*="${roomId}"]`).first().click();
        }
        await a.isInRoom();
        await eventually(
          `the same line stands first after ${turn}`,
          async () => (await talk.evaluate(readFirstVisible)) === before,
          10_000,
        );
        // It stays there once everything is measured and loaded.
        await talk.evaluate(untilStill);
        expect(await talk.evaluate(readFirstVisible)).toBe(before);
      }
    }),
  );
});
