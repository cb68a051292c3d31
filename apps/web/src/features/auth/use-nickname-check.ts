import { type NicknameAvailability, normalizeName } from "@maru/protocol";
import { useEffect, useState } from "react";
import { keepAsking } from "../../shell/keep-asking.ts";
import { nicknameFaultKey } from "./field-rules.ts";

export type CheckNickname = (nickname: string) => Promise<NicknameAvailability>;
export type NicknameState = "unknown" | "checking" | "free" | NicknameRefusal;
/** What only the server can tell: who else is called so, and what is reserved. */
type NicknameRefusal = "taken" | "reserved" | "invalid";

/** Whether the server would refuse the nickname. */
export function isRefused(state: NicknameState): state is NicknameRefusal {
  return state === "taken" || state === "reserved" || state === "invalid";
}

function refusalOf({ isAvailable, code }: NicknameAvailability): NicknameRefusal | null {
  if (isAvailable) return null;
  if (code === "nickname.reserved") return "reserved";
  return code === "nickname.invalid" ? "invalid" : "taken";
}

/** How long somebody has to stop typing before the server is asked. */
const pauseMs = 350;

/** Asks whether a nickname is free while it is being written. `unknown` where it breaks a rule or nobody can tell. */
export function useNicknameCheck(nickname: string, check: CheckNickname): NicknameState {
  const normal = normalizeName(nickname);
  const isAskable = nicknameFaultKey(normal) === null;
  const [answer, setAnswer] = useState<{ nickname: string; state: NicknameState }>({ nickname: "", state: "unknown" });
  useEffect(() => {
    if (!isAskable) return;
    let stop = () => {};
    const answerWith = (state: NicknameState) => setAnswer({ nickname: normal, state });
    const timer = setTimeout(() => {
      stop = keepAsking(() => check(normal), {
        answer: (availability) => answerWith(refusalOf(availability) ?? "free"),
        // Nobody can tell now: the sign-up itself says so if it is taken.
        failure: () => answerWith("unknown"),
      });
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [normal, isAskable, check]);
  if (!isAskable) return "unknown";
  return answer.nickname === normal ? answer.state : "checking";
}
