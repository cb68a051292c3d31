import { words } from "./words.ts";

// What imports this is shown when the words are here.
await words.load();

export const { useWords } = words;
