// An assignment as a SCORM package: the page, the students' file, and the manifest that a course system reads. What the
// page and the course system say to each other is in web/src/course/lms.ts; what a student's work looks like in the
// course system's data is below.
import { deflateSync, strToU8, zipSync } from 'fflate';
import { fragmentOf } from './link.mjs';

/** The versions of the standard that a package can be made for; course systems that know 2004 know its third edition. */
export const scormVersions = ['1.2', '2004'];
const courseFile = 'assignment.json';
/** What belongs to a site of one's own: course systems send their own headers, and keep the page as long as they want. */
const leftOut = new Set(['sw.js', '_headers', 'files.json', 'imsmanifest.xml', courseFile]);
/** CPython, of five megabytes (tasks are written in RASP), and the pages for services that preview links. */
const unused = (file) => file.startsWith('python-') || file.startsWith('example/');

const escape = (text) =>
  [...text]
    .filter((c) => c >= ' ' && c !== '\ufffe' && c !== '\uffff')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const dialects = {
  1.2: {
    spaces:
      'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"',
    version: '1.2',
    type: 'adlcp:scormtype="sco"',
    sequencing: '',
  },
  2004: {
    spaces:
      'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"',
    version: '2004 3rd Edition',
    type: 'adlcp:scormType="sco"',
    sequencing:
      '<imsss:sequencing><imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/></imsss:sequencing>',
  },
};

/** @param {{id: string, title: string}} assignment @param {string[]} files of the package, the manifest left out */
export function manifest(assignment, version, files) {
  const d = dialects[version];
  const title = `<title>${escape(assignment.title)}</title>`;
  const list = files
    .map((f) => `      <file href="${escape(f.split('/').map(encodeURIComponent).join('/'))}"/>`)
    .join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="rasp-${escape(assignment.id)}" version="1" ${d.spaces}>
  <metadata><schema>ADL SCORM</schema><schemaversion>${d.version}</schemaversion></metadata>
  <organizations default="course">
    <organization identifier="course">${title}
      <item identifier="work" identifierref="page">${title}${d.sequencing}</item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" ${d.type} href="index.html">
${list}
    </resource>
  </resources>
</manifest>
`;
}

/**
 * @param {{id: string, title: string}} assignment the students' file, read
 * @param {string} text its text
 * @param {'1.2'|'2004'} version
 * @param {Record<string, Uint8Array>} page the page's files by path
 * @returns {Uint8Array} the zip: the same bytes from the same parts
 */
export function scormPackage(assignment, text, version, page) {
  const index = new TextDecoder().decode(page['index.html']);
  const marked = index.replace('<head>', `<head>\n<meta name="rasp-course" content="${courseFile}">`);
  if (marked === index) throw new Error('This is not the page: it has no index.html with a head');
  const kept = Object.keys(page)
    .filter((f) => !leftOut.has(f) && !unused(f))
    .sort();
  const files = {
    ...Object.fromEntries(kept.map((f) => [f, page[f]])),
    'index.html': strToU8(marked),
    [courseFile]: strToU8(text),
  };
  const whole = { 'imsmanifest.xml': strToU8(manifest(assignment, version, Object.keys(files))), ...files };
  return zipSync(whole, { level: 9, mtime: new Date(1980, 0, 1, 12) });
}

/** The link of a submission, made at once: a page that is being closed cannot wait. */
export const submissionFragment = (text) =>
  fragmentOf('submission', deflateSync(strToU8(JSON.stringify(JSON.parse(text))), { level: 9 }));

/**
 * A student's work as the course system keeps it (cmi.suspend_data): the submission's link, which `grade` reads, then
 * what the page goes on with: the open task and the points so far by task. Plain ASCII.
 */
export function suspended(submission, task, points) {
  const list = Object.entries(points)
    .map(([id, p]) => `${encodeURIComponent(id)}:${p}`)
    .join(',');
  return `#${submissionFragment(submission)} task=${encodeURIComponent(task)} points=${list}`;
}

/** Reads it back: nothing in it is trusted. @returns {{fragment: string, task: string, points: Record<string, number>} | null} */
export function readSuspended(text) {
  const [, fragment, task, list] = /^#(submission=\S+) task=(\S*) points=(\S*)$/.exec(text) ?? [];
  if (fragment === undefined) return null;
  try {
    const pairs = list
      .split(',')
      .filter(Boolean)
      .map((p) => p.split(':'));
    const points = pairs
      .map(([id, p]) => [decodeURIComponent(id), Number(p)])
      .filter(([, p]) => Number.isFinite(p) && p >= 0);
    return { fragment, task: decodeURIComponent(task), points: Object.fromEntries(points) };
  } catch {
    return null;
  }
}
