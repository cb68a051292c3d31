import { describeError, type ErrorCode, type ErrorParams, isErrorCode, type Locale } from "@maru/protocol";

type CatalogueError = { readonly code: ErrorCode; readonly params?: ErrorParams };

/** The catalogue's code of whatever was thrown; what is not of the catalogue counts as a failure of ours. */
export function catalogueErrorOf(error: unknown): CatalogueError {
  if (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    isErrorCode(error.code)
  ) {
    const params = "params" in error && typeof error.params === "object" && error.params !== null ? error.params : {};
    return { code: error.code, params: params as ErrorParams };
  }
  return { code: "server.internal" };
}

/** What went wrong, in the reader's language. */
export function errorMessageOf(error: unknown, locale: Locale): string {
  const { code, params } = catalogueErrorOf(error);
  return describeError(code, locale, params);
}
