declare const epochMark: unique symbol;
declare const lockMark: unique symbol;
declare const operatorMark: unique symbol;
declare const changeMark: unique symbol;

/** A value of an account's `auth_epoch`, as the database returns it. Read it when a flow begins, never when it ends. */
export type AuthEpoch = string & { readonly [epochMark]: true };

/** Only `auth-epochs.ts` makes one of the kinds below. */
type Locked = {
  readonly accountId: string;
  readonly authEpoch: AuthEpoch;
  /** The session that acts, if one does. */
  readonly sessionId: string | null;
};

/** An account that is locked and may be acted on; what opens a session asks for it. */
export type LockedAccount = Locked & { readonly [lockMark]: true };

/** An account that is locked on the operator's authority: nobody has proved to own it, so it opens no session. */
export type OperatedAccount = Locked & { readonly [operatorMark]: true };

/** A locked account whose epoch was raised; what changes the ways into an account asks for it. */
export type ChangingAccount = Locked & { readonly [changeMark]: true };

/** One that its owner changes, whom a session may be opened for. */
export type OwnChangingAccount = ChangingAccount & LockedAccount;
