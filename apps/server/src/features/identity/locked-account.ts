declare const epochMark: unique symbol;
declare const lockMark: unique symbol;
declare const changeMark: unique symbol;

/** A value of an account's `auth_epoch`, as the database tells it. Read it when a journey begins, never when it ends. */
export type AuthEpoch = string & { readonly [epochMark]: true };

/** An account that is locked and may be acted on; what opens a session asks for it. Only `auth-epochs.ts` makes one. */
export type LockedAccount = {
  readonly accountId: string;
  readonly authEpoch: AuthEpoch;
  /** The session that acts, if one does. */
  readonly sessionId: string | null;
  readonly [lockMark]: true;
};

/** A locked account whose epoch was raised; what changes the ways into an account asks for it. */
export type ChangingAccount = LockedAccount & { readonly [changeMark]: true };
