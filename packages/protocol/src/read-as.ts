import * as z from "zod";

/**
 * What a client makes of a value with a word in it that it does not know; `keeping` names the fields that stay. Of a `isPartial`
 * object each field is read by itself: one that cannot be read is left out, and the whole where one that has to be there cannot.
 */
export type ReadAs = { readonly as: unknown; readonly keeping?: readonly string[]; readonly isPartial?: boolean };

/**
 * Schemas whose unknown values are not skipped. Lists of words may grow: a client leaves out what holds a word that it
 * does not know (an entry of a list, a field that may be missing, a push), unless its schema says here what to read instead.
 */
export const readAs = z.registry<ReadAs>();
