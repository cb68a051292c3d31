import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("partners", () => {
  const stage = Stage.use();

  chromium.test(
    "leaving tells the other side and closes their field; matching again is one press away",
    stage.walk(async () => {
      const [a, b] = await stage.match({}, { device: "phone" });
      const alias = await b.partnerName();
      await b.composer.fill("쓰던 말");
      await a.chooses(a.words.room.leave);
      await a.answers(a.words.room.leaveAsk.yes);
      await a.page.waitForURL(/\/rooms$/);
      await a.page.getByText(a.words.rooms.empty.title).waitFor();
      await b.composer.waitFor({ state: "detached" });
      await b.page.getByRole("status").filter({ hasText: alias }).first().waitFor();
      expect(await b.page.getByText(b.words.room.system.left.replace("{{name}}", alias)).count()).toBeGreaterThan(0);
      await b.button(b.words.match.again).click();
      await b.button(b.words.match.waiting.cancel).waitFor();
      await b.picture("waiting");
    }),
  );

  chromium.test(
    "whoever writes is not taken away by a match: the way there is offered, and what was written stays",
    stage.walk(async () => {
      const a = await stage.person();
      const b = await stage.stranger("가람");
      const program = await b.program();
      const direct = await program.rooms.openDirect(a.credentials.nickname);
      program.rooms.send(direct.id, "안녕하세요");
      const row = a.page.getByRole("navigation", { name: a.words.rooms.list }).getByRole("link").first();
      await a.pressesMatch();
      await a.button(a.words.match.waiting.cancel).waitFor();
      await row.click();
      await a.isInRoom();
      await a.composer.fill("한창 쓰던 말");
      await program.match.request();
      const go = a.button(a.words.match.found.go);
      await go.waitFor();
      expect(a.roomId).toBe(direct.id);
      expect(await a.composer.inputValue()).toBe("한창 쓰던 말");
      await a.picture("match-offered");
      await go.click();
      await a.page.waitForURL((url) => !url.pathname.endsWith(direct.id));
      await a.isInRoom();
      await go.waitFor({ state: "detached" });
      await a.page.goBack();
      await a.page.waitForURL(new RegExp(direct.id));
      expect(await a.composer.inputValue()).toBe("한창 쓰던 말");
    }),
  );

  chromium.test(
    "next ends this match and finds another person",
    stage.walk(async () => {
      const [a, b] = await stage.match();
      const c = await stage.person({}, "여울");
      const before = a.roomId;
      await c.pressesMatch();
      await c.button(c.words.match.waiting.cancel).waitFor();
      await a.button(a.words.match.next).click();
      await a.answers(a.words.match.nextAsk.yes);
      await b.composer.waitFor({ state: "detached" });
      await Promise.all([a.isInRoom(), c.isInRoom()]);
      expect(a.roomId).not.toBe(before);
      expect(a.roomId).not.toBe(b.roomId);
      await a.says("새로 만나서 반가워요");
      await c.sees("새로 만나서 반가워요");
    }),
  );

  chromium.test(
    "whoever leaves, or goes on, can say that they never want to meet this one again",
    stage.walk(async () => {
      for (const goesOn of [false, true]) {
        const [a, b] = await stage.match({ device: goesOn ? "desktop" : "phone" });
        const alias = await a.partnerName();
        const ask = goesOn ? a.words.match.nextAsk : a.words.room.leaveAsk;
        if (goesOn) await a.button(a.words.match.next).click();
        else await a.chooses(a.words.room.leave);
        await a.page.getByRole("alertdialog").getByText(a.words.match.blockToo).click();
        if (!goesOn) await a.picture("leave-and-block");
        await a.answers(ask.yes);
        await b.composer.waitFor({ state: "detached" });
        if (goesOn) await a.button(a.words.match.waiting.cancel).click();
        await a.page.goto(`${stage.server.url}/settings`);
        await a.button(a.words.settings.blocks.removeOf.replace("{{name}}", alias)).waitFor();
      }
    }),
  );

  chromium.test(
    "a blocked person cannot write any more; unblocking is in the settings",
    stage.walk(async () => {
      const [a, b] = await stage.match();
      const alias = await a.partnerName();
      await a.chooses(a.words.room.block);
      await a.page.getByRole("alertdialog").getByText(alias, { exact: false }).first().waitFor();
      await a.answers(a.words.room.blockAsk.yes);
      await a.page.getByText(a.words.room.blocked).waitFor();
      await Promise.all([a.composer.waitFor({ state: "detached" }), b.composer.waitFor({ state: "detached" })]);
      await a.page.getByRole("link", { name: a.words.place.me, exact: true }).click();
      const unblock = a.button(a.words.settings.blocks.removeOf.replace("{{name}}", alias));
      await unblock.click();
      await a.page.getByText(a.words.settings.blocks.empty).waitFor();
    }),
  );

  chromium.test(
    "two tabs show one wait, and one match",
    stage.walk(async () => {
      const a = await stage.person();
      const tab = await a.opensTab();
      await tab.button(tab.words.match.start, false).waitFor();
      await a.pressesMatch();
      for (const each of [a, tab]) await each.button(each.words.match.waiting.cancel).waitFor();
      await tab.button(tab.words.match.waiting.cancel).click();
      for (const each of [a, tab]) await each.button(each.words.match.start, false).waitFor();
      await tab.pressesMatch();
      await a.button(a.words.match.waiting.cancel).waitFor();
      const b = await stage.person({}, "가람");
      await b.pressesMatch();
      await Promise.all([a, tab, b].map((each) => each.isInRoom()));
      expect(new Set([a, tab, b].map((each) => each.roomId)).size).toBe(1);
      await tab.says("다른 창에서");
      for (const each of [a, b]) await each.sees("다른 창에서");
    }),
  );

  chromium.test(
    "an archived room leaves the list, stays readable, and comes back",
    stage.walk(async () => {
      const [a, b] = await stage.pair({}, { device: "phone" });
      await a.says("보관해도 괜찮아요");
      await b.sees("보관해도 괜찮아요");
      await b.chooses(b.words.rooms.toArchive);
      await b.page.getByText(b.words.rooms.archivedNow).waitFor();
      await b.page.getByRole("link", { name: b.words.room.back }).click();
      await b.page.getByText(b.words.rooms.empty.title).waitFor();
      await b.page.getByRole("link", { name: b.words.rooms.archive.page, exact: true }).click();
      await b.page
        .getByRole("navigation", { name: b.words.rooms.archive.page })
        .getByText("보관해도 괜찮아요")
        .waitFor();
      await b.picture("archive");
      await b.page.getByRole("navigation", { name: b.words.rooms.archive.page }).getByRole("link").first().click();
      await b.isInRoom();
      await b.says("보관된 채로도 말할 수 있어요");
      await a.sees("보관된 채로도 말할 수 있어요");
      // Back leads to the archive, where it came from.
      await b.page.getByRole("link", { name: b.words.room.back }).click();
      await b.page.getByRole("heading", { name: b.words.rooms.archive.page }).waitFor();
      await b.page.getByRole("navigation", { name: b.words.rooms.archive.page }).getByRole("link").first().click();
      await b.isInRoom();
      await b.chooses(b.words.rooms.fromArchive);
      await b.page.getByRole("link", { name: b.words.room.back }).click();
      await b.page.getByText(b.words.rooms.archive.empty.title).waitFor();
      await b.page.getByRole("link", { name: b.words.rooms.archive.back }).click();
      await b.page.getByRole("navigation", { name: b.words.rooms.list }).getByRole("link").first().waitFor();
    }),
  );
});
