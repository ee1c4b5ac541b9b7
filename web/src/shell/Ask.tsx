// The dialog of a question: what is wrong with an answer stands under the field as it is typed, and Enter accepts.
import { useState } from 'preact/hooks';
import { type Question, question } from '../state/question';
import { Dialog } from '../views/Dialog';

export default function Ask({ asked }: { asked: Question }) {
  const { title, action, field } = asked;
  const [text, setText] = useState(field?.value ?? '');
  const problem = field ? field.check(text.trim()) : null;
  const close = () => {
    question.value = null;
  };
  const submit = (e: Event) => {
    e.preventDefault();
    if (problem !== null) return;
    close();
    asked.accept(text.trim());
  };
  return (
    <Dialog title={title} close={close}>
      <form class="ask" onSubmit={submit}>
        {field && (
          <>
            <div class="field">
              <label for="ask">{field.label}</label>
              <input
                id="ask"
                type="text"
                class="mono"
                value={text}
                spellcheck={false}
                autocomplete="off"
                autocapitalize="off"
                maxLength={100}
                autoFocus
                onFocus={(e) => e.currentTarget.select()}
                aria-invalid={problem !== null}
                aria-describedby="ask-problem"
                onInput={(e) => setText(e.currentTarget.value)}
              />
            </div>
            <p id="ask-problem" class="problem" role="alert">
              {problem}
            </p>
          </>
        )}
        <div class="ask-buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={problem !== null}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
