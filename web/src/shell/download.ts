export function download(name: string, content: BlobPart, type: string) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const a = document.createElement('a');
  a.href = url;
  a.download = name.replace(/[^\w.() -]+/g, '_');
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
