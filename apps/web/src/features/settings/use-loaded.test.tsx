import { expect, test } from "bun:test";
import type { MaruClient, SessionSnapshot } from "@maru/client";
import { newClient } from "../../fixtures/client.fixture.tsx";
import { act, render, screen, userEvent } from "../../fixtures/dom.fixture.ts";

const { ClientProvider } = await import("@maru/react");
const { LoadedRows } = await import("./loaded-rows.tsx");
const { useLoaded } = await import("./use-loaded.ts");

const away = Object.assign(new Error("away"), { temporary: true });
const refused = Object.assign(new Error("refused"), { temporary: false });

/** Answers with each of these in turn, then with the last for ever. */
function answers(...given: (Error | string)[]) {
  let count = 0;
  const load = async () => {
    const answer = given[Math.min(count++, given.length - 1)];
    if (answer instanceof Error) throw answer;
    return String(answer);
  };
  return { load, count: () => count };
}

/** A client that somebody is signed in with until they are not. */
function signedIn() {
  const listeners = new Set<() => void>();
  let state: SessionSnapshot["state"] = "signed_in";
  const session = {
    getSnapshot: () => ({ state }),
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const signOut = () => {
    state = "signed_out";
    for (const listener of listeners) listener();
  };
  return { client: Object.create(newClient(), { session: { value: session } }) as MaruClient, signOut };
}

function Rows({ load }: { load: () => Promise<string> }) {
  const [loaded, reload] = useLoaded("rows", load);
  return (
    <LoadedRows loaded={loaded} onRetry={reload}>
      {(value) => <p>{value}</p>}
    </LoadedRows>
  );
}

const draw = (load: () => Promise<string>, client = signedIn().client) =>
  render(
    <ClientProvider client={client}>
      <Rows load={load} />
    </ClientProvider>,
  );

test("a page that could not be filled says so, and fills itself when the server is back", async () => {
  const { load, count } = answers(away, "차단한 사람");
  draw(load);
  await screen.findByText("불러오지 못했어요");
  await screen.findByText("차단한 사람", {}, { timeout: 5_000 });
  expect(count()).toBe(2);
});

test("what another try would not change is asked again by a press only", async () => {
  const { load, count } = answers(refused, "차단한 사람");
  draw(load);
  const retry = await screen.findByRole("button", { name: "다시 시도" });
  expect(count()).toBe(1);
  await userEvent.click(retry);
  await screen.findByText("차단한 사람");
});

test("what was loaded before stands there at once, and corrects itself", async () => {
  const { client } = signedIn();
  const { load } = answers("한 사람", "두 사람");
  draw(load, client).unmount();
  await act(async () => {});
  draw(load, client);
  expect(screen.getByText("한 사람")).toBeTruthy();
  await screen.findByText("두 사람");
});

test("whoever signs out takes it along", async () => {
  const { client, signOut } = signedIn();
  const { load } = answers("한 사람", "다른 사람");
  const first = draw(load, client);
  await screen.findByText("한 사람");
  first.unmount();
  await act(async () => signOut());
  draw(load, client);
  expect(screen.queryByText("한 사람")).toBeNull();
  await screen.findByText("다른 사람");
});
