// What was dropped on the page: a file, or the file in a dropped folder that opens the model which lies there.

const wanted = ['model.json', 'program.rasp']; // of a suite's model

const fileIn = (folder: FileSystemDirectoryEntry, name: string) =>
  new Promise<File | null>((resolve) => {
    folder.getFile(
      name,
      {},
      (entry) => {
        (entry as FileSystemFileEntry).file(resolve, () => {
          resolve(null);
        });
      },
      () => {
        resolve(null);
      },
    );
  });

/** @returns the file, or a sentence where there is none that can be opened; null where nothing was dropped */
export async function droppedFile(data: DataTransfer): Promise<File | string | null> {
  // Both are taken before anything is waited for: the transfer is empty afterwards.
  const entry = data.items[0]?.webkitGetAsEntry?.(),
    file = data.files[0] ?? null;
  if (!entry?.isDirectory) return file;
  const folder = entry as FileSystemDirectoryEntry;
  for (const name of wanted) {
    const found = await fileIn(folder, name);
    if (found) return found;
  }
  const suite = await fileIn(folder, 'manifest.json');
  return suite
    ? `${folder.name} is a whole suite: drop the folder of one of its models, which lie in “models”.`
    : `${folder.name} cannot be opened: it holds neither model.json nor program.rasp.`;
}
