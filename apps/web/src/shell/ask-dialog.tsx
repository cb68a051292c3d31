import { lazy, Suspense } from "react";
import type { Question } from "./question.ts";
import { useOnce } from "./use-once.ts";

export const loadQuestionDialog = () => import("./question-dialog.tsx");

/** Comes with the first question. */
const QuestionDialog = lazy(() => loadQuestionDialog().then((module) => ({ default: module.QuestionDialog })));

/** Asks once more before something that cannot be taken back. Null while nothing is asked. */
export function AskDialog({ question, onClose }: { question: Question | null; onClose: () => void }) {
  const wasAsked = useOnce(question !== null);
  if (!wasAsked) return null;
  return (
    <Suspense>
      <QuestionDialog question={question} onClose={onClose} />
    </Suspense>
  );
}
