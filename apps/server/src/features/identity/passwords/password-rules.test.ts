import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import fc from "fast-check";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import { toKeystrokes } from "./dubeolsik.ts";
import { loadGuessEstimate } from "./password-guessing.ts";
import { createPasswordRules, type PasswordOwner } from "./password-rules.ts";

let world: World;
let find: (password: string, owner?: PasswordOwner) => Promise<string | null>;
const owner = { email: "Min.su-Lee77@maru.example", nickname: "홍길동 선생" };
beforeAll(async () => {
  world = await openWorld({ isMailOn: true });
  const { findFault } = createPasswordRules({ db: world.db });
  find = (password, whose = owner) => findFault(password, whose);
});
afterAll(() => world.close());

const everybodys = [
  ..."1234567890 0987654321 9876543210 qwertyuiop qwerty12345 1q2w3e4r5t 1qazxsw23edc asdfghjkl; zxcvbnm123".split(" "),
  ..."password12 Password123! p4ssw0rd123 iloveyou1234 letmein12345 trustno1trustno1 admin12345 princess123".split(" "),
  ..."abcdefghij a1b2c3d4e5 abc123abc123 abcd1234abcd q1w2e3r4t5 samsung1234 january2024 monkey12345".split(" "),
  // Dates and telephone numbers, however they are written.
  ..."20240101202401 010-1234-5678 01012345678 1990.01.01.1990".split(" "),
  // Korean, in Hangul and as it comes out on an English keyboard.
  ..."비밀번호비밀번호 안녕하세요12345 사랑해사랑해사랑해 dkssudgktpdy tkfkdgo1234 qlalfqjsgh12 eogksalsrnr".split(" "),
  // As long as one may, out of very little.
  ...["qwertyuiop", "p4$$w0rd", "1qaz2wsx", "비밀번호"].map((word) => word.repeat(32).slice(0, 128)),
];

const personal = [
  "Min.su-Lee77@maru.example",
  "min.su-lee77@maru",
  "MINSULEE77!!",
  "m1nsul3e77!!",
  "minsulee2024",
  "77eelusnim77",
  "홍길동선생홍길동선생",
  "ghdrlfehdtjstod1",
  "홍길동 선생님 홍길동",
  "a-very-long-address-of-somebody@a-very-long-domain.example",
];

const good = [
  goodPassword,
  "hanok-floor-boards",
  "correct horse battery staple",
  "마루에서만나요우리함께",
  "마루에앉아수박을먹는여름밤",
  "one more sentence of mine",
  "gX7#pQ2!vTz9",
  "min.su.lee likes long walks at noon",
  "홍길동은 아버지를 아버지라 부르지 못하고",
  `1111111111111111111111111111${"kx8#Qm2!vTz9@Lw4"}`,
];

describe("a new password", () => {
  test.each(everybodys)("that everybody tries is refused: %p", async (password) => {
    expect(["password.common", "password.weak"]).toContain((await find(password)) as never);
  });

  test.each(personal)("made of the own e-mail or nickname is refused: %p", async (password) => {
    const email = password.startsWith("a-very-long") ? password : owner.email;
    expect(["password.personal", "password.common"]).toContain((await find(password, { ...owner, email })) as never);
  });

  test.each(["MINSULEE77!!", "minsulee2024", "m1nsul3e77!!"])(
    "made of them is fine for somebody else: %p",
    async (password) => {
      expect(await find(password, { email: "bom@talk.example", nickname: "봄이" })).not.toBe("password.personal");
    },
  );

  test.each(good)("that takes long to guess is taken: %p", async (password) => {
    expect(await find(password)).toBeNull();
  });

  test("without an owner's e-mail is looked at all the same", async () => {
    expect(await find("1234567890", { email: null, nickname: null })).toBe("password.common");
    expect(await find(goodPassword, {})).toBeNull();
  });

  test("is looked at in bounded time, whatever it is made of", async () => {
    const estimate = await loadGuessEstimate();
    const spend = (password: string) => {
      const before = process.cpuUsage();
      expect(estimate(password, ["person", "maru.example"])).toBeGreaterThan(0);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    spend("warm up the lists");
    const hard = "1@4$0|3{[<&+7".split("").map((letter) => fc.constant(letter));
    const word = fc.array(fc.oneof(...hard, fc.constantFrom("p", "a", "s", "1111", "2000", "qw")), { minLength: 128 });
    for (const letters of fc.sample(word, { numRuns: 20, seed: 7 })) {
      expect(spend(letters.join("").slice(0, 128))).toBeLessThan(1_000);
    }
  });
});

describe("Hangul on an English keyboard", () => {
  test.each([
    ["안녕하세요", "dkssudgktpdy"],
    ["비밀번호", "qlalfqjsgh"],
    ["괜찮아 뷁", "rhoscksgdk qnpfr"],
    ["까치", "Rkcl"],
    ["hanok 1", "hanok 1"],
  ])("%p is %p", (hangul, keys) => {
    expect(toKeystrokes(hangul.normalize("NFD"))).toBe(keys);
  });

  test("comes out without Hangul for every syllable, and differently for each", () => {
    const syllables = Array.from({ length: 0xd7a3 - 0xac00 + 1 }, (_, at) => String.fromCodePoint(0xac00 + at));
    const typed = syllables.map(toKeystrokes);
    expect(typed.every((keys) => /^[A-Za-z]{2,6}$/.test(keys))).toBe(true);
    expect(new Set(typed).size).toBe(syllables.length);
  });
});

describe("every door that sets a password", () => {
  const refusals = (person: { email: string }): [string, string][] => [
    ["1234567890", "password.common"],
    ["qwertyuiop", "password.common"],
    [person.email, "password.personal"],
    ["weak", "password.weak"],
  ];

  test("refuses them at the sign-up, before any mail leaves", async () => {
    const person = world.newPerson();
    for (const [password, code] of refusals(person)) {
      const answer = await world.device().signUp({ ...person, password });
      expect([password, answer.code, answer.body]).toMatchObject([
        password,
        code,
        { error: { fields: [{ path: "password", code }] } },
      ]);
    }
    const { nickname } = person;
    expect((await world.device().signUp({ ...person, password: `${nickname}${nickname}` })).code).toMatch(
      /^password\./,
    );
    expect(await world.mailsTo(person.email)).toEqual([]);
    expect((await world.device().signUp(person)).status).toBe(202);
  });

  test("refuses them at a change, and leaves the old one", async () => {
    const { device, person } = await world.signUpPerson();
    for (const [newPassword, code] of refusals(person)) {
      const body = { password: goodPassword, newPassword };
      expect((await device.ask("POST", httpPaths.password, { body })).code).toBe(code);
    }
    expect((await world.device().signIn(person)).status).toBe(200);
  });

  test("refuses them by the link of a mail or of the command line, which stays good", async () => {
    const { person } = await world.signUpPerson();
    await world.device().ask("POST", httpPaths.passwordReset, { body: { email: person.email } });
    const reset = /#([\w-]+)/.exec((await world.mailsTo(person.email)).at(-1)?.text ?? "")?.[1];
    const operator = { email: "the.keeper@maru.example", nickname: "마루지기", resetsSecondFactor: false };
    const first = (await world.identity.createOperator(operator)).url.split("#")[1];
    for (const [path, token, who, done] of [
      [httpPaths.passwordResetFinish, reset, person, 204],
      [httpPaths.firstSignIn, first, operator, 202],
    ] as const) {
      const set = (password: string, by = token) => world.device().ask("POST", path, { body: { token: by, password } });
      for (const [password, code] of refusals(who)) {
        expect([path, password, (await set(password)).code]).toEqual([path, password, code]);
      }
      expect((await set("1234567890", "guessed")).code).toBe("link.expired");
      expect((await set(goodPassword)).status).toBe(done);
    }
  });

  test("lets a password in that was taken before, however common", async () => {
    const { person, accountId } = await world.signUpPerson();
    const hash = await Bun.password.hash("1234567890", { algorithm: "argon2id", memoryCost: 64, timeCost: 1 });
    await world.db.sql`update identity_accounts set password_hash = ${hash} where id = ${accountId}`;
    expect((await world.device().signIn({ email: person.email, password: "1234567890" })).status).toBe(200);
  });
});
