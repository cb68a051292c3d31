import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { httpPaths, nicknameAvailabilitySchema } from "@maru/protocol";
import { newId } from "../../../platform/ids.ts";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { listDisputedNicknames, settleNicknames } from "./nickname-settling.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const signUp = (nickname: string) => world.device().signUp({ ...world.newPerson(), nickname });
const check = async (nickname: string) =>
  nicknameAvailabilitySchema.parse(
    (await world.device().ask("GET", `/api/nicknames/${encodeURIComponent(nickname)}`)).body,
  );

describe("a nickname that looks like another", () => {
  beforeAll(async () => {
    for (const nickname of ["paypal", "새벽별", "❤️봄날"]) expect((await signUp(nickname)).status).toBe(200);
  });

  test.each(["paypaI", "PAYPAL", "рaypal", "ｐａｙｐａｌ", "paypa1", "새 벽별", "❤봄날", "새벽별".normalize("NFD")])(
    "%p is taken, as the live check says too",
    async (nickname) => {
      expect(await check(nickname)).toEqual({ isAvailable: false, code: "nickname.taken" });
      const answer = await signUp(nickname);
      expect([answer.status, answer.code]).toEqual([409, "nickname.taken"]);
    },
  );

  test.each([
    "새벽별\uFE0F",
    "새벽\u034F별",
    "새벽별\u{E0100}",
    "\u17B4새벽별",
    "ab\u0301\u0302\u0303c\u0304\u0305\u0306",
  ])("%p is refused, as the live check says too", async (nickname) => {
    expect(await check(nickname)).toEqual({ isAvailable: false, code: "nickname.invalid" });
    const answer = await signUp(nickname);
    expect([answer.status, answer.code]).toEqual([422, "nickname.invalid"]);
  });

  test("cannot be come by through a change either", async () => {
    const { device } = await world.signUpPerson();
    const taken = await device.ask("PATCH", httpPaths.me, { body: { nickname: "pаypal" } });
    expect([taken.status, taken.code]).toEqual([409, "nickname.taken"]);
    const reserved = await device.ask("PATCH", httpPaths.me, { body: { nickname: "운영자\u2063" } });
    expect(reserved.code).toBe("nickname.invalid");
  });

  test("goes to one of two who reach for it in two spellings at the same moment", async () => {
    const spellings = ["scope", "ѕcope", "SCOPE", "sсope", "scоpe"];
    const answers = await Promise.all(spellings.map((nickname) => signUp(nickname)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  test("may be an own one: who changes the spelling alone keeps it", async () => {
    const { device } = await world.signUpPerson();
    const rename = async (nickname: string) => (await device.ask("PATCH", httpPaths.me, { body: { nickname } })).status;
    expect(await rename("Coffee")).toBe(200);
    expect(await rename("COFFEE")).toBe(200);
    expect(await rename("Cоffee")).toBe(200);
    expect((await signUp("coffee")).status).toBe(409);
  });

  test("stays with who has left, as do its looks, also once the account is erased", async () => {
    const { device, person } = await world.signUpPerson();
    expect((await device.ask("PATCH", httpPaths.me, { body: { nickname: "leaver" } })).status).toBe(200);
    const left = await device.ask("POST", httpPaths.leave, { body: { password: person.password, messages: "keep" } });
    expect(left.status).toBe(200);
    const taken = { isAvailable: false, code: "nickname.taken" } as const;
    for (const nickname of ["leaver", "1eaver", "lеaver"]) expect(await check(nickname)).toEqual(taken);
    await world.db.sql`delete from identity_accounts where nickname = 'leaver'`;
    for (const nickname of ["leaver", "1eaver", "lеaver"]) {
      expect(await check(nickname)).toEqual(taken);
      expect((await signUp(nickname)).status).toBe(409);
    }
  });
});

describe("a reserved nickname", () => {
  test.each(["운영자", "운.영.자", "ㅇㅜㄴㅇㅕㅇㅈㅏ", "аdmin", "ADMlN", "ｓｙｓｔｅｍ", "마루", "supp0rt"])(
    "%p is nobody's",
    async (nickname) => {
      expect(await check(nickname)).toEqual({ isAvailable: false, code: "nickname.reserved" });
      const answer = await signUp(nickname);
      expect([answer.status, answer.code]).toEqual([422, "nickname.reserved"]);
    },
  );

  test("is an operator's to bear", async () => {
    await world.identity.createOperator({ email: "op@maru.example", nickname: "운영자", resetsSecondFactor: false });
    const [row] = await world.db.sql`select kind from identity_accounts where nickname = '운영자'`;
    expect(row.kind).toBe("operator");
  });
});

test("names of devices keep the same rules", async () => {
  const answer = await world.device().signUp({ ...world.newPerson(), deviceName: "이 기기\u200B" });
  expect([answer.status, answer.code]).toEqual([422, "name.invalid"]);
  const { person } = await world.signUpPerson();
  const { email, password } = person;
  const signIn = await world.device().signIn({ email, password, deviceName: "a\u202Ephone" });
  expect([signIn.status, signIn.code]).toEqual([422, "name.invalid"]);
});

describe("nicknames from before looks were kept", () => {
  /** What an older version stores: the nickname and its spelling, nothing of its looks. */
  async function storeAsBefore(nickname: string, createdAt: string): Promise<string> {
    const id = newId();
    const key = nickname.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
    await world.db.sql`
      insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
      values (${id}, ${nickname}, ${key}, 'seed', ${createdAt})`;
    return id;
  }
  const idsOf = async () => (await listDisputedNicknames(world.db)).map(({ accountId }) => accountId);

  let [first, twin, reserved, plain] = ["", "", "", ""];
  beforeEach(async () => {
    await world.db.sql`delete from identity_accounts where avatar_seed = 'seed'`;
    twin = await storeAsBefore("구름\uFE0F", "2025-02-01");
    first = await storeAsBefore("구름", "2025-01-01");
    reserved = await storeAsBefore("관리자\u{E0100}", "2025-01-01");
    plain = await storeAsBefore("바람결", "2025-01-01");
  });

  test("keep their name; the older has the look, and those that could be mistaken are listed, before and after", async () => {
    const listed = await idsOf();
    expect(listed.sort()).toEqual([reserved, twin].sort());
    await settleNicknames(world.db);
    await settleNicknames(world.db);
    expect((await idsOf()).sort()).toEqual([reserved, twin].sort());
    const like = (await listDisputedNicknames(world.db)).find(({ accountId }) => accountId === twin)?.like;
    expect(like?.accountId).toBe(first);
    const profiles = await world.identity.getProfiles([first, twin, reserved, plain]);
    expect(profiles.get(twin)?.nickname).toBe("구름\uFE0F");
    expect(await world.identity.findAccountByNickname("구름")).toBe(first);
    for (const nickname of ["구름", "구 름", "바람결"]) expect((await check(nickname)).code).toBe("nickname.taken");
  });

  test("are settled by two nodes that start at once, and where an older node changed a nickname meanwhile", async () => {
    await Promise.all([settleNicknames(world.db), settleNicknames(world.db)]);
    await world.db.sql`update identity_accounts set nickname = '하늘빛', nickname_key = '하늘빛' where id = ${plain}`;
    await settleNicknames(world.db);
    expect((await check("하늘빛")).code).toBe("nickname.taken");
    expect((await idsOf()).sort()).toEqual([reserved, twin].sort());
  });

  test("are settled in more than one batch", async () => {
    await Promise.all(Array.from({ length: 600 }, (_, at) => storeAsBefore(`before ${at}x`, "2025-03-01")));
    await settleNicknames(world.db);
    const [row] = await world.db.sql`
      select count(*)::int as count from identity_accounts where looks_of is distinct from nickname`;
    expect(row.count).toBe(0);
    expect((await check("before 599x")).code).toBe("nickname.taken");
  });
});
