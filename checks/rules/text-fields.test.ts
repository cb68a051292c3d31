import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { findTextFields } from "./text-fields.ts";

const file = "apps/web/src/features/rooms/note.tsx";

test.each([
  ['<input type="text" />', "<input> text"],
  ["<textarea aria-label={label} />", "<textarea> label"],
  ['<TextField label={t("rooms.note")} />', "<TextField> rooms.note"],
  ["<NicknameField />", "<NicknameField>"],
  ["<Composer label={`${a}`} />", "<Composer> `${a}`"],
  ["<div contentEditable />", "<div>"],
])("finds a field however it comes: %s", (element, found) => {
  using tree = plantTree({ [file]: `export const Note = ({ t, a, label }) => ${element};` });
  expect(findTextFields(tree)).toEqual([`${file}: ${found}`]);
});

test("tells two of a kind apart", () => {
  using tree = plantTree({ [file]: "export const Note = () => <><textarea /><textarea /></>;" });
  expect(findTextFields(tree)).toEqual([`${file}: <textarea>`, `${file}: <textarea> #2`]);
});

test("passes over what is no field, and what no page has", () => {
  using tree = plantTree({
    [file]: 'export const Note = () => <p title="<input />">{"<textarea />"}</p>;',
    "apps/web/src/features/rooms/note.test.tsx": "export const note = <input />;",
    "apps/server/src/page.tsx": "export const page = <input />;",
  });
  expect(findTextFields(tree)).toEqual([]);
});
