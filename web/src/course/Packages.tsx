/** An assignment as a package for course systems that know SCORM. */
import type { Assignment } from '../../../wasm/course/index.mjs';
import type { ScormVersion } from '../../../wasm/course/scorm.mjs';
import type { Host } from './host';

interface Props {
  host: Host;
  assignment: Assignment | null;
  busy: boolean;
  run: (what: string, work: () => Promise<void>) => Promise<void>;
  /** The students' file; null where it cannot be made, and the reason is shown. */
  published: () => Promise<string | null>;
}

export function Packages({ host, assignment, busy, run, published }: Props) {
  if (!host.pageFiles || !host.saveBytes) return null;
  const make = (version: ScormVersion) => () =>
    void run('Packing…', async () => {
      const text = await published();
      if (!assignment || !text) return;
      const { scormPackage } = await import('../../../wasm/course/scorm.mjs');
      host.saveBytes!(
        `${assignment.id}.scorm-${version}.zip`,
        scormPackage(assignment, text, version, await host.pageFiles!()),
      );
    });
  return (
    <details class="course-packages">
      <summary>For a course system: Moodle, Canvas, … (SCORM)</summary>
      <p class="course-actions">
        <button type="button" disabled={!assignment || busy} onClick={make('1.2')}>
          SCORM 1.2 package
        </button>{' '}
        <button type="button" disabled={!assignment || busy} onClick={make('2004')}>
          SCORM 2004 package
        </button>
      </p>
      <p class="hint">
        One zip with this page and the students’ file: import it into the course. Points and programs go into the course
        system, and students go on where they were. The points are computed in the student’s browser and can be forged:
        for grades, run <code>grade</code> with your own file on the programs that the course system stored.
      </p>
    </details>
  );
}
