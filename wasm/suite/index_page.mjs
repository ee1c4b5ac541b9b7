// The manifest as one static page: a table that can be read without a server.
const escaped = (value) =>
  String(value).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const code = (words) => escaped(words).replace(/`([^`]*)`/g, '<code>$1</code>');

function row(model, variants) {
  const folder = `models/${encodeURIComponent(model.id)}`;
  const d = model.difficulty;
  return `<tr data-level="${d.level}"><td><a href="${folder}/program.rasp">${escaped(model.id)}</a></td>
<td><img loading="lazy" src="${folder}/score.svg" alt="What each head of ${escaped(model.id)} selects on one input"></td>
<td>${code(model.description)}<p class="m">${escaped(model.family)}: ${escaped(model.mechanisms.join(', '))}</p></td><td>${d.level}</td><td class="n">${d.layers}</td><td class="n">${d.heads}</td><td class="n">${d.mlps}</td><td class="n">${d.d_model}</td>
${variants ? `<td>${model.compressed ? `${d.d_model < model.compressed.d_model ? 'compressed' : 'turned'} from ${model.compressed.d_model}` : 'its own'}</td>` : ''}<td>${model.causal ? 'causal' : ''}</td><td>${model.split}</td>
<td><details><summary>${Object.keys(model.files).length} files</summary>${Object.keys(model.files)
    .map((file) => `<a href="${folder}/${file}">${file}</a>`)
    .join('<br>')}</details></td></tr>`;
}

export function indexPage(manifest) {
  const { settings, models } = manifest,
    variants = models.filter((model) => model.compressed).length;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${models.length} transformers whose mechanism is known</title>
<style>
:root { color-scheme: light dark; --line: #d4d4d8; --head: #f4f4f5; }
@media (prefers-color-scheme: dark) { :root { --line: #3f3f46; --head: #27272a; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .5rem; text-align: left; vertical-align: top; }
summary { cursor: pointer; white-space: nowrap; } th { position: sticky; top: 0; background: var(--head); } .n { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 220px; max-height: 160px; background: #fff; border-radius: 4px; } td:nth-child(3) { min-width: 20rem; max-width: 40rem; } code { font-size: .9em; } .m { margin: .3rem 0 0; opacity: .75; font-size: .9em; }
@media (max-width: 800px) { body { margin: 1rem; } td:nth-child(3) { min-width: 14rem; } img { max-width: 150px; } .wide { overflow-x: auto; } }
</style>
<h1>${models.length} transformers whose mechanism is known</h1>
<p>${variants ? `${models.length - variants} compiled from RASP programs and proved exact, ${variants} of them once more in another basis, compared with the program on all recorded inputs` : 'Compiled from RASP programs and proved exact'}; seed ${escaped(settings.seed)}, compiler ${escaped(settings.version)}, licence ${escaped(manifest.licence)}.
<a href="README.md">How to use it</a>, <a href="rasp_models.py">reader for Python</a>, <a href="manifest.json">manifest</a>.</p>
<div class="wide"><table><thead><tr><th>Model<th>What its heads select<th>What it computes<th>Difficulty<th>Layers<th>Heads<th>MLPs<th>d_model${variants ? '<th>Basis' : ''}<th>Mask<th>Split<th>Files</tr></thead>
<tbody>
${models.map((model) => row(model, variants)).join('\n')}
</tbody></table></div>
</html>
`;
}
