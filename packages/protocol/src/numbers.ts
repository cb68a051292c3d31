import * as z from "zod";

/** The largest number that a counter takes: what a column of the database holds. */
export const maxCounter = 2_147_483_647;

/**
 * JSON and addresses know a zero below zero; a counter has one zero. Otherwise it would reach the database as a number
 * with a fraction, for which there is no column and no function.
 */
export const oneZero = (value: number): number => value + 0;

/** A `seq`, a `rev`, a count: a whole number from 0 on. */
export const counterSchema = z.int().nonnegative().max(maxCounter).overwrite(oneZero);
