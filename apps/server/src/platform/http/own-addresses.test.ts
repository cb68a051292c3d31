import { expect, test } from "bun:test";
import { isOpenToNetwork, originOfBind, ownOrigins } from "./own-addresses.ts";

const table: [bind: string, printed: string, others: string[], isOpen: boolean][] = [
  ["127.0.0.1", "http://localhost:8080", ["http://127.0.0.1:8080"], false],
  ["localhost", "http://localhost:8080", ["http://127.0.0.1:8080", "http://[::1]:8080"], false],
  ["::1", "http://[::1]:8080", ["http://localhost:8080"], false],
  ["127.0.0.2", "http://127.0.0.2:8080", [], false],
  ["0.0.0.0", "http://localhost:8080", ["http://127.0.0.1:8080"], true],
  ["::", "http://localhost:8080", ["http://127.0.0.1:8080"], true],
  ["192.168.0.7", "http://192.168.0.7:8080", [], true],
  ["2001:db8::1", "http://[2001:db8::1]:8080", [], true],
  ["Box.example", "http://box.example:8080", [], true],
];
for (const [bind, printed, others, isOpen] of table) {
  test(`listening on ${bind} it is reached at ${printed}`, () => {
    expect(originOfBind(bind, 8080)).toBe(printed);
    expect(ownOrigins(bind, 8080)).toEqual([printed, ...others]);
    expect(isOpenToNetwork(bind)).toBe(isOpen);
  });
}

test("the port that browsers leave out is left out", () => {
  expect(originOfBind("127.0.0.2", 80)).toBe("http://127.0.0.2");
});
