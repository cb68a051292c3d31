import { normalizeName } from "@maru/protocol";
import { Button, Dialog, TextField } from "@maru/ui";
import { useState } from "react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import { useWords } from "../i18n/words.ts";

export type DirectDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Opens the room with the person of a nickname and goes there. */
  open: (nickname: string) => Promise<unknown>;
};

/** Asks whom one would like to talk to. */
export function DirectDialog({ isOpen, onOpenChange, open }: DirectDialogProps) {
  const { t } = useWords();
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t("rooms.direct.title")}
      description={t("rooms.direct.text")}
    >
      <DirectForm open={open} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function DirectForm({ open, onDone }: { open: DirectDialogProps["open"]; onDone: () => void }) {
  const { t, locale } = useWords();
  const [nickname, setNickname] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async () => {
    if (nickname.trim() === "") return;
    setIsBusy(true);
    try {
      await open(normalizeName(nickname));
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
      <TextField
        label={t("rooms.direct.label")}
        autoComplete="off"
        value={nickname}
        onValueChange={(value) => {
          setNickname(value);
          setError(null);
        }}
        error={error ?? undefined}
      />
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" isBusy={isBusy} disabled={nickname.trim() === ""}>
          {t("rooms.direct.open")}
        </Button>
      </div>
    </form>
  );
}
