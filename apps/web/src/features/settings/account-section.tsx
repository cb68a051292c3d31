import type { AccountSelf, NicknameAvailability } from "@maru/protocol";
import { normalizeName } from "@maru/protocol";
import { Avatar, Button, Dialog, IconButton, showToast, Written } from "@maru/ui";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { isRefused, NicknameField, nicknameFaultKey, useNicknameCheck } from "../auth/index.ts";
import { useWords } from "./i18n/index.ts";
import { Row, Section } from "./section.tsx";

export type AccountSectionProps = {
  account: AccountSelf;
  checkNickname: (nickname: string) => Promise<NicknameAvailability>;
  saveNickname: (nickname: string) => Promise<unknown>;
};

/** Who one is here. */
export function AccountSection({ account, checkNickname, saveNickname }: AccountSectionProps) {
  const { t } = useWords();
  const [isEditing, setIsEditing] = useState(false);
  return (
    <Section title={t("settings.account")}>
      <Row
        label={
          <span className="flex items-center gap-4 py-1.5">
            <Avatar seed={account.avatarSeed} size={52} />
            <span className="min-w-0">
              <Written className="block truncate text-base font-bold">{account.nickname}</Written>
              <span className="block truncate text-sm text-ink-muted">{account.email}</span>
            </span>
          </span>
        }
      >
        <IconButton
          label={t("settings.nickname.edit")}
          icon={<Pencil size={18} aria-hidden />}
          onClick={() => setIsEditing(true)}
        />
      </Row>
      <Dialog isOpen={isEditing} onOpenChange={setIsEditing} title={t("settings.nickname.edit")}>
        <NicknameForm
          nickname={account.nickname}
          checkNickname={checkNickname}
          saveNickname={saveNickname}
          onDone={() => setIsEditing(false)}
        />
      </Dialog>
    </Section>
  );
}

type NicknameFormProps = Pick<AccountSectionProps, "checkNickname" | "saveNickname"> & {
  nickname: string;
  onDone: () => void;
};

function NicknameForm({ nickname, checkNickname, saveNickname, onDone }: NicknameFormProps) {
  const { t, locale } = useWords();
  const [value, setValue] = useState(nickname);
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isSame = normalizeName(value) === nickname;
  const state = useNicknameCheck(isSame ? "" : value, checkNickname);
  const submit = async () => {
    setIsSubmitted(true);
    if (isSame) return onDone();
    if (nicknameFaultKey(value) !== null || isRefused(state)) return;
    setIsBusy(true);
    try {
      await saveNickname(normalizeName(value));
      showToast(t("settings.nickname.saved"), "good");
      onDone();
    } catch (thrown) {
      setError(errorMessageOf(thrown, locale));
      setIsBusy(false);
    }
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <NicknameField
        value={value}
        onValueChange={(next) => {
          setValue(next);
          setError(null);
        }}
        state={state}
        isSubmitted={isSubmitted}
        error={error}
      />
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" isBusy={isBusy}>
          {t("settings.nickname.save")}
        </Button>
      </div>
    </form>
  );
}
