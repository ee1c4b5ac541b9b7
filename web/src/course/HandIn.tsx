/** Handing an answer in: to a course system, as a file, as a link. */
import { useState } from 'preact/hooks';
import type { Opened } from './Solve';
import { type Assignment, buildSubmission, encodeLink, parseSubmission } from '../../../wasm/course/index.mjs';
import type { Handing } from './handing';
import { Copy } from './Copy';
import { type Host, linkOf, place } from './host';
import type { Progress } from './progress';

export function ToCourse({
  handing,
  progress,
  latest,
  assignment,
}: {
  handing: Handing;
  progress: Progress;
  latest: () => Progress;
  assignment: Assignment;
}) {
  const points = assignment.tasks.reduce((sum, t) => sum + (progress.best[t.id] ?? 0), 0),
    all = assignment.tasks.reduce((sum, t) => sum + t.points, 0);
  return (
    <div class="course-hand-in">
      <h3>
        Your course{' '}
        <small>
          {points} of {all} points so far
        </small>
      </h3>
      <p class="course-actions">
        <button type="button" class="primary" onClick={() => handing.handIn(latest())}>
          {handing.done.value ? 'Hand in again' : 'Hand in'}
        </button>
      </p>
      <p role="status" class={handing.problem.value ? 'bad' : 'hint'}>
        {handing.problem.value ||
          `${handing.done.value ? 'Handed in. ' : ''}Your programs and points are kept in your course as you work. The points were computed in your browser; what counts is your instructor’s own check of the programs.`}
      </p>
    </div>
  );
}

export function HandIn({
  host,
  opened,
  progress,
  current,
  update,
  switchStudent,
  take,
}: {
  host: Host;
  opened: Opened;
  progress: Progress;
  current: () => Record<string, string>;
  update: (p: Progress) => void;
  switchStudent: (name: string) => void;
  take: (programs: Record<string, string>) => void;
}) {
  const { assignment, fingerprint } = opened;
  const [said, setSaid] = useState('');
  const [link, setLink] = useState('');
  const submission = () =>
    buildSubmission({
      assignment,
      fingerprint,
      engine: host.engineVersion,
      student: progress.student,
      programs: current(),
    });
  const name = `${assignment.id}-${(progress.student.id || progress.student.name || 'submission').replace(/[^\p{L}\p{N}._-]+/gu, '_')}.json`;
  const points = assignment.tasks.reduce((sum, t) => sum + (progress.best[t.id] ?? 0), 0),
    all = assignment.tasks.reduce((sum, t) => sum + t.points, 0);
  const open = async () => {
    const file = await host.openFile('.json');
    if (!file) return;
    const { submission: read, diagnostics } = parseSubmission(file.text, { assignment, fingerprint });
    setSaid(diagnostics.length ? place(diagnostics[0]!) : `${file.name} is open.`);
    if (read) take(read.programs);
  };
  return (
    <div class="course-hand-in">
      <h3>
        {opened.handing ? 'As a file' : 'Hand in'}{' '}
        {!opened.handing && (
          <small>
            {points} of {all} points so far
          </small>
        )}
      </h3>
      <div class="field">
        <label for="course-name">name</label>
        <input
          id="course-name"
          maxLength={200}
          readOnly={!!opened.handing}
          value={progress.student.name}
          onChange={(e) => switchStudent(e.currentTarget.value.trim())}
        />
      </div>
      <div class="field">
        <label for="course-id">student number</label>
        <input
          id="course-id"
          maxLength={200}
          readOnly={!!opened.handing}
          value={progress.student.id}
          onChange={(e) => update({ ...progress, student: { ...progress.student, id: e.currentTarget.value.trim() } })}
        />
      </div>
      <p class="course-actions">
        <button
          type="button"
          class="primary"
          onClick={() => {
            host.saveFile(name, submission());
            setSaid(`${name} was saved: hand in this file.`);
          }}
        >
          Export submission
        </button>{' '}
        <button
          type="button"
          onClick={() =>
            void encodeLink('submission', submission()).then(
              (f) => setLink(linkOf(host, f)),
              (e: Error) => setSaid(e.message),
            )
          }
        >
          Make a link
        </button>{' '}
        <button type="button" class="quiet" onClick={() => void open()}>
          Open a submission…
        </button>
      </p>
      {link && (
        <div class="field">
          <label for="course-link">submission link</label>
          <input id="course-link" class="mono" readOnly value={link} onFocus={(e) => e.currentTarget.select()} />
          <Copy text={link} />
        </div>
      )}
      <p role="status" class="hint">
        {said}
      </p>
    </div>
  );
}
