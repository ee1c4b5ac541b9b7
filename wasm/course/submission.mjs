// A submission file: one program a task, with the assignment's fingerprint and the engine's version.
import { cut, diagnostic, locator, parseJson, pathText, validate } from './json.mjs';

export const submissionFormat = 'rasp-submission';
export const submissionVersion = 1;
export const largestSubmission = 1 << 20; // UTF-16 code units

const name = { type: 'string', maxLength: 200 };
const submissionSchema = {
  type: 'object',
  required: ['format', 'version', 'assignment', 'programs'],
  additionalProperties: false,
  properties: {
    format: { const: submissionFormat },
    version: { const: submissionVersion },
    assignment: {
      type: 'object',
      required: ['id', 'fingerprint'],
      additionalProperties: false,
      properties: { id: name, title: name, fingerprint: name },
    },
    engine: name,
    student: { type: 'object', additionalProperties: false, properties: { name, id: name } },
    programs: { type: 'object', maxProperties: 50, additionalProperties: { type: 'string', maxLength: 200_000 } },
  },
};

/** The text of a submission file. */
export function buildSubmission({ assignment, fingerprint, engine, student, programs }) {
  const known = assignment.tasks.filter((t) => typeof programs[t.id] === 'string').map((t) => [t.id, programs[t.id]]);
  return `${JSON.stringify(
    {
      format: submissionFormat,
      version: submissionVersion,
      assignment: { id: assignment.id, title: assignment.title, fingerprint },
      engine,
      student,
      programs: Object.fromEntries(known),
    },
    null,
    2,
  )}\n`;
}

/**
 * @param {string} text
 * @param {{assignment: object, fingerprint: string}} [expected] what it should be for; left out: any
 * @returns {{submission: object|null, diagnostics: object[]}} warnings (another version of the assignment, unknown
 * tasks) come with a submission
 */
export function parseSubmission(text, expected) {
  if (text.length > largestSubmission)
    return {
      submission: null,
      diagnostics: [diagnostic('file-size', `The submission has more than ${largestSubmission} characters`)],
    };
  const parsed = parseJson(text, 'submission');
  if (parsed.value === undefined) return { submission: null, diagnostics: parsed.diagnostics };
  const { value } = parsed,
    locate = locator(parsed.text);
  if (value?.format === submissionFormat && value.version !== submissionVersion) {
    return {
      submission: null,
      diagnostics: [
        diagnostic(
          'submission-version',
          `This submission has version ${cut(JSON.stringify(value.version) ?? 'none', 40)}; version ${submissionVersion} is read here`,
          locate(['version']),
        ),
      ],
    };
  }
  const diagnostics = validate(value, submissionSchema, locate, 'submission-schema');
  if (diagnostics.length) return { submission: null, diagnostics };
  if (expected) {
    const { assignment, fingerprint } = expected;
    if (value.assignment.id !== assignment.id) {
      return {
        submission: null,
        diagnostics: [
          diagnostic(
            'other-assignment',
            `This submission is for the assignment "${value.assignment.id}", not "${assignment.id}"`,
            locate(['assignment', 'id']),
          ),
        ],
      };
    }
    if (value.assignment.fingerprint !== fingerprint) {
      diagnostics.push(
        diagnostic(
          'fingerprint',
          'This submission was made for another version of the assignment',
          locate(['assignment', 'fingerprint']),
          'Tasks of the same name are used all the same.',
          'warning',
        ),
      );
    }
    for (const id of Object.keys(value.programs)) {
      if (!assignment.tasks.some((t) => t.id === id))
        diagnostics.push(
          diagnostic(
            'unknown-task',
            `${pathText(['programs', id])}: the assignment has no such task`,
            locate(['programs', id]),
            '',
            'warning',
          ),
        );
    }
  }
  return { submission: value, diagnostics };
}
