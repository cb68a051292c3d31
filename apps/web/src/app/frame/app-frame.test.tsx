import { expect, test } from "bun:test";
import { renderAt } from "../../fixtures/client.fixture.tsx";
import { act, resizeTo, screen, userEvent } from "../../fixtures/dom.fixture.ts";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";
import type { ListPane } from "../../shell/frame/place.ts";

const { createRootRoute, createRoute, Outlet } = await import("@tanstack/react-router");
const { DetailPane } = await import("../../shell/frame/detail-pane.tsx");
const { useDetail } = await import("../../shell/frame/use-detail.ts");
const { readSetting, writeSetting } = await import("../../shell/storage.ts");
const { AppFrame } = await import("./app-frame.tsx");

const Icon = () => <svg />;
const navigation: readonly NavigationEntry[] = [
  { to: "/", label: () => "홈", Icon, rank: 10, isExact: true },
  { to: "/rooms", label: () => "대화", Icon, rank: 20, useBadge: () => ({ count: 3, label: "안 읽은 메시지 3개" }) },
  { to: "/settings", label: () => "나", Icon, rank: 90, isAtFoot: true },
];
const rooms: ListPane = { label: () => "대화", List: () => <p>모든 대화</p> };
const settings: ListPane = { label: () => "설정", List: () => <p>모든 설정</p> };

function Page({ name }: { name: string }) {
  const detail = useDetail();
  return (
    <>
      <h1>{name}</h1>
      <button type="button" onClick={() => detail.open("members")}>
        사람들
      </button>
      <button type="button" onClick={() => detail.open("files")}>
        파일들
      </button>
      {detail.key && (
        <DetailPane key={detail.key} title={detail.key} onClose={detail.close} isAsked={detail.isAsked}>
          <p>무엇: {detail.key}</p>
        </DetailPane>
      )}
    </>
  );
}

function routes() {
  const root = createRootRoute({
    component: () => (
      <AppFrame navigation={navigation} banner={null}>
        <Outlet />
      </AppFrame>
    ),
  });
  const under = { getParentRoute: () => root };
  return root.addChildren([
    createRoute({ ...under, path: "/", component: () => <Page name="첫 화면" /> }),
    createRoute({ ...under, path: "/rooms", component: () => <Page name="대화" />, staticData: { listPane: rooms } }),
    createRoute({
      ...under,
      path: "/rooms/$roomId",
      component: () => <Page name="방" />,
      staticData: { listPane: rooms, isImmersive: true },
    }),
    createRoute({
      ...under,
      path: "/settings",
      component: () => <Page name="설정" />,
      staticData: { listPane: settings },
    }),
  ]);
}

const linkNames = () => screen.getAllByRole("link").map((link) => link.textContent);
const list = () => screen.queryByText(/^모든/)?.textContent ?? null;

test("on a desktop the places stand in a rail, the one that one is at marked, with what waits there", async () => {
  resizeTo(1_440);
  await renderAt(routes(), "/rooms/room_1");
  expect(linkNames()).toEqual(["본문으로 건너뛰기", "", "홈", "대화3안 읽은 메시지 3개", "나"]);
  expect(screen.getByRole("link", { name: /대화/ }).getAttribute("aria-current")).toBe("page");
  expect(screen.getByRole("link", { name: "홈" }).getAttribute("aria-current")).toBeNull();
});

test("on a phone they stand in a bar, which makes way for a room", async () => {
  resizeTo(390);
  const { router } = await renderAt(routes(), "/rooms");
  expect(linkNames()).toEqual(["본문으로 건너뛰기", "홈", "대화3안 읽은 메시지 3개", "나"]);
  await act(() => router.navigate({ to: "/rooms/$roomId", params: { roomId: "room_1" } } as never));
  expect(screen.queryByRole("navigation")).toBeNull();
});

test.each([
  [1_440, "모든 대화"],
  [900, "모든 대화"],
  [899, null],
  [390, null],
] as const)("at %p px the list of the area is %p", async (width, shown) => {
  resizeTo(width);
  await renderAt(routes(), "/rooms");
  expect(list()).toBe(shown);
});

test("a pane never shows another area's list, and none where an area has none", async () => {
  resizeTo(1_440);
  const { router } = await renderAt(routes(), "/settings");
  expect(list()).toBe("모든 설정");
  await act(() => router.navigate({ to: "/rooms" } as never));
  expect(list()).toBe("모든 대화");
  await act(() => router.navigate({ to: "/" } as never));
  expect(list()).toBeNull();
});

test("the list is made wider and narrower by key within its bounds, and stays so", async () => {
  resizeTo(1_440);
  writeSetting("list-width", null);
  const user = userEvent.setup();
  const { unmount } = await renderAt(routes(), "/rooms");
  const width = () => screen.getByRole("region", { name: "대화" }).style.width;
  const handle = () => screen.getByRole("separator", { name: "목록 너비" });
  expect(width()).toBe("22rem");
  act(() => handle().focus());
  await user.keyboard("{ArrowLeft}");
  expect(width()).toBe("21rem");
  expect(handle().getAttribute("aria-valuenow")).toBe("210");
  await user.keyboard("{Home}{ArrowLeft}");
  expect(width()).toBe("17.5rem");
  await user.keyboard("{End}{ArrowRight}");
  expect(width()).toBe("22.5rem");
  unmount();
  await renderAt(routes(), "/rooms");
  expect(width()).toBe("22.5rem");
  await user.dblClick(handle());
  expect(width()).toBe("22rem");
  expect(readSetting("list-width")).toBeNull();
});

test("one detail at a time stands beside the page, in its address; Escape closes it and leads back", async () => {
  resizeTo(1_440);
  const user = userEvent.setup();
  const { history } = await renderAt(routes(), "/rooms/room_1");
  const opener = screen.getByRole("button", { name: "사람들" });
  await user.click(opener);
  expect(screen.getByRole("complementary", { name: "members" }).contains(document.activeElement)).toBe(true);
  expect(history.location.search).toBe("?detail=members");
  await user.click(screen.getByRole("button", { name: "파일들" }));
  expect(screen.getAllByRole("complementary").map((pane) => pane.textContent)).toEqual(["files무엇: files"]);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(history.location.href).toBe("/rooms/room_1");
  // Back where it was opened, so that the next step back leads on.
  expect(history.location.state.__TSR_index).toBe(0);
});

test("a detail that the address opens leaves the focus where it is, and closes in place", async () => {
  resizeTo(1_440);
  const user = userEvent.setup();
  const { history } = await renderAt(routes(), "/rooms/room_1?detail=members");
  expect(screen.getByRole("complementary", { name: "members" }).contains(document.activeElement)).toBe(false);
  await user.click(screen.getByRole("button", { name: "닫기" }));
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(history.location.href).toBe("/rooms/room_1");
});

test("Escape that something nearer has taken leaves the detail open", async () => {
  resizeTo(1_440);
  const user = userEvent.setup();
  await renderAt(routes(), "/rooms/room_1?detail=members");
  const field = document.createElement("input");
  field.addEventListener("keydown", (event) => event.preventDefault());
  document.body.append(field);
  field.focus();
  await user.keyboard("{Escape}");
  expect(screen.getByRole("complementary", { name: "members" })).toBeTruthy();
  field.remove();
});

test.each([1_100, 390])("at %p px a detail is a sheet over the page, which Escape closes", async (width) => {
  resizeTo(width);
  const user = userEvent.setup();
  const { history } = await renderAt(routes(), "/rooms/room_1");
  await user.click(screen.getByRole("button", { name: "사람들" }));
  expect(await screen.findByRole("dialog", { name: "members" })).toBeTruthy();
  expect(screen.queryByRole("complementary")).toBeNull();
  await user.keyboard("{Escape}");
  expect(history.location.href).toBe("/rooms/room_1");
});

test("on a tablet the list is put away by a press, which is remembered; elsewhere it cannot be", async () => {
  writeSetting("list-folded", null);
  resizeTo(1_000);
  const { unmount } = await renderAt(routes(), "/rooms/room_1");
  await userEvent.click(screen.getByRole("button", { name: "목록 접기" }));
  expect([list(), readSetting("list-folded")]).toEqual([null, "true"]);
  unmount();
  await renderAt(routes(), "/rooms/room_1");
  expect(list()).toBeNull();
  await act(async () => resizeTo(1_440));
  expect([list(), screen.queryByRole("button", { name: "목록 펼치기" })]).toEqual(["모든 대화", null]);
  await act(async () => resizeTo(1_000));
  await userEvent.click(screen.getByRole("button", { name: "목록 펼치기" }));
  expect([list(), readSetting("list-folded")]).toEqual(["모든 대화", null]);
});
