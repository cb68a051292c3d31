import { Button, Dialog, TextField } from "@maru/ui";
import { useState } from "react";
import { dayOf } from "../../../shell/time.ts";
import { useWords } from "../i18n/words.ts";

export type DateDialogProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Called with the first moment of the chosen day where the reader is. */
  onDay: (at: Date) => void;
};

/** Asks for the day from which one would like to read. */
export function DateDialog({ isOpen, onOpenChange, onDay }: DateDialogProps) {
  const { t } = useWords();
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t("room.date.title")} description={t("room.date.text")}>
      <DateForm
        onCancel={() => onOpenChange(false)}
        onDay={(at) => {
          onOpenChange(false);
          onDay(at);
        }}
      />
    </Dialog>
  );
}

function DateForm({ onCancel, onDay }: { onCancel: () => void; onDay: (at: Date) => void }) {
  const { t } = useWords();
  const [today] = useState(() => dayOf(new Date()));
  const [day, setDay] = useState(today);
  const at = new Date(`${day}T00:00`);
  const isDay = !Number.isNaN(at.getTime()) && day <= today;
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isDay) onDay(at);
      }}
    >
      <TextField label={t("room.date.label")} type="date" max={today} value={day} onValueChange={setDay} />
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" disabled={!isDay}>
          {t("room.date.go")}
        </Button>
      </div>
    </form>
  );
}
