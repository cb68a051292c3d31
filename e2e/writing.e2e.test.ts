import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { ImeKeyboard } from "./stage/ime-keyboard.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("writing", () => {
  let a: Person;
  let b: Person;
  const stage = Stage.use({}, async (stage) => {
    [a, b] = await stage.pair();
  });

  chromium.test(
    "one Enter sends once with a Korean input method",
    stage.walk(async () => {
      const keyboard = await ImeKeyboard.of(a.page);
      await a.composer.focus();

      // As Windows and Linux tell it: the Enter ends the composition, and that is all.
      await keyboard.composes("ㅎ", "하", "한");
      await keyboard.pressesEnterWhileComposing("한");
      await b.sees("한");

      // As macOS tells it: after the composition a second, plain Enter follows.
      await keyboard.composes("ㄱ", "그", "글");
      await keyboard.pressesEnterWhileComposing("글");
      await keyboard.pressesEnter();
      await b.sees("글");

      // A word of which only the last syllable is still being composed goes whole.
      await keyboard.types("안녕하세");
      await keyboard.composes("ㅇ", "요");
      await keyboard.pressesEnterWhileComposing("요");
      await b.sees("안녕하세요");

      await a.says("끝");
      await b.sees("끝");
      for (const text of ["한", "글", "안녕하세요", "끝"]) expect(await b.messages(text).count()).toBe(1);
      expect(await a.composer.inputValue()).toBe("");
    }),
  );

  chromium.test(
    "Shift and Enter breaks the line, Enter sends both lines",
    stage.walk(async () => {
      await a.composer.pressSequentially("첫 줄");
      await a.composer.press("Shift+Enter");
      await a.composer.pressSequentially("둘째 줄");
      await a.composer.press("Enter");
      await b.sees("첫 줄\n둘째 줄");
      expect(await a.composer.inputValue()).toBe("");
    }),
  );

  chromium.test(
    "what was begun is kept over another room and a reload",
    stage.walk(async () => {
      const roomId = a.roomId;
      await a.composer.fill("아직 다 못 쓴 말");
      await a.page.getByRole("link", { name: a.words.match.page }).click();
      await a.page.getByText("아직 다 못 쓴 말").first().waitFor();
      await a.page.goto(`${a.url}/rooms/${roomId}`);
      await a.isInRoom();
      expect(await a.composer.inputValue()).toBe("아직 다 못 쓴 말");
      await a.page.reload();
      await a.isInRoom();
      expect(await a.composer.inputValue()).toBe("아직 다 못 쓴 말");
      await a.composer.press("Enter");
      await a.sees("아직 다 못 쓴 말");
      await a.page.reload();
      await a.sees("아직 다 못 쓴 말");
      expect(await a.composer.inputValue()).toBe("");
    }),
  );

  chromium.test(
    "only addresses of the web become links, and scripts stay text",
    stage.walk(async () => {
      const script = '<img src=x onerror="window.wasHacked=true"><script>window.wasHacked=true</script>';
      await a.says(script);
      await a.says("javascript:alert(1) 그리고 data:text/html,<b>x</b>");
      await a.says("https://bank.example@evil.example/login 말고 www.example.com/길 을 보세요");
      await b.sees(script);
      const links = b.talk.getByRole("link");
      await links.first().waitFor();
      expect(
        await links.evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.textContent])),
      ).toEqual([["https://www.example.com/%EA%B8%B8", "www.example.com/길"]]);
      expect(await links.first().getAttribute("rel")).toBe("noopener noreferrer nofollow");
      expect(await links.first().getAttribute("target")).toBe("_blank");
      expect(await b.page.evaluate(() => "wasHacked" in window)).toBe(false);
      expect(await b.talk.locator("img[src=x], script").count()).toBe(0);
    }),
  );

  chromium.test(
    "lines of one minute stand together under one name, the day above them",
    stage.walk(async () => {
      const alias = await b.partnerName();
      for (const text of ["하나", "둘", "셋"]) await a.says(text);
      await b.says("넷");
      await a.sees("넷");
      await b.sees("셋");
      const talk = b.talk;
      const today = await b.page.evaluate(() =>
        new Intl.DateTimeFormat("ko", { month: "long", day: "numeric", weekday: "long" }).format(new Date()),
      );
      expect(await talk.getByText(today, { exact: true }).count()).toBe(1);
      // One's own lines carry no name; the partner's carry it once a minute.
      const heads = talk.getByRole("article", { name: alias }).getByText(alias, { exact: true });
      const minutes = await talk.getByRole("article", { name: alias }).locator("time").count();
      expect(await heads.count()).toBe(minutes);
      expect(await talk.getByRole("article", { name: b.words.room.me }).getByText(b.words.room.me).count()).toBe(0);
    }),
  );

  chromium.test(
    "one's own message can be changed, and deleted for everybody",
    stage.walk(async () => {
      await a.says("오타가 잇어요");
      await b.sees("오타가 잇어요");
      await a.choosesForMessage("오타가 잇어요", a.words.room.edit);
      const field = a.page.getByRole("textbox", { name: a.words.room.editing.label });
      await field.fill("오타가 있어요");
      await field.press("Enter");
      await b.sees("오타가 있어요");
      await b.bubble("오타가 있어요").getByText(b.words.room.edited).waitFor();
      await a.composer.waitFor();

      // Arrow up takes the last one again; Escape leaves it as it is.
      await a.composer.press("ArrowUp");
      expect(await field.inputValue()).toBe("오타가 있어요");
      await field.press("Escape");
      await a.composer.waitFor();

      await a.choosesForMessage("오타가 있어요", a.words.room.delete);
      await a.answers(a.words.room.deleteAsk.yes);
      await b.sees(b.words.room.deleted);
      await a.sees(a.words.room.deleted);
      expect(await b.page.getByText("오타가 있어요").count()).toBe(0);
    }),
  );

  chromium.test(
    "others' messages can be copied, not changed",
    stage.walk(async () => {
      await a.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await b.says("복사해 주세요");
      await a.sees("복사해 주세요");
      const bubble = a.bubble("복사해 주세요");
      await bubble.hover();
      await bubble.getByRole("button", { name: a.words.room.actions }).click();
      await a.page.getByRole("menuitem", { name: a.words.room.copy }).waitFor();
      expect(await a.page.getByRole("menuitem").allInnerTexts()).toEqual([a.words.room.copy]);
      await a.page.getByRole("menuitem", { name: a.words.room.copy }).click();
      await a.page.getByText(a.words.room.copied).waitFor();
      expect(await a.page.evaluate(() => navigator.clipboard.readText())).toBe("복사해 주세요");
    }),
  );
});
