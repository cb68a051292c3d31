/**
 * The types that the protocol's schemas are made of, and what they say of a value: what a caller writes (`input`) and what
 * comes of it (`output`). Stands in for the schema library in the built package, whose users need types and no validator.
 */
export interface ZodType<Output = unknown, Input = Output> {
  readonly _output: Output;
  readonly _input: Input;
}

export type output<T extends ZodType> = T["_output"];
export type input<T extends ZodType> = T["_input"];

export namespace core {
  export type $strip = "strip";
  export type $loose = "loose";
  export type $ZodTypeInternals<Output = unknown, Input = Output> = ZodType<Output, Input>;
  export type $ZodType<Output = unknown, Input = Output, _Internals = unknown> = ZodType<Output, Input>;
  /** What is said of schemas beside them; programs have no use for it. */
  export type $ZodRegistry<Meta, Schema> = { readonly _meta: Meta; readonly _schema: Schema };
}

export type ZodString = ZodType<string>;
export type ZodISODateTime = ZodType<string>;
export type ZodNumber = ZodType<number>;
export type ZodInt = ZodType<number>;
export type ZodBoolean = ZodType<boolean>;
export type ZodUnknown = ZodType<unknown>;
export type ZodLiteral<T> = ZodType<T>;
export type ZodEnum<T> = ZodType<T[keyof T]>;
export type ZodTransform<Output, Input> = ZodType<Output, Input>;
export type ZodPipe<A extends ZodType, B extends ZodType> = ZodType<output<B>, input<A>>;
export type ZodNullable<T extends ZodType> = ZodType<output<T> | null, input<T> | null>;
export type ZodArray<T extends ZodType> = ZodType<output<T>[], input<T>[]>;
export type ZodRecord<K extends ZodType<string>, T extends ZodType> = ZodType<
  Record<output<K>, output<T>>,
  Record<input<K>, input<T>>
>;
export type ZodUnion<T extends readonly ZodType[]> = ZodType<output<T[number]>, input<T[number]>>;
export type ZodTuple<T extends readonly ZodType[], _Rest = null> = ZodType<
  { [I in keyof T]: output<T[I]> },
  { [I in keyof T]: input<T[I]> }
>;
export type ZodDiscriminatedUnion<T extends readonly ZodType[], _Key extends string> = ZodType<
  output<T[number]>,
  input<T[number]>
>;

/** A field that may be left out. */
export interface ZodOptional<T extends ZodType> extends ZodType<output<T> | undefined, input<T> | undefined> {
  readonly _isOptional: true;
}

/** A field that a caller may leave out and that is always there afterwards. */
export interface ZodDefault<T extends ZodType> extends ZodType<output<T>, input<T> | undefined> {
  readonly _hasDefault: true;
}

type Shape = { readonly [name: string]: ZodType };
type OptionalOut<S> = { [K in keyof S]: S[K] extends ZodOptional<ZodType> ? K : never }[keyof S];
type OptionalIn<S> = {
  [K in keyof S]: S[K] extends ZodOptional<ZodType> | ZodDefault<ZodType> ? K : never;
}[keyof S];
type Flat<T> = { [K in keyof T]: T[K] };

export type ZodObject<S extends Shape = Shape, _Config = core.$strip> = ZodType<
  Flat<{ [K in Exclude<keyof S, OptionalOut<S>>]: output<S[K]> } & { [K in OptionalOut<S>]?: output<S[K]> }>,
  Flat<{ [K in Exclude<keyof S, OptionalIn<S>>]: input<S[K]> } & { [K in OptionalIn<S>]?: input<S[K]> }>
>;
